'use strict';
/* Which view is shown, and the theme. */
{
  const { h } = Atlas;
  const main = document.getElementById('main');
  const nav = document.getElementById('nav');
  const title = document.title;
  let at;

  const newest = () => Atlas.trees.at(-1)?.id;
  /** The tree that the reader is at: of the place, or the last one. */
  const currentTree = () => {
    const { parts } = Atlas.place();
    if (parts[0] === 'model') return Atlas.trees.findLast(({ accel }) => accel === parts[1])?.id;
    return Atlas.trees.find(({ id }) => id === parts[1])?.id ?? newest();
  };

  Atlas.views.overview = async () => h('div.view.overview', {},
    h('div.view-head', {}, h('h1', { tabindex: '-1' }, title),
      h('p.lead', {}, 'What every x86 CPU model of QEMU is on every machine type: a model\'s name does not mean one thing. Where models change, by which line of the source, and what differs between any two.')),
    Atlas.trees.length === 0 ? Atlas.empty('There is no tree in this report', 'Make it anew with --source.') : undefined,
    h('ul.cards', {}, [...Atlas.trees].reverse().map((tree) => h('li.card', {},
      h('h2', {}, h('a', { href: Atlas.link(['grid', tree.id]) }, 'QEMU ' + tree.version), h('span.badge', {}, tree.accel)),
      tree.package && h('p.sub', {}, tree.package),
      h('dl', {}, [['machine types', tree.machines], ['models', tree.models], ['pairs', tree.pairs], ['different CPUs', tree.cpus]].map(([name, n]) => h('div', {}, h('dt', {}, name), h('dd', {}, n.toLocaleString('en'))))),
      tree.errors > 0 && h('p.warn', {}, 'Not everything of this tree was understood: ' + Atlas.plural(tree.errors, 'message') + '.'),
      h('p.origin', { title: tree.origin }, tree.origin)))),
    h('section.how', {}, h('h2', {}, 'How to read it'),
      h('ul', {}, h('li', {}, h('b', {}, 'Grid: '), 'a mark is a change against the next older machine type of the same line. The lines follow the source: a machine type is made from the next newer one.'),
        h('li', {}, h('b', {}, 'Timeline: '), 'one model along all lines, and from tree to tree.'),
        h('li', {}, h('b', {}, 'CPU: '), 'every property; choose one to see which line of the source gave it its value.'),
        h('li', {}, h('b', {}, 'Compare: '), 'any two CPUs, also of different trees.'),
        h('li', {}, 'Every view has a link of its own. ', h('kbd', {}, '/'), ' finds a model, machine type or property.'))));

  const drawNav = (parts) => {
    const id = currentTree();
    if (id === undefined) return;
    const tree = Atlas.trees.find((one) => one.id === id);
    // where the reader is decides where the other views open
    const pair = parts[0] === 'cpu' ? parts.slice(2, 4) : parts[0] === 'diff' ? parts.slice(2, 4) : undefined;
    const model = parts[0] === 'model' ? parts[2] : pair?.[1] ?? tree.example?.model;
    const machine = pair?.[0] ?? tree.example?.machine;
    const items = [
      ['grid', 'Grid', Atlas.link(['grid', id])],
      ['model', 'Timeline', model && Atlas.link(['model', tree.accel, model])],
      ['cpu', 'CPU', model && machine && Atlas.link(['cpu', id, machine, model])],
      ['diff', 'Compare', model && machine && Atlas.link(['diff', id, tree.example?.older ?? machine, model, id, machine, model])],
    ];
    nav.replaceChildren(...items.filter(([, , href]) => href).map(([name, text, href]) => h('a', { href, 'aria-current': parts[0] === name ? 'page' : undefined }, text)));
  };

  const show = async () => {
    const place = Atlas.place();
    const token = at = {};
    drawNav(place.parts);
    const [name = 'overview'] = place.parts;
    const view = Atlas.views[name];
    const waiting = setTimeout(() => { if (at === token) main.replaceChildren(h('div.loading', { role: 'status' }, 'Loading …')); }, 150);
    let element;
    try {
      if (view === undefined) throw new Error('there is no view ' + name);
      const known = { grid: [0], cpu: [0], diff: [0, 3] }[name] || [];
      const parts = place.parts.slice(1);
      for (const index of known) if (!Atlas.trees.some(({ id }) => id === parts[index])) throw new Error('this report has no tree ' + (parts[index] ?? ''));
      element = await view({ parts, query: place.query });
    } catch (error) {
      element = h('div.view', {}, h('h1', { tabindex: '-1' }, 'Not found'), Atlas.failed(error), h('p', {}, h('a.button', { href: '#/' }, 'To the overview')));
    }
    clearTimeout(waiting);
    if (at !== token) return;
    const first = main.dataset.shown === undefined;
    main.dataset.shown = name;
    main.replaceChildren(element);
    const heading = main.querySelector('h1');
    document.title = name === 'overview' ? title : heading.textContent + ' · ' + title;
    if (!first) { heading.focus({ preventScroll: true }); scrollTo(0, 0); }
  };

  const themes = ['', 'light', 'dark'];
  const button = document.getElementById('theme');
  const setTheme = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = { '': '◐', light: '☀', dark: '☾' }[theme];
    button.setAttribute('aria-label', 'Theme: ' + (theme || 'as the system'));
    button.title = 'Theme: ' + (theme || 'as the system');
    try { localStorage.setItem('atlas-theme', theme); } catch (e) { /* it holds for this visit */ }
  };
  button.addEventListener('click', () => setTheme(themes[(themes.indexOf(document.documentElement.dataset.theme || '') + 1) % themes.length]));
  setTheme(themes.includes(document.documentElement.dataset.theme) ? document.documentElement.dataset.theme : '');

  document.getElementById('find').append(...Atlas.find(currentTree));
  addEventListener('hashchange', show);
  show();
}
