'use strict';
/* Pieces that several views are made of. */
{
  const { h } = Atlas;

  /** A select from names; `change` gets the name. */
  Atlas.select = (label, names, chosen, change, texts) => h('label.field', {}, h('span.label', {}, label),
    h('select', { on: { change: (event) => change(event.target.value) } },
      names.map((name, i) => h('option', { value: name, selected: name === chosen }, texts ? texts[i] : name))));

  Atlas.treeSelect = (label, chosen, change) => Atlas.select(label, Atlas.trees.map(({ id }) => id), chosen, change, Atlas.trees.map(Atlas.shortLabel));

  Atlas.machineSelect = (label, data, chosen, change) => h('label.field', {}, h('span.label', {}, label),
    h('select', { on: { change: (event) => change(event.target.value) } }, data.lines.map((line, number) => {
      const options = [...line].reverse().map((machine) => h('option', { value: data.machines[machine].name, selected: data.machines[machine].name === chosen },
        data.machines[machine].name + (data.machines[machine].alias ? ' (' + data.machines[machine].alias + ')' : '')));
      return line.length > 1 ? h('optgroup', { label: data.lineName(number) }, options) : options;
    })));

  Atlas.modelSelect = (label, data, chosen, change) => Atlas.select(label, data.models.map(({ name }) => name), chosen, change);

  /** A field that filters what stands below it. */
  Atlas.filterField = (label, value, change, extra) => {
    const input = h('input', { type: 'search', value, placeholder: label, 'aria-label': label, autocomplete: 'off', spellcheck: 'false', ...extra });
    input.addEventListener('input', () => change(input.value));
    return h('div.field.filter', {}, input);
  };

  /** One changed property in a few words. */
  Atlas.changeChip = (data, from, to, property) => {
    const { name } = data.properties[property];
    if (data.isSwitch(property) && data.value(from, property) !== undefined && data.value(to, property) !== undefined) {
      const on = data.value(to, property);
      return h('span.chip.' + (on ? 'on' : 'off'), { title: name + ': ' + data.text(from, property) + ' → ' + data.text(to, property) },
        h('span.sign', { 'aria-hidden': 'true' }, on ? '+' : '−'), h('span.sr', {}, on ? 'on: ' : 'off: '), name);
    }
    return h('span.chip.value', {}, h('b', {}, name), ' ', data.text(from, property), h('span.arrow', { 'aria-label': 'becomes' }, ' → '), data.text(to, property));
  };

  /** Features first, what goes before what comes. */
  Atlas.sortChanges = (data, to, properties) => [...properties].sort((a, b) => {
    const rank = (property) => (data.isSwitch(property) ? (data.value(to, property) ? 0 : 1) : 2);
    return rank(a) - rank(b) || Atlas.naturally(data.properties[a].name, data.properties[b].name);
  });

  Atlas.where = (place) => h('code.where', {}, place);

  /** Why a value changed at a machine type: in words, and where. */
  const stepReason = (reasons) => {
    if (reasons === undefined) return undefined;
    const { before, after } = reasons;
    const places = (reason) => (reason.data.length > 0 ? reason.data : [reason.at]);
    // a compat entry of the older machine type that the newer one does not have is why the value changed
    if (before && /compat/.test(before.what) && !(after && /compat/.test(after.what))) return { words: 'no longer ' + before.what, places: places(before) };
    return after && { words: 'since ' + after.what, places: places(after) };
  };

  /** What changed from one machine type to the next; changes for the same kind of reason stand together. */
  Atlas.changeList = (data, why, machine, model, from, to) => {
    const groups = new Map();
    for (const property of Atlas.sortChanges(data, to, data.changed(from, to))) {
      const reason = why && stepReason(Atlas.reasonsOfStep(why, machine, model, property));
      const words = reason ? reason.words : '';
      if (!groups.has(words)) groups.set(words, { chips: [], places: new Set() });
      const { chips, places } = groups.get(words);
      const chip = Atlas.changeChip(data, from, to, property);
      if (reason) chip.title = chip.textContent + ', ' + reason.words + ' ' + reason.places.join(', ');
      chips.push(chip);
      for (const place of reason ? reason.places : []) places.add(place);
    }
    return h('div.changes', {}, [...groups].map(([words, { chips, places }]) => h('div.change', {}, h('span.chips', {}, chips), words !== '' && h('span.reason', {}, words + ' ', [...places].map(Atlas.where)))));
  };

  Atlas.empty = (title, text) => h('div.empty', {}, h('p', {}, h('b', {}, title)), h('p', {}, text));

  Atlas.failed = (error) => h('div.empty.failed', { role: 'alert' }, h('p', {}, h('b', {}, 'This could not be shown')), h('p', {}, error.message));

  /** The history of a value, the last assignment first: it wins. */
  Atlas.provenancePanel = (data, why, machine, model, property, close) => {
    const { name, type, about } = data.properties[property];
    const machineName = data.machines[machine].name;
    const modelName = data.models[model].name;
    const found = why && Atlas.provenance(data, why, machine, model, property);
    const command = 'qemu-cpu-custom show ' + machineName + ' ' + modelName + ' --explain ' + name + ' --accel ' + data.accel + ' --source ' + (/^[\w@%+=:,./~-]+$/.test(data.origin) ? data.origin : "'" + data.origin + "'");
    const note = !found ? undefined
      : found.since !== undefined ? 'The value came with ' + data.machines[found.since].name + ' along this line.'
      : found.until !== undefined ? 'Up to ' + data.machines[found.until].name + ', where the value changes along this line.'
      : found.as !== undefined ? 'The same value as on ' + data.machines[found.as].name + ', where it comes from here.' : undefined;
    return h('section.panel.provenance', { 'aria-label': 'Where ' + name + ' comes from' },
      h('div.panel-head', {}, h('h2', {}, name), h('button.icon', { type: 'button', 'aria-label': 'Close', on: { click: close } }, '×')),
      h('p.big', {}, data.text(data.state(machine, model), property)),
      about && h('p.muted', {}, about),
      h('p.muted', {}, (type || 'property') + (data.properties[property].word !== undefined ? ' in ' + data.words[data.properties[property].word] : '') + ', ' + modelName + ' on ' + machineName),
      found ? h('ol.chain', {}, [...found.chain].reverse().map(({ value, what, at, data: places }, i) => h('li', { class: i === 0 ? 'wins' : '' },
        h('b', {}, what), value !== undefined && h('span.muted', {}, '  ' + (value === '?' ? 'the host decides' : Atlas.valueText(safe(value)))),
        places.length > 0 && h('div', {}, 'data ', places.map(Atlas.where)), h('div', {}, 'set at ', Atlas.where(at)))))
        : h('p', {}, why ? 'Not recorded in this report: the value is what the CPU without model data has, or differs from the newest machine type\'s. This command tells:' : 'This report was made without provenance. This command tells:'),
      note && h('p.muted', {}, note),
      (!found || note) && h('pre.command', { tabindex: '0' }, command));
  };
  const safe = (json) => { const n = /^-?\d{16,}$/.test(json) ? { n: json } : JSON.parse(json); return n; };
}
