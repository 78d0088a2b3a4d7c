'use strict';
/* Loading, links, and making elements. Everything hangs on one name. */
const Atlas = {
  trees: [],
  views: {},
  waiting: new Map(),
  loaded: new Map(),
};

/** Data files call this. */
Atlas.receive = (kind, id, data) => {
  if (kind === 'trees') Atlas.trees = data;
  else Atlas.loaded.set(kind + '/' + id, data);
};

/** A data file, loaded once. A page from file:// cannot fetch, but it can run a script. */
Atlas.load = (kind, id) => {
  const key = kind + '/' + id;
  let promise = Atlas.waiting.get(key);
  if (promise === undefined) {
    promise = new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = 'data/' + encodeURIComponent(id) + (kind === 'why' ? '.why.js' : '.js');
      script.onload = () => (Atlas.loaded.has(key) ? resolve(Atlas.loaded.get(key)) : reject(new Error(script.src + ' holds something else')));
      script.onerror = () => { Atlas.waiting.delete(key); reject(new Error('cannot load data/' + id + '.js: it belongs beside this page')); };
      document.head.append(script);
    });
    Atlas.waiting.set(key, promise);
  }
  return promise;
};

/** An element. Attributes that are undefined or false are left out; `on` holds listeners; children are elements, texts or lists of them. */
Atlas.h = (name, attributes, ...children) => {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === false || value === null) continue;
    if (key === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (key === 'class') element.className = (element.className + ' ' + value).trim();
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
};

/** A link within the page: parts of the path, and what narrows the view. */
Atlas.link = (parts, query) => {
  const entries = Object.entries(query || {}).filter(([, value]) => value !== undefined && value !== '' && value !== false);
  const text = entries.map(([key, value]) => encodeURIComponent(key) + '=' + encodeURIComponent(value === true ? '1' : value)).join('&');
  return '#/' + parts.map(encodeURIComponent).join('/') + (text === '' ? '' : '?' + text);
};

/** The reverse of link. */
Atlas.place = () => {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const decode = (text) => { try { return decodeURIComponent(text); } catch (e) { return text; } };
  const parts = path === '' ? [] : path.split('/').map(decode);
  return { parts, query: Object.fromEntries((query || '').split('&').filter(Boolean).map((pair) => pair.split('=').map(decode))) };
};

Atlas.go = (parts, query) => { location.hash = Atlas.link(parts, query); };

/** Change what narrows the view without a new entry in the history, and without drawing anew. */
Atlas.narrow = (parts, query) => history.replaceState(null, '', Atlas.link(parts, query));

/** For those who listen to the page. */
Atlas.say = (text) => { document.getElementById('status').textContent = text; };

Atlas.plural = (n, one, many) => n.toLocaleString('en') + ' ' + (n === 1 ? one : many || one + 's');

/** What is typed into a filter: all words must be there; * and ? as in a shell. */
Atlas.matcher = (text) => {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean).map((word) =>
    new RegExp(word.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.').replace(/^(.*[*?].*)$/, '$1')));
  return (name) => words.every((word) => word.test(name.toLowerCase()));
};

/** Names with numbers in them in the order that people expect. */
Atlas.naturally = new Intl.Collator('en', { numeric: true }).compare;

Atlas.treeLabel = ({ version, package: packager, accel }) => 'QEMU ' + version + (packager ? ' (' + packager + ')' : '') + ', ' + accel;
Atlas.shortLabel = ({ id, version, accel }) => {
  const same = Atlas.trees.filter((tree) => tree.version === version && tree.accel === accel).map((tree) => tree.id);
  return version + ' ' + accel + (same.length > 1 ? ' #' + (same.indexOf(id) + 1) : '');
};
