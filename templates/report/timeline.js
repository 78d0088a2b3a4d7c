'use strict';
/* One model along the machine types of every tree, and across the trees. */
{
  const { h } = Atlas;

  Atlas.views.model = async ({ parts: [accel, modelName], query }) => {
    const trees = Atlas.trees.filter((tree) => tree.accel === accel);
    const names = new Set();
    const datasets = [];
    for (const [i, { id }] of trees.entries()) {
      Atlas.say('Loading ' + (i + 1) + ' of ' + trees.length);
      const data = await Atlas.dataset(id);
      datasets.push(data);
      for (const { name } of data.models) names.add(name);
    }
    const sorted = [...names].sort(Atlas.naturally);
    const accels = [...new Set(Atlas.trees.map((tree) => tree.accel))];
    const having = datasets.filter((data) => data.modelNumbers.has(modelName));
    return h('div.view.timeline-view', {},
      h('div.view-head', {}, h('h1', { tabindex: '-1' }, modelName, h('span.on-machine', {}, ' over time')),
        h('p.lead', {}, 'Where the model changes along each line of machine types, oldest first; machine types between which nothing changes stand together.'),
        h('div.controls', {}, Atlas.select('Model', sorted.includes(modelName) ? sorted : [modelName, ...sorted], modelName, (model) => Atlas.go(['model', accel, model], query)),
          accels.length > 1 && Atlas.select('Accelerator', accels, accel, (other) => Atlas.go(['model', other, modelName], query)))),
      having.length === 0 ? Atlas.empty('No tree here has this model', 'Choose another one above.') : undefined,
      having.length > 1 ? across(having, modelName) : undefined,
      [...having].reverse().map((data) => tree(data, modelName)));
  };

  const tree = (data, modelName) => {
    const model = data.modelNumbers.get(modelName);
    const lines = data.lines.map((line) => line.filter((machine) => data.cells[machine][model] >= 0)).filter((line) => line.length > 0);
    const section = h('section.tree', {}, h('h2', {}, 'QEMU ' + data.version, data.package && h('span.muted', {}, ' ' + data.package)));
    const draw = (why) => {
      const quiet = [];
      const drawn = [];
      for (const line of lines) {
        const runs = [[line[0]]];
        for (const machine of line.slice(1)) {
          if (data.cells[machine][model] === data.cells[runs.at(-1)[0]][model]) runs.at(-1).push(machine);
          else runs.push([machine]);
        }
        if (runs.length === 1) quiet.push(line);
        else drawn.push(rail(data, why, model, line, runs));
      }
      section.replaceChildren(section.firstChild, h('div.rails', {}, drawn),
        quiet.length > 0 ? h('p.muted', {}, (drawn.length > 0 ? 'Nothing changes along ' : 'It is the same CPU everywhere along ') + quiet.map((line) => (line.length > 1 ? data.lineName(data.lineOf[line[0]]) : data.machines[line[0]].name)).join(', ') + '.') : '');
    };
    draw(undefined);
    Atlas.load('why', data.id).then(draw, () => undefined);
    return section;
  };

  const span = (data, run) => (run.length === 1 ? data.machines[run[0]].name : data.machines[run[0]].name + ' … ' + data.shortName(run.at(-1)));

  const rail = (data, why, model, line, runs) => h('div.rail-box', {}, h('h3', {}, data.lineName(data.lineOf[line[0]])),
    h('ol.rail', {}, runs.map((run, i) => {
      const state = data.cells[run[0]][model];
      const before = i > 0 ? data.cells[runs[i - 1][0]][model] : undefined;
      const kind = i > 0 ? data.kind(run[0], model) : 'first';
      return h('li', { class: 'k-' + (kind || 'same') }, h('div.run', {}, h('a', { href: Atlas.link(['cpu', data.id, data.machines[run.at(-1)].name, data.models[model].name]) }, span(data, run)),
        h('span.muted', {}, run.length > 1 ? Atlas.plural(run.length, 'machine type') : '')),
      before === undefined ? undefined : Atlas.changeList(data, why, run[0], model, before, state));
    })));

  /** The same machine type in every tree: is the CPU the same as in the tree before? New properties are not counted: every release has some. */
  const across = (datasets, modelName) => {
    const machines = [];
    for (const data of datasets) for (const line of data.lines) for (const machine of [...line].reverse()) if (data.cells[machine][data.modelNumbers.get(modelName)] >= 0 && !machines.includes(data.machines[machine].name)) machines.push(data.machines[machine].name);
    const shared = machines.map((name) => ({ name, cells: datasets.map((data) => { const machine = data.machineNumbers.get(name); return machine === undefined || data.machines[machine].name !== name ? -1 : data.cells[machine][data.modelNumbers.get(modelName)]; }) }))
      .filter(({ cells }) => cells.filter((cell) => cell >= 0).length > 1).sort((a, b) => Atlas.naturally(a.name, b.name));
    if (shared.length === 0) return undefined;
    const rows = shared.map(({ name, cells }) => ({ name, cells, counts: cells.map((cell, i) => {
      const before = cells.slice(0, i).findLastIndex((other) => other >= 0);
      return cell < 0 || before < 0 ? undefined : { before, count: Atlas.differences(datasets[before], cells[before], datasets[i], cell).changed.length };
    }) }));
    const moving = rows.filter(({ counts }) => counts.some((cell) => cell && cell.count > 0));
    const table = (list) => h('div.scroll-x', {}, h('table.across', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Machine type'), datasets.map((data) => h('th', { scope: 'col' }, Atlas.shortLabel(data))))),
      h('tbody', {}, list.map(({ name, cells, counts }) => h('tr', {}, h('th', { scope: 'row' }, name), cells.map((cell, i) => h('td', {}, cell < 0 ? h('span.muted', {}, '–')
        : counts[i] === undefined ? h('a', { href: Atlas.link(['cpu', datasets[i].id, name, modelName]) }, 'open')
        : counts[i].count === 0 ? h('span.same', {}, 'same') : h('a.differs', { href: Atlas.link(['diff', datasets[counts[i].before].id, name, modelName, datasets[i].id, name, modelName]) }, Atlas.plural(counts[i].count, 'change')))))))));
    return h('section.tree', {}, h('h2', {}, 'The same machine type from tree to tree'),
      h('p.muted', {}, 'Properties that both trees know; what is new in the later tree is not counted here, the comparison shows it.'),
      moving.length > 0 ? table(moving) : h('p', {}, h('b', {}, 'The same everywhere.'), ' On none of ' + Atlas.plural(rows.length, 'shared machine type') + ' does a known property change.'),
      moving.length > 0 && moving.length < rows.length && h('details', {}, h('summary', {}, Atlas.plural(rows.length - moving.length, 'machine type') + ' without a change'), table(rows.filter((row) => !moving.includes(row)))));
  };
}
