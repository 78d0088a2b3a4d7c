'use strict';
/* Models x machine types. Rows are drawn as they come into sight; one cell at a time can be reached with Tab, the others with the arrow keys. */
{
  const { h } = Atlas;
  const rowHeight = 24;
  const overscan = 12;
  const signs = { on: '+', off: '−', mixed: '±', value: '·', refused: '×' };
  const words = { '': 'as before', first: 'the oldest here', on: 'features on', off: 'features off', mixed: 'features on and off', value: 'other properties', absent: 'not there', refused: 'QEMU refuses it' };

  Atlas.views.grid = async ({ parts: [id], query }) => {
    const data = await Atlas.dataset(id);
    return new Grid(data, id, query).element;
  };

  class Grid {
    constructor(data, id, query) {
      this.data = data;
      this.id = id;
      this.query = { ...query };
      this.body = h('div.grid-rows', { role: 'rowgroup' });
      this.panel = h('aside.panel.side', { 'aria-label': 'The chosen cell', 'aria-live': 'polite' });
      this.scroller = h('div.grid-scroll', { on: { scroll: () => requestAnimationFrame(() => this.draw()) } });
      this.count = h('p.count', { role: 'status' });
      this.legend = h('ul.legend', { 'aria-label': 'Colours' });
      this.element = h('div.view.grid-view', {}, this.head(), h('div.grid-and-panel', {}, h('div.grid-box', {}, this.count, this.scroller, this.legend), this.panel));
      this.scroller.addEventListener('keydown', (event) => this.key(event));
      this.scroller.addEventListener('click', (event) => this.click(event));
      this.scroller.addEventListener('dblclick', (event) => this.open(event));
      addEventListener('resize', this.resized = () => { if (this.element.isConnected) this.draw(true); else removeEventListener('resize', this.resized); });
      this.layout();
      requestAnimationFrame(() => {
        this.draw(true);
        this.reveal();
        // after the page has scrolled to its top
        if (this.chosen && matchMedia('(max-width: 1000px)').matches) requestAnimationFrame(() => this.scroller.scrollIntoView({ block: 'start' }));
      });
    }

    head() {
      const { data, query } = this;
      const lens = h('datalist', { id: 'lens-names' }, data.properties.map(({ name }) => h('option', { value: name })));
      const update = (change) => {
        Object.assign(this.query, change);
        Atlas.narrow(['grid', this.id], this.query);
        this.layout();
        this.draw(true);
      };
      return h('div.view-head', {},
        h('h1', { tabindex: '-1' }, 'Models and machine types'),
        h('p.lead', {}, 'QEMU ' + data.version + ', accelerator ' + data.accel + (data.stage === 'expanded' ? '' : ', ' + data.stage) + (data.package ? ', ' + data.package : '') + '. Each mark says that a model changes at that machine type, against the next older one of its line.'),
        data.diagnostics.length > 0 && h('details.warn', {}, h('summary', {}, 'Not everything of this tree was understood: ' + Atlas.plural(data.diagnostics.length, 'message')),
          h('ul', {}, data.diagnostics.map(({ at, what, affects }) => h('li', {}, Atlas.where(at), ' ' + what + ' (affects ' + affects + ')')))),
        h('div.controls', {},
          Atlas.treeSelect('Tree', this.id, (id) => Atlas.go(['grid', id], this.query)),
          data.lines.filter((line) => line.length > 1).length > 0 && Atlas.select('Machine types', ['', ...data.lines.map((_, i) => String(i))], query.line || '', (line) => update({ line }), ['all', ...data.lines.map((_, i) => data.lineName(i))]),
          Atlas.filterField('Filter models', query.model || '', (model) => update({ model })),
          Atlas.filterField('Colour by property', query.lens || '', (property) => update({ lens: property }), { list: 'lens-names' }), lens,
          h('label.check', {}, h('input', { type: 'checkbox', checked: query.changing === '1', on: { change: (event) => update({ changing: event.target.checked }) } }), ' only models whose features change')));
    }

    /** Which rows and columns there are. */
    layout() {
      const { data, query } = this;
      this.lines = data.lines.map((line, number) => ({ line, number })).filter(({ number }) => !query.line || String(number) === query.line);
      this.columns = this.lines.flatMap(({ line }) => line);
      const matches = Atlas.matcher(query.model || '');
      const changes = (model) => this.columns.some((machine) => ['on', 'off', 'mixed'].includes(data.kind(machine, model)));
      this.models = data.models.map((_, model) => model).filter((model) => matches(data.models[model].name)
        && this.columns.some((machine) => data.cells[machine][model] !== -1) && (!query.changing || query.changing === '0' || changes(model)));
      this.lens = query.lens ? data.propertyNumbers.get(query.lens) : undefined;
      const column = Math.max(0, this.columns.indexOf(data.machineNumbers.get(query.at || '')));
      const row = Math.max(0, this.models.indexOf(data.modelNumbers.get(query.cpu || '')));
      this.focus = { row, column };
      this.chosen = query.at && query.cpu && this.models[row] !== undefined ? { ...this.focus } : undefined;
      this.count.textContent = Atlas.plural(this.models.length, 'model') + ' × ' + Atlas.plural(this.columns.length, 'machine type')
        + (query.lens && this.lens === undefined ? ', there is no property ' + query.lens : this.lens !== undefined ? ', coloured by ' + query.lens : '');
      this.drawHead();
      this.drawLegend();
      this.drawPanel();
    }

    drawHead() {
      const { data } = this;
      let column = 1;
      this.width = this.columns.length;
      const gaps = [];
      this.lines.forEach(({ line }, i) => { if (i > 0 && (line.length > 1 || this.lines[i - 1].line.length > 1)) gaps.push(line[0]); });
      this.gaps = new Set(gaps);
      const groups = h('div.grid-groups', { 'aria-hidden': 'true' }, h('span.corner'),
        this.lines.filter(({ line }) => line.length > 1).map(({ line, number }) => h('span.group', { style: '--span:' + line.length, class: this.gaps.has(line[0]) ? 'gap' : '' }, h('span', {}, data.lineName(number)))));
      const names = h('div.grid-head', { role: 'row', 'aria-rowindex': '1' }, h('span.corner', { role: 'columnheader', 'aria-colindex': '1' }, 'Model'),
        this.columns.map((machine) => h('span.column', { role: 'columnheader', 'aria-colindex': ++column, title: data.machines[machine].name + flags(data.machines[machine]), class: (this.gaps.has(machine) ? 'gap' : '') + (data.machines[machine].deprecated ? ' deprecated' : '') },
          h('span.column-name', {}, h('span.sr', {}, data.machines[machine].name), h('span', { 'aria-hidden': 'true' }, data.shortName(machine))))));
      this.table = h('div.grid', { role: 'grid', 'aria-label': 'CPU models on machine types', 'aria-rowcount': this.models.length + 1, 'aria-colcount': this.columns.length + 1 },
        h('div.grid-top', { role: 'rowgroup' }, groups, names), this.body);
      this.body.style.height = this.models.length * rowHeight + 'px';
      this.scroller.replaceChildren(this.models.length === 0 ? Atlas.empty('No model matches', 'Change the filter above.') : this.table);
      this.drawn = undefined;
      this.rows = new Map();
    }

    drawLegend() {
      if (this.lens === undefined) {
        this.legend.replaceChildren(...['on', 'off', 'mixed', 'value', '', 'first'].map((kind) => h('li', {}, this.sample(kind), words[kind])),
          ...(this.columns.some((machine) => this.data.cells[machine].some((cell) => cell === -2)) ? [h('li', {}, this.sample('refused'), words.refused)] : []));
      } else if (this.data.isSwitch(this.lens)) {
        this.legend.replaceChildren(h('li', {}, h('span.cell.lens-1'), 'on'), h('li', {}, h('span.cell.lens-0'), 'off'), h('li', {}, h('span.cell.lens-host'), 'the host decides'));
      } else {
        this.legend.replaceChildren(...this.data.values[this.lens].slice(0, 12).map((value, i) => h('li', {}, h('span.cell.lens-v' + (i % 6)), Atlas.valueText(value))),
          ...(this.data.values[this.lens].length > 12 ? [h('li', {}, 'and ' + (this.data.values[this.lens].length - 12) + ' more')] : []));
      }
    }

    sample(kind) { return h('span.cell', { class: 'k-' + (kind || 'same'), 'aria-hidden': 'true' }, signs[kind] || ''); }

    draw(force) {
      if (this.models.length === 0) return;
      if (this.drawn === undefined) force = true;
      const top = Math.max(0, Math.floor(this.scroller.scrollTop / rowHeight) - overscan);
      const shown = Math.ceil((this.scroller.clientHeight || 600) / rowHeight) + 2 * overscan;
      if (!force && this.drawn && top >= this.drawn.top - overscan / 2 && top + shown <= this.drawn.bottom + overscan / 2 && this.drawn.top <= Math.max(0, top + overscan - 1)) return;
      const bottom = Math.min(this.models.length, top + shown);
      const had = this.body.contains(document.activeElement);
      // rows that are drawn already stay
      if (force) this.rows = new Map();
      const rows = new Map();
      for (let row = top; row < bottom; row++) rows.set(row, this.rows.get(row) || this.row(row));
      for (const [row, element] of this.rows) if (!rows.has(row)) element.remove();
      const first = this.body.firstElementChild;
      if (force) this.body.replaceChildren(...rows.values());
      else for (const [row, element] of rows) if (!this.rows.has(row)) this.body.insertBefore(element, row < this.drawn.top ? first : null);
      this.rows = rows;
      this.drawn = { top, bottom };
      if (had) this.cellAt(this.focus)?.focus({ preventScroll: true });
    }

    row(row) {
      const { data } = this;
      const model = this.models[row];
      const { name, alias } = data.models[model];
      return h('div.grid-row', { role: 'row', 'aria-rowindex': row + 2, style: 'top:' + row * rowHeight + 'px' },
        h('a.row-name', { role: 'rowheader', 'aria-colindex': '1', href: Atlas.link(['model', data.accel, name]), tabindex: '-1', title: name + (alias ? ', an alias of ' + alias : '') }, name),
        this.columns.map((machine, column) => this.cell(machine, model, row, column)));
    }

    cell(machine, model, row, column) {
      const { data } = this;
      const state = data.cells[machine][model];
      const focused = row === this.focus.row && column === this.focus.column;
      const chosen = this.chosen && row === this.chosen.row && column === this.chosen.column;
      let look;
      let sign = '';
      let text;
      if (this.lens !== undefined && state >= 0) {
        const number = data.rows[state][this.lens];
        const value = data.value(state, this.lens);
        look = number === Atlas.HOST ? 'lens-host' : number === Atlas.ABSENT ? 'k-absent' : typeof value === 'boolean' ? 'lens-' + (value ? 1 : 0) : 'lens-v' + ((number - 2) % 6);
        if (typeof value === 'number' && value < 1000) sign = String(value);
        text = data.text(state, this.lens);
      } else {
        const kind = data.kind(machine, model);
        look = 'k-' + (kind || 'same');
        sign = signs[kind] || '';
        text = words[kind];
      }
      return h('span.cell', {
        role: 'gridcell', 'aria-colindex': column + 2, 'data-row': row, 'data-column': column, tabindex: focused ? '0' : '-1', 'aria-selected': chosen ? 'true' : 'false',
        class: look + (chosen ? ' chosen' : '') + (this.gaps.has(machine) ? ' gap' : ''),
        'aria-label': data.models[model].name + ' on ' + data.machines[machine].name + ': ' + text,
      }, sign);
    }

    cellAt({ row, column }) { return this.body.querySelector('[data-row="' + row + '"][data-column="' + column + '"]'); }

    move(row, column, choose) {
      const old = this.cellAt(this.focus);
      this.focus = { row: Math.min(this.models.length - 1, Math.max(0, row)), column: Math.min(this.columns.length - 1, Math.max(0, column)) };
      this.reveal();
      old?.setAttribute('tabindex', '-1');
      const cell = this.cellAt(this.focus);
      cell?.setAttribute('tabindex', '0');
      cell?.focus({ preventScroll: true });
      if (choose) this.choose();
    }

    /** Scroll so that the cell in focus is not below what sticks. */
    reveal() {
      const { scroller } = this;
      const head = this.table?.querySelector('.grid-top')?.offsetHeight || 0;
      const top = this.focus.row * rowHeight;
      const height = scroller.clientHeight - head;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + rowHeight > scroller.scrollTop + height) scroller.scrollTop = top + rowHeight - height;
      this.draw();
      const cell = this.cellAt(this.focus);
      const name = this.table?.querySelector('.corner')?.offsetWidth || 0;
      if (!cell) return;
      if (cell.offsetLeft - name < scroller.scrollLeft) scroller.scrollLeft = cell.offsetLeft - name;
      else if (cell.offsetLeft + cell.offsetWidth > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = cell.offsetLeft + cell.offsetWidth - scroller.clientWidth;
    }

    key(event) {
      if (!event.target.matches('[role=gridcell]') || event.altKey || event.metaKey) return;
      const { row, column } = this.focus;
      const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowHeight) - 6);
      const moves = {
        ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], PageUp: [row - page, column], PageDown: [row + page, column],
        Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? this.models.length - 1 : row, this.columns.length - 1],
      };
      if (moves[event.key]) this.move(...moves[event.key]);
      else if (event.key === ' ') this.choose();
      else if (event.key === 'Enter') { this.choose(); this.openChosen(); }
      else if (event.key === 'Escape') { this.chosen = undefined; this.narrowToChosen(); this.draw(true); this.drawPanel(); }
      else if (event.key === 'c') { this.choose(); this.pick(); }
      else return;
      event.preventDefault();
    }

    click(event) {
      const cell = event.target.closest('[role=gridcell]');
      if (cell) this.move(Number(cell.dataset.row), Number(cell.dataset.column), true);
    }

    open(event) {
      if (event.target.closest('[role=gridcell]')) this.openChosen();
    }

    choose() {
      this.chosen = { ...this.focus };
      // where the panel covers the lower half, the grid goes to the upper one
      if (matchMedia('(max-width: 1000px)').matches) this.scroller.scrollIntoView({ block: 'start' });
      this.narrowToChosen();
      this.draw(true);
      this.drawPanel();
      this.reveal();
    }

    narrowToChosen() {
      const { machine, model } = this.names();
      Object.assign(this.query, { at: machine, cpu: model });
      Atlas.narrow(['grid', this.id], this.query);
    }

    names() {
      if (this.chosen === undefined) return {};
      return { machine: this.data.machines[this.columns[this.chosen.column]].name, model: this.data.models[this.models[this.chosen.row]].name };
    }

    openChosen() {
      const { machine, model } = this.names();
      if (machine !== undefined && this.data.cells[this.columns[this.chosen.column]][this.models[this.chosen.row]] >= 0) Atlas.go(['cpu', this.id, machine, model]);
    }

    /** Keep the chosen cell as one side of a comparison; the second one opens it. */
    pick() {
      const { machine, model } = this.names();
      if (machine === undefined) return;
      const side = [this.id, machine, model];
      if (Atlas.picked && Atlas.picked.join() !== side.join()) {
        const other = Atlas.picked;
        Atlas.picked = undefined;
        Atlas.go(['diff', ...other, ...side]);
      } else {
        Atlas.picked = side;
        Atlas.say(model + ' on ' + machine + ' is kept for a comparison');
        this.drawPanel();
      }
    }

    async drawPanel() {
      const { data, panel } = this;
      panel.classList.toggle('open', this.chosen !== undefined);
      if (this.chosen === undefined || this.models[this.chosen.row] === undefined) {
        panel.replaceChildren(h('p.muted', {}, h('b', {}, 'Choose a cell'), ' to see what changes there. With the keyboard: arrow keys move, Space chooses, Enter opens the CPU, C keeps it for a comparison.'));
        return;
      }
      const machine = this.columns[this.chosen.column];
      const model = this.models[this.chosen.row];
      const { machine: machineName, model: modelName } = this.names();
      const state = data.cells[machine][model];
      const head = h('div.panel-head', {}, h('h2', {}, modelName), h('button.icon', { type: 'button', 'aria-label': 'Close', on: { click: () => { this.chosen = undefined; this.narrowToChosen(); this.draw(true); this.drawPanel(); } } }, '×'));
      if (state < 0) {
        const said = (data.refused[machineName] || {})[modelName];
        panel.replaceChildren(head, h('p.sub', {}, 'on ' + machineName), h('p', {}, state === -1 ? 'This machine type does not have the model.' : 'QEMU refuses it' + (said ? ': ' + said : '.')));
        return;
      }
      const older = data.previous(machine, model);
      const same = data.sameElsewhere(state, model).length - 1;
      const changes = h('div', {}, '');
      const picked = Atlas.picked;
      panel.replaceChildren(head, h('p.sub', {}, 'on ' + machineName + flags(data.machines[machine])),
        h('p.actions', {},
          h('a.button.primary', { href: Atlas.link(['cpu', this.id, machineName, modelName]) }, 'Open this CPU'),
          h('a.button', { href: Atlas.link(['model', data.accel, modelName]) }, 'Timeline'),
          h('button.button', { type: 'button', on: { click: () => this.pick() } }, picked && picked.join() !== [this.id, machineName, modelName].join() ? 'Compare with ' + picked[2] + ' on ' + picked[1] : picked ? 'Kept: choose another' : 'Compare …')),
        h('p.muted', {}, same === 0 ? 'The same CPU on no other machine type here.' : 'The same CPU on ' + Atlas.plural(same, 'other machine type') + '.'),
        ...(this.lens === undefined ? [] : [h('p', {}, h('b', {}, this.query.lens), ' ' + data.text(state, this.lens))]),
        changes);
      if (older < 0) changes.replaceChildren(h('p.muted', {}, 'The oldest of its line: there is nothing to compare it with.'));
      else if (data.cells[older][model] === state) changes.replaceChildren(h('p.muted', {}, 'As on ' + data.machines[older].name + '.'));
      else {
        const from = data.cells[older][model];
        const n = data.changed(from, state).length;
        const title = h('h3', {}, Atlas.plural(n, 'change') + ' against ' + data.machines[older].name);
        changes.replaceChildren(title, Atlas.changeList(data, undefined, machine, model, from, state));
        const why = await Atlas.load('why', this.id).catch(() => undefined);
        if (why) changes.replaceChildren(title, Atlas.changeList(data, why, machine, model, from, state));
      }
    }
  }

  const flags = ({ alias, default: standard, deprecated }) => (alias ? ', alias ' + alias : '') + (standard ? ', the default' : '') + (deprecated ? ', deprecated' : '');
}
