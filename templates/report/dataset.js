'use strict';
/* One tree with one accelerator: what its data file says, and what follows from it. */
Atlas.ABSENT = 0;
Atlas.HOST = 1;

Atlas.Dataset = class {
  constructor(raw) {
    Object.assign(this, raw);
    this.rows = [];
    for (const [base, ...cells] of raw.states) {
      const row = base < 0 ? new Uint16Array(raw.properties.length) : this.rows[base].slice();
      for (let i = 0; i < cells.length; i += 2) row[cells[i]] = cells[i + 1];
      this.rows.push(row);
    }
    this.machineNumbers = new Map(raw.machines.map(({ name }, i) => [name, i]));
    for (const [i, { alias }] of raw.machines.entries()) if (alias && !this.machineNumbers.has(alias)) this.machineNumbers.set(alias, i);
    this.modelNumbers = new Map(raw.models.map(({ name }, i) => [name, i]));
    this.propertyNumbers = new Map(raw.properties.map(({ name }, i) => [name, i]));
    this.lineOf = new Array(raw.machines.length);
    this.before = new Array(raw.machines.length).fill(-1);
    raw.lines.forEach((line, number) => line.forEach((machine, i) => {
      this.lineOf[machine] = number;
      if (i > 0) this.before[machine] = line[i - 1];
    }));
    this.kinds = new Map();
  }

  state(machine, model) { return this.cells[machine][model]; }

  /** The next older machine type of the line that has the model. */
  previous(machine, model) {
    let at = this.before[machine];
    while (at >= 0 && this.cells[at][model] < 0) at = this.before[at];
    return at;
  }

  /** Which properties differ, by number. */
  changed(a, b) {
    if (a === b) return [];
    const [left, right] = [this.rows[a], this.rows[b]];
    const found = [];
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) found.push(i);
    return found;
  }

  /** A value as it stands in the data: undefined where there is none or the host decides. */
  value(state, property) {
    const number = this.rows[state][property];
    return number < 2 ? undefined : this.values[property][number - 2];
  }

  text(state, property) {
    const number = this.rows[state][property];
    if (number === Atlas.ABSENT) return 'not there';
    if (number === Atlas.HOST) return 'the host decides';
    return Atlas.valueText(this.values[property][number - 2]);
  }

  isSwitch(property) { return this.values[property].every((value) => typeof value === 'boolean'); }

  /** What changed at this machine type: '' nothing, 'on', 'off', 'mixed' (features), 'value' (other properties alone), 'first' (no older one). */
  kind(machine, model) {
    const state = this.cells[machine][model];
    if (state === -1) return 'absent';
    if (state === -2) return 'refused';
    const older = this.previous(machine, model);
    if (older < 0) return 'first';
    const from = this.cells[older][model];
    if (from === state) return '';
    const key = from * this.rows.length + state;
    let kind = this.kinds.get(key);
    if (kind === undefined) {
      let on = false;
      let off = false;
      for (const property of this.changed(from, state)) {
        const value = this.value(state, property);
        if (value === true && this.properties[property].word !== undefined) on = true;
        else if (this.value(from, property) === true && this.properties[property].word !== undefined) off = true;
      }
      kind = on && off ? 'mixed' : on ? 'on' : off ? 'off' : 'value';
      this.kinds.set(key, kind);
    }
    return kind;
  }

  lineName(number) {
    const names = this.lines[number].map((machine) => this.machines[machine].name);
    if (names.length === 1) return names[0];
    let prefix = names[0];
    for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
    return prefix.replace(/-[^-]*$/, '') || names.at(-1);
  }

  /** The part of a machine type's name that tells it apart in its line. */
  shortName(machine) {
    const { name } = this.machines[machine];
    const line = this.lines[this.lineOf[machine]];
    const prefix = this.lineName(this.lineOf[machine]);
    return line.length > 1 && name.startsWith(prefix + '-') ? name.slice(prefix.length + 1) : name;
  }

  /** All machine types on which a model is this CPU. */
  sameElsewhere(state, model) {
    return this.machines.map((_, machine) => machine).filter((machine) => this.cells[machine][model] === state);
  }

  /** The CPU without model data on this machine type. */
  plainState(machine) {
    const model = this.plain[machine];
    return model < 0 ? -1 : Math.max(-1, this.cells[machine][model]);
  }
};

Atlas.valueText = (value) => {
  if (value === true) return 'on';
  if (value === false) return 'off';
  if (value === null) return 'null';
  if (value === '') return '""';
  if (typeof value === 'number') return value >= 0x10000 ? value + ' (0x' + value.toString(16) + ')' : String(value);
  if (typeof value === 'object') return value.n !== undefined ? value.n + ' (0x' + BigInt(value.n).toString(16) + ')' : value.j;
  return value;
};

const datasets = new Map();
/** The data of a tree, decoded once. */
Atlas.dataset = async (id) => {
  if (!datasets.has(id)) datasets.set(id, new Atlas.Dataset(await Atlas.load('data', id)));
  return datasets.get(id);
};

/** A reason as its parts. */
const reasonOf = (why, number) => {
  if (number === undefined || number < 0) return undefined;
  const [kind, at, ...data] = why.reasons[number];
  return { what: why.kinds[kind], at: why.places[at], data: data.map((place) => why.places[place]) };
};

/** The reasons for a change at a machine type: of the value before and after. */
Atlas.reasonsOfStep = (why, machine, model, property) => {
  const list = (why.steps[model] || {})[machine] || [];
  for (let i = 0; i < list.length; i += 3) if (list[i] === property) return { before: reasonOf(why, list[i + 1]), after: reasonOf(why, list[i + 2]) };
  return undefined;
};

/**
 * What is known of where a value comes from: the whole history of exactly this CPU; or of the same value on another machine
 * type of the line, with its name; or what the nearest change says; or nothing.
 */
Atlas.provenance = (data, why, machine, model, property) => {
  const state = data.state(machine, model);
  const chainOf = (of) => {
    const list = why.histories[of];
    if (list === undefined) return undefined;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === property) return why.chains[list[i + 1]].map(([value, reason]) => ({ value: why.values[value], ...reasonOf(why, reason) }));
    }
    return undefined;
  };
  const own = chainOf(state);
  if (own !== undefined) return { chain: own };
  const line = data.lines[data.lineOf[machine]].filter((other) => data.cells[other][model] >= 0);
  const at = line.indexOf(machine);
  const value = (other) => data.rows[data.cells[other][model]][property];
  const differs = (a, b) => value(a) !== value(b);
  // back to where the value came, forward to where it goes
  for (let i = at; i > 0; i--) {
    if (!differs(line[i], line[i - 1])) continue;
    const found = Atlas.reasonsOfStep(why, line[i], model, property);
    if (found && found.after) return { chain: [found.after], since: line[i] };
    break;
  }
  for (let i = at; i + 1 < line.length; i++) {
    if (!differs(line[i], line[i + 1])) continue;
    const found = Atlas.reasonsOfStep(why, line[i + 1], model, property);
    if (found && found.before) return { chain: [found.before], until: line[i + 1] };
    return undefined;
  }
  const newest = line.at(-1);
  const chain = newest === undefined || differs(machine, newest) ? undefined : chainOf(data.cells[newest][model]);
  return chain && { chain, as: newest };
};
