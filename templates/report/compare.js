'use strict';
/* Any two CPUs side by side, of one tree or of two. */
{
  const { h } = Atlas;

  /** Differences by name, as the two trees may know different properties. */
  Atlas.differences = (a, stateA, b, stateB) => {
    const changed = [];
    const onlyA = [];
    const onlyB = [];
    a.properties.forEach(({ name }, property) => {
      const left = a.rows[stateA][property];
      if (left === Atlas.ABSENT) return;
      const other = b.propertyNumbers.get(name);
      if (other === undefined || b.rows[stateB][other] === Atlas.ABSENT) { onlyA.push(name); return; }
      const hosts = (left === Atlas.HOST) + (b.rows[stateB][other] === Atlas.HOST);
      if (hosts === 1 || (hosts === 0 && a.text(stateA, property) !== b.text(stateB, other))) changed.push(name);
    });
    b.properties.forEach(({ name }, property) => {
      if (b.rows[stateB][property] === Atlas.ABSENT) return;
      const other = a.propertyNumbers.get(name);
      if (other === undefined || a.rows[stateA][other] === Atlas.ABSENT) onlyB.push(name);
    });
    return { changed, onlyA, onlyB };
  };

  Atlas.views.diff = async ({ parts, query }) => {
    const [idA, machineA, modelA, idB, machineB, modelB] = parts;
    const [a, b] = [await Atlas.dataset(idA), await Atlas.dataset(idB)];
    const go = (...to) => Atlas.go(['diff', ...to], query);
    const side = (label, data, id, machine, model, set) => h('fieldset.side-choice', {}, h('legend', {}, label),
      Atlas.treeSelect('Tree', id, (tree) => set(tree, machine, model)), Atlas.machineSelect('Machine type', data, machine, (name) => set(id, name, model)), Atlas.modelSelect('Model', data, model, (name) => set(id, machine, name)));
    const state = (data, machine, model) => (data.cells[data.machineNumbers.get(machine)] || [])[data.modelNumbers.get(model)];
    const [stateA, stateB] = [state(a, machineA, modelA), state(b, machineB, modelB)];
    const content = h('div');
    const view = h('div.view.diff-view', {},
      h('div.view-head', {}, h('h1', { tabindex: '-1' }, 'Compare two CPUs'),
        h('div.sides', {}, side('Before', a, idA, machineA, modelA, (...to) => go(...to, idB, machineB, modelB)),
          h('button.icon.swap', { type: 'button', 'aria-label': 'Swap', title: 'Swap', on: { click: () => go(idB, machineB, modelB, idA, machineA, modelA) } }, '⇄'),
          side('After', b, idB, machineB, modelB, (...to) => go(idA, machineA, modelA, ...to)))),
      content);
    if (!(stateA >= 0 && stateB >= 0)) {
      content.append(Atlas.empty('One of the two is not there', [[a, machineA, modelA, stateA], [b, machineB, modelB, stateB]].filter(([, , , found]) => !(found >= 0)).map(([data, machine, model]) => 'QEMU ' + data.version + ' has no ' + model + ' on ' + machine).join('; ') + '.'));
      return view;
    }
    const { changed, onlyA, onlyB } = Atlas.differences(a, stateA, b, stateB);
    const text = (data, found, name) => data.text(found, data.propertyNumbers.get(name));
    const isOn = (data, found, name) => data.value(found, data.propertyNumbers.get(name));
    const isSwitch = (name) => typeof isOn(a, stateA, name) === 'boolean' && typeof isOn(b, stateB, name) === 'boolean';
    const isFeature = (name) => isSwitch(name) && [a, b].some((data) => data.properties[data.propertyNumbers.get(name)].word !== undefined);
    const on = changed.filter((name) => isFeature(name) && isOn(b, stateB, name));
    const off = changed.filter((name) => isFeature(name) && !isOn(b, stateB, name));
    const switches = changed.filter((name) => isSwitch(name) && !isFeature(name));
    const values = changed.filter((name) => !isSwitch(name));
    const named = (name) => h('a.plain', { href: Atlas.link(['cpu', idB, machineB, modelB], { property: name }), title: 'Where the value of ' + name + ' comes from' }, name);
    const before = (name) => h('a.plain', { href: Atlas.link(['cpu', idA, machineA, modelA], { property: name }) }, name);
    const draw = (filter) => {
      const matches = Atlas.matcher(filter);
      const section = (title, names, make) => {
        const shown = names.filter(matches).sort(Atlas.naturally);
        return shown.length > 0 && h('section.box', {}, h('h2', {}, title, h('span.muted', {}, ' ' + shown.length)), make(shown));
      };
      const chips = (look, sign) => (names) => h('span.chips', {}, names.map((name) => h('span.chip.' + (look || (isOn(b, stateB, name) ? 'on' : 'off')), {}, h('span.sign', { 'aria-hidden': 'true' }, sign || (isOn(b, stateB, name) ? '+' : '−')), named(name))));
      const table = (names) => h('div.scroll-x', {}, h('table.pairs', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Property'), h('th', { scope: 'col' }, 'Before'), h('th', { scope: 'col' }, 'After'))),
        h('tbody', {}, names.map((name) => h('tr', {}, h('th', { scope: 'row' }, named(name)), h('td', {}, text(a, stateA, name)), h('td', {}, text(b, stateB, name)))))));
      const list = (data, found, link, names) => h('div.scroll-x', {}, h('table.pairs', {}, h('tbody', {}, names.map((name) => h('tr', {}, h('th', { scope: 'row' }, link(name)), h('td', {}, text(data, found, name)))))));
      // a feature that one of them does not know and that is off is no difference to a guest
      const known = (data, found, link) => (names) => {
        const idle = names.filter((name) => isOn(data, found, name) === false);
        const telling = names.filter((name) => isOn(data, found, name) !== false);
        if (idle.length < 20 || filter !== '') return list(data, found, link, names);
        return [telling.length > 0 && list(data, found, link, telling), h('details', {}, h('summary', {}, Atlas.plural(idle.length, 'switch', 'switches') + ' that are off'), h('span.chips', {}, idle.map((name) => h('span.chip.off', {}, link(name)))))];
      };
      const sections = [
        section('Features that come on', on, chips('on', '+')), section('Features that go off', off, chips('off', '−')), section('Values', values, table), section('Other switches', switches, chips()),
        section('Only before', onlyA, known(a, stateA, before)), section('Only after', onlyB, known(b, stateB, named)),
      ].filter(Boolean);
      results.replaceChildren(...(sections.length > 0 ? sections : [Atlas.empty('Nothing matches', 'No difference has ' + filter + ' in its name.')]));
    };
    const results = h('div.diff-results');
    const total = changed.length + onlyA.length + onlyB.length;
    if (total === 0) {
      content.append(h('div.empty.good', {}, h('p', {}, h('b', {}, 'The same CPU')), h('p', {}, 'Every property has the same value on both sides.')));
      return view;
    }
    content.append(h('p.summary', { role: 'status' }, Atlas.plural(on.length + off.length, 'feature') + ' and ' + Atlas.plural(values.length + switches.length, 'other property', 'other properties') + ' differ' + (onlyA.length + onlyB.length > 0 ? '; ' + Atlas.plural(onlyA.length + onlyB.length, 'property', 'properties') + ' only on one side' : '') + '.'),
      h('div.controls.tight', {}, Atlas.filterField('Filter differences', query.filter || '', (filter) => { Atlas.narrow(['diff', ...parts], { ...query, filter }); draw(filter); })), results);
    draw(query.filter || '');
    return view;
  };
}
