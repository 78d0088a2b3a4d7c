'use strict';
/* The field in the head: a model, a machine type or a property of the tree at hand, by any part of its name. */
{
  const { h } = Atlas;
  const most = 12;

  Atlas.find = (current) => {
    const list = h('ul.find-list', { id: 'find-list', role: 'listbox', 'aria-label': 'Found', hidden: true });
    const input = h('input', { type: 'search', id: 'find-input', placeholder: 'Find a model, machine type, property', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'find-list', 'aria-autocomplete': 'list', 'aria-label': 'Find a model, machine type or property (key: /)', autocomplete: 'off', spellcheck: 'false' });
    let found = [];
    let active = -1;
    const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); };
    const choose = (item) => { if (item) { close(); input.value = ''; input.blur(); location.hash = item.href; } };
    const mark = (to) => {
      active = found.length === 0 ? -1 : (to + found.length) % found.length;
      [...list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === active)));
      if (active >= 0) input.setAttribute('aria-activedescendant', 'find-' + active);
      list.children[active]?.scrollIntoView({ block: 'nearest' });
    };
    const search = async () => {
      const text = input.value.trim();
      const id = current();
      if (text === '' || id === undefined) { close(); return; }
      const data = await Atlas.dataset(id);
      const matches = Atlas.matcher(text);
      const rank = (name) => (name.toLowerCase() === text.toLowerCase() ? 0 : name.toLowerCase().startsWith(text.toLowerCase()) ? 1 : 2);
      const pick = (what, names, href) => names.filter(matches).sort((a, b) => rank(a) - rank(b) || a.length - b.length).slice(0, most / 2).map((name) => ({ what, name, href: href(name), rank: rank(name) }));
      found = [
        ...pick('model', data.models.map(({ name }) => name), (name) => Atlas.link(['model', data.accel, name])),
        ...pick('machine type', data.machines.map(({ name }) => name), (name) => Atlas.link(['grid', id], { at: name, line: String(data.lineOf[data.machineNumbers.get(name)]) })),
        ...pick('property', data.properties.map(({ name }) => name), (name) => Atlas.link(['grid', id], { lens: name })),
      ].sort((a, b) => a.rank - b.rank).slice(0, most);
      list.replaceChildren(...(found.length > 0 ? found.map(({ what, name }, i) => h('li', { role: 'option', id: 'find-' + i, 'aria-selected': 'false', on: { mousedown: (event) => { event.preventDefault(); choose(found[i]); } } }, h('span', {}, name), h('span.muted', {}, what)))
        : [h('li.none', { role: 'option', 'aria-disabled': 'true' }, 'Nothing has this in its name')]));
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      mark(0);
    };
    input.addEventListener('input', search);
    input.addEventListener('focus', search);
    input.addEventListener('blur', close);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') mark(active + 1);
      else if (event.key === 'ArrowUp') mark(active - 1);
      else if (event.key === 'Enter') choose(found[active]);
      else if (event.key === 'Escape') { close(); input.value = ''; input.blur(); }
      else return;
      event.preventDefault();
    });
    addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.target.matches('input, select, textarea')) return;
      event.preventDefault();
      input.focus();
    });
    return [input, list];
  };
}
