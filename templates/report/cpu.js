'use strict';
/* One CPU: what it is, what changed, and where each value comes from. */
{
  const { h } = Atlas;

  Atlas.views.cpu = async ({ parts: [id, machineName, modelName], query }) => {
    const data = await Atlas.dataset(id);
    const machine = data.machineNumbers.get(machineName);
    const model = data.modelNumbers.get(modelName);
    if (machine === undefined || model === undefined || data.state(machine, model) < 0) {
      const said = (data.refused[machineName] || {})[modelName];
      return h('div.view', {}, h('h1', { tabindex: '-1' }, modelName + ' on ' + machineName), chooser(data, id, machineName, modelName, {}),
        Atlas.empty('There is no such CPU in this tree', said ? 'QEMU refuses it: ' + said : 'Choose another machine type or model above, or another tree.'));
    }
    return new Cpu(data, id, machine, model, { ...query }).element;
  };

  const chooser = (data, id, machineName, modelName, query) => h('div.controls', {},
    Atlas.treeSelect('Tree', id, (tree) => Atlas.go(['cpu', tree, machineName, modelName], query)),
    Atlas.machineSelect('Machine type', data, machineName, (machine) => Atlas.go(['cpu', id, machine, modelName], query)),
    Atlas.modelSelect('Model', data, modelName, (model) => Atlas.go(['cpu', id, machineName, model], query)));

  class Cpu {
    constructor(data, id, machine, model, query) {
      Object.assign(this, { data, id, machine, model, query });
      this.state = data.state(machine, model);
      this.plain = data.plainState(machine);
      this.machineName = data.machines[machine].name;
      this.modelName = data.models[model].name;
      this.content = h('div.cpu-content');
      this.aside = h('div.cpu-aside');
      const older = data.previous(machine, model);
      const changes = h('div.box');
      this.element = h('div.view.cpu-view', {},
        h('div.view-head', {}, h('h1', { tabindex: '-1' }, this.modelName, h('span.on-machine', {}, ' on ' + this.machineName)),
          h('p.lead', {}, data.typenames[data.types[this.state]] + ', accelerator ' + data.accel + (data.stage === 'expanded' ? '' : ', ' + data.stage) + ', QEMU ' + data.version + (data.package ? ' (' + data.package + ')' : '')),
          chooser(data, id, this.machineName, this.modelName, { all: query.all }),
          h('p.actions', {}, h('a.button', { href: Atlas.link(['model', data.accel, this.modelName]) }, 'Timeline of ' + this.modelName),
            h('a.button', { href: Atlas.link(['diff', id, this.machineName, this.modelName, id, older >= 0 ? data.machines[older].name : this.machineName, this.modelName]) }, 'Compare with another'),
            h('a.button', { href: Atlas.link(['grid', id], { at: this.machineName, cpu: this.modelName }) }, 'Show in the grid'))),
        changes,
        h('div.cpu-and-aside', {}, h('div', {}, h('div.controls.tight', {},
          Atlas.filterField('Filter properties', query.filter || '', (filter) => this.update({ filter })),
          h('label.check', {}, h('input', { type: 'checkbox', checked: query.all === '1', on: { change: (event) => this.update({ all: event.target.checked ? '1' : '' }) } }), ' all properties, not only what differs from a CPU without model data')),
        this.content), this.aside));
      this.drawChanges(changes, older);
      this.draw();
      if (query.property !== undefined) this.explain(data.propertyNumbers.get(query.property));
    }

    update(change) {
      Object.assign(this.query, change);
      Atlas.narrow(['cpu', this.id, this.machineName, this.modelName], this.query);
      this.draw();
    }

    async drawChanges(box, older) {
      const { data, machine, model, state } = this;
      if (older < 0) { box.remove(); return; }
      const from = data.cells[older][model];
      if (from === state) {
        box.replaceChildren(h('p.muted', {}, 'The same CPU as on ' + data.machines[older].name + ', the next older machine type.'));
        return;
      }
      const title = h('h2', {}, 'Changed here, against ' + data.machines[older].name);
      box.replaceChildren(title, Atlas.changeList(data, undefined, machine, model, from, state));
      const why = await Atlas.load('why', this.id).catch(() => undefined);
      if (why) box.replaceChildren(title, Atlas.changeList(data, why, machine, model, from, state));
    }

    draw() {
      const { data, state, plain, query } = this;
      const matches = Atlas.matcher(query.filter || '');
      const all = query.all === '1';
      const shown = (property) => matches(data.properties[property].name);
      const differs = (property) => plain < 0 || data.rows[state][property] !== data.rows[plain][property];
      const values = [];
      const byWord = data.words.map(() => []);
      const others = [];
      const host = [];
      data.properties.forEach(({ name, type, word }, property) => {
        const number = data.rows[state][property];
        if (number === Atlas.ABSENT || !shown(property)) return;
        if (number === Atlas.HOST) { host.push(property); return; }
        const value = data.value(state, property);
        if (word !== undefined && typeof value === 'boolean') { if (all || value) byWord[word].push(property); return; }
        if (!all && (!differs(property) || /^(?:link|child)</.test(type || ''))) return;
        (typeof value === 'boolean' ? others : values).push(property);
      });
      const on = byWord.flat().filter((property) => data.value(state, property) === true).length;
      const empty = values.length + others.length + host.length + byWord.flat().length === 0;
      this.content.replaceChildren(...(empty ? [Atlas.empty('Nothing matches', 'No property of this CPU has ' + (query.filter || '') + ' in its name' + (all ? '.' : '; perhaps among all properties.'))] : []),
        ...(values.length > 0 ? [h('h2', {}, 'Values'), h('ul.values', {}, values.map((property) => h('li', {}, this.button(property, 'value'))))] : []),
        ...(byWord.some((list) => list.length > 0) ? [h('h2', {}, 'Features ', h('span.muted', {}, on + ' on')),
          h('div.words', {}, byWord.map((list, word) => list.length > 0 && h('div.word', {}, h('h3', {}, data.words[word] || 'features'), h('ul.features', {}, list.map((property) => h('li', {}, this.button(property))))))) ] : []),
        ...(others.length > 0 ? [h('h2', {}, 'Other switches'), h('ul.features', {}, others.map((property) => h('li', {}, this.button(property))))] : []),
        ...(host.length > 0 ? [h('h2', {}, 'Decided by the host'), h('ul.features', {}, host.slice(0, 400).map((property) => h('li', {}, this.button(property))))] : []));
    }

    button(property, kind) {
      const { data, state } = this;
      const { name } = data.properties[property];
      const value = data.value(state, property);
      const look = kind === 'value' ? 'pair' : value === undefined ? 'host' : value ? 'yes' : 'no';
      return h('button.property', { type: 'button', class: look, 'aria-pressed': this.query.property === name ? 'true' : 'false', 'data-property': property, on: { click: () => this.explain(property) } },
        kind === 'value' ? [h('span.name', {}, name), h('span.text', {}, data.text(state, property))] : [name, h('span.sr', {}, ': ' + data.text(state, property))]);
    }

    async explain(property) {
      if (property === undefined) return;
      const { data, aside } = this;
      const { name } = data.properties[property];
      this.query.property = name;
      Atlas.narrow(['cpu', this.id, this.machineName, this.modelName], this.query);
      for (const button of this.content.querySelectorAll('.property')) button.setAttribute('aria-pressed', String(Number(button.dataset.property) === property));
      const why = await Atlas.load('why', this.id).catch(() => undefined);
      const close = () => {
        aside.replaceChildren();
        this.query.property = undefined;
        Atlas.narrow(['cpu', this.id, this.machineName, this.modelName], this.query);
        this.content.querySelector('[data-property="' + property + '"]')?.focus();
      };
      const panel = Atlas.provenancePanel(data, why && why.reasons.length > 0 ? why : undefined, this.machine, this.model, property, close);
      panel.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
      aside.replaceChildren(panel);
      Atlas.say(name + ': ' + panel.querySelector('.big').textContent);
    }
  }
}
