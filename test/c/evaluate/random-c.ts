/**
 * Random C programs that are well defined (with wrapping signed arithmetic): every function returns a long that depends
 * on all that it did. The same seed gives the same program.
 */

const TYPES = ['_Bool', 'signed char', 'unsigned char', 'char', 'short', 'unsigned short', 'int', 'unsigned', 'long', 'unsigned long', 'long long', 'unsigned long long', 'enum E'] as const;
const FIELDS = ['s.a', 's.b', 's.c', 's.d', 's.e', 's.f', 's.g'] as const;
const INTERESTING = ['0', '1', '2', '3', '7', '8', '31', '63', '100', '127', '128', '255', '256', '0x7fff', '0x8000', '0xffff', '0x7fffffff', '0x80000000', '0xffffffff', '0x7fffffffffffffff', '0x8000000000000000', '0xffffffffffffffff', '1u', '5ul', '0x80u', '9L', '0xffffffffull', "'a'", "'\\377'", '3000000000', 'RED', 'BLUE', 'sizeof(int)', '017'] as const;

interface Variable { readonly name: string; readonly type: string }

class Random {
  constructor(private state: number) {}
  /** mulberry32 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
  below(n: number): number { return this.next() % n; }
  chance(percent: number): boolean { return this.below(100) < percent; }
  pick<T>(from: readonly T[]): T { return from[this.below(from.length)]!; }
}

export interface RandomProgram {
  readonly source: string;
  /** The functions to call, in this order (they share file-scope state), and their texts. */
  readonly functions: readonly { readonly name: string; readonly text: string }[];
}

export function randomProgram(seed: number, expressions: number, bodies: number): RandomProgram {
  return new Generator(new Random(seed)).program(expressions, bodies);
}

class Generator {
  private readonly globals: Variable[] = [];
  private locals: Variable[] = [];
  private readonly helpers: { name: string; parameters: readonly string[] }[] = [];
  /** Not to be mentioned now: it is being changed by the same full expression, or it counts a loop. */
  private readonly barred = new Set<string>();
  private readonly readOnly = new Set<string>();
  private fresh = 0;
  private loops = 0;
  private inSwitchOrLoop = 0;
  private inLoop = 0;

  constructor(private readonly random: Random) {}

  program(expressions: number, bodies: number): RandomProgram {
    const functions: { name: string; text: string }[] = [];
    const head = ['enum E { RED = -3, GREEN, BLUE = 70 };', 'typedef unsigned short u16;', 'static struct { unsigned a : 3; int b : 5; unsigned long c : 20; _Bool d : 1; signed char e; unsigned long f; u16 g; } s;', 'static int array[8];', 'static unsigned char bytes[8];'];
    TYPES.forEach((type, i) => {
      this.globals.push({ name: `g${i}`, type });
      head.push(`static ${type} g${i} = (${type}) ${this.literal()};`);
    });
    for (let i = 0; i < 6; i++) head.push(this.helper(i));
    for (let i = 0; i < expressions; i++) {
      const e = this.expression(4);
      const name = `e${i}`;
      // also the type: its size, and whether it is signed
      functions.push({ name, text: `static long ${name}(void) { return (long) (${e}) * 16 + sizeof((${e}) + 0) + (((__typeof__((${e}) + 0)) -1 < 0) ? 1 : 0); }` });
    }
    for (let i = 0; i < bodies; i++) functions.push({ name: `b${i}`, text: this.body(`b${i}`) });
    return { source: [...head, ...functions.map((f) => f.text)].join('\n') + '\n', functions };
  }

  private helper(i: number): string {
    const parameters = Array.from({ length: 1 + this.random.below(3) }, () => this.random.pick(TYPES));
    const result = this.random.pick(TYPES);
    this.locals = parameters.map((type, k) => ({ name: `p${k}`, type }));
    const text = `static ${result} h${i}(${parameters.map((type, k) => `${type} p${k}`).join(', ')}) { return ${this.expression(3)}; }`;
    this.locals = [];
    this.helpers.push({ name: `h${i}`, parameters });
    return text;
  }

  private literal(): string {
    const text = this.random.chance(70) ? this.random.pick(INTERESTING) : String(this.random.next() % 1000);
    return this.random.chance(25) ? `-${text}` : text;
  }

  private variables(): Variable[] {
    return [...this.globals, ...this.locals].filter((v) => !this.barred.has(v.name));
  }

  private operand(): string {
    const roll = this.random.below(10);
    if (roll < 2) return this.literal();
    if (roll < 4 && !this.barred.has('s')) return this.random.pick(FIELDS);
    if (roll === 4 && !this.barred.has('array')) return this.random.chance(50) ? `array[${this.random.below(8)}]` : `bytes[${this.random.below(8)}]`;
    return this.random.pick(this.variables()).name;
  }

  expression(depth: number): string {
    if (depth === 0 || this.random.chance(10)) return this.operand();
    const sub = (): string => this.expression(depth - 1);
    switch (this.random.below(16)) {
      case 0: case 1: case 2: case 3: return `(${sub()} ${this.random.pick(['+', '-', '*', '&', '|', '^'])} ${sub()})`;
      case 4: return `(${sub()} ${this.random.pick(['/', '%'])} ((${sub()} & 15) ${this.random.pick(['+ 1', '- 17'])}))`;
      case 5: case 6: return `(${sub()} ${this.random.pick(['<<', '>>'])} (${sub()} & ${this.random.pick(['7', '31', '31ul'])}))`;
      case 7: return `((${this.random.pick(['long', 'unsigned long', 'unsigned long long'])}) ${sub()} ${this.random.pick(['<<', '>>'])} (${sub()} & 63))`;
      case 8: return `(${sub()} ${this.random.pick(['<', '>', '<=', '>=', '==', '!='])} ${sub()})`;
      case 9: return `(${sub()} ${this.random.pick(['&&', '||'])} ${sub()})`;
      case 10: return `(${sub()} ? ${sub()} : ${sub()})`;
      case 11: return `(${this.random.pick(['-', '~', '!', '+'])} ${sub()})`;
      case 12: case 13: return `((${this.random.pick(TYPES)}) ${sub()})`;
      case 14: return `(${sub()}, ${sub()})`;
      default: {
        if (this.helpers.length === 0) return this.operand();
        const h = this.random.pick(this.helpers);
        return `${h.name}(${h.parameters.map(() => this.expression(Math.min(depth - 1, 1))).join(', ')})`;
      }
    }
  }

  // ---- statements

  private body(name: string): string {
    this.locals = [];
    this.readOnly.clear();
    this.fresh = 0;
    const lines: string[] = [];
    for (let i = 0; i < 5; i++) lines.push(this.declaration(i === 1));
    lines.push('int *p = &array[3]; unsigned long h = 0; int j;');
    for (let i = 0; i < 10; i++) lines.push(this.statement(3));
    const values = [...this.globals, ...this.locals].map((v) => v.name);
    lines.push('out:', ...[...values, ...FIELDS].map((v) => `h = h * 31 + (unsigned long) ${v};`));
    lines.push('for (j = 0; j < 8; j++) h = h * 7 + array[j] + bytes[j] * 3;', 'return (long) h;');
    return `static long ${name}(void)\n{\n  ${lines.join('\n  ')}\n}`;
  }

  private declaration(isStatic: boolean): string {
    const type = this.random.pick(TYPES);
    const name = `l${this.fresh++}`;
    const text = isStatic ? `static ${type} ${name} = ${this.literal()};` : `${type} ${name} = ${this.expression(2)};`;
    this.locals.push({ name, type });
    return text;
  }

  private writable(): { target: string; bars: string } {
    const roll = this.random.below(10);
    if (roll < 3) return { target: this.random.pick(FIELDS), bars: 's' };
    if (roll === 3) return { target: `array[${this.expression(1)} & 7]`, bars: 'array' };
    if (roll === 4) return { target: this.random.pick(['(*p)', 'p[1]', 'p[-2]', '(*(p + 2))', '(*&p[3])']), bars: 'array' };
    if (roll === 5) return { target: `bytes[${this.random.below(8)}]`, bars: 'array' };
    const v = this.random.pick(this.variables().filter((x) => !this.readOnly.has(x.name)));
    return { target: v.name, bars: v.name };
  }

  /** Run with a variable barred: the function sees no other use of it. */
  private without<T>(name: string, make: () => T): T {
    const was = this.barred.has(name);
    this.barred.add(name);
    const result = make();
    if (!was) this.barred.delete(name);
    return result;
  }

  private simple(): string {
    const { target, bars } = this.writable();
    return this.without(bars, () => {
      const change = this.change(target);
      if (this.random.chance(25)) {
        const second = this.writable();
        if (second.bars !== bars && !second.target.startsWith('array[')) return `${second.target} = ${change};`;
      }
      return `${change};`;
    });
  }

  private change(target: string): string {
    const e = (): string => this.expression(3);
    switch (this.random.below(8)) {
      case 0: case 1: return `(${target} = ${e()})`;
      case 2: return `(${target} ${this.random.pick(['+=', '-=', '*=', '&=', '|=', '^='])} ${e()})`;
      case 3: return `(${target} ${this.random.pick(['/=', '%='])} ((${e()} & 15) + 1))`;
      case 4: return `(${target} ${this.random.pick(['<<=', '>>='])} (${e()} & 7))`;
      case 5: return this.random.pick([`${target}++`, `${target}--`]);
      case 6: return this.random.pick([`++${target}`, `--${target}`]);
      default: return `(${target} = ({ ${this.random.pick(TYPES)} t = ${e()}; t ? t : ${e()}; }))`;
    }
  }

  private block(depth: number): string {
    const known = this.locals.length;
    const lines = [];
    if (this.random.chance(40)) lines.push(this.declaration(false));
    for (let i = this.random.below(3); i >= 0; i--) lines.push(this.statement(depth - 1));
    this.locals.length = known;
    return `{ ${lines.join(' ')} }`;
  }

  private statement(depth: number): string {
    if (depth === 0) return this.simple();
    switch (this.random.below(14)) {
      case 0: case 1: return `if (${this.expression(2)}) ${this.block(depth)}${this.random.chance(60) ? ` else ${this.block(depth)}` : ''}`;
      case 2: case 3: return this.loop(depth);
      case 4: return this.switchOf(depth);
      case 5: {
        if (this.inLoop > 0 && this.random.chance(60)) return `if (${this.expression(2)}) ${this.random.pick(['break', 'continue'])};`;
        return this.inSwitchOrLoop > 0 ? `if (${this.expression(2)}) break;` : `if (${this.expression(1)} == ${this.expression(1)}) goto out;`;
      }
      case 6: {
        const label = `skip${this.fresh++}`;
        return `if (${this.expression(2)}) goto ${label}; ${this.statement(depth - 1)} ${label}: ${this.simple()}`;
      }
      case 7: return this.block(depth);
      default: return this.simple();
    }
  }

  private loop(depth: number): string {
    if (this.loops >= 2) return this.simple();
    this.loops++;
    this.inLoop++;
    this.inSwitchOrLoop++;
    const i = `i${this.fresh++}`;
    const type = this.random.pick(['int', 'unsigned char', 'long', 'unsigned']);
    const n = 1 + this.random.below(4);
    this.locals.push({ name: i, type });
    this.readOnly.add(i);
    const body = this.block(depth);
    this.locals.splice(this.locals.findIndex((v) => v.name === i), 1);
    this.loops--;
    this.inLoop--;
    this.inSwitchOrLoop--;
    switch (this.random.below(4)) {
      case 0: return `{ ${type} ${i} = 0; while (${i}++ < ${n}) ${body} }`;
      case 1: return `{ ${type} ${i} = ${n}; do ${body} while (--${i} > 0); }`;
      case 2: return `{ ${type} ${i} = 0; again${i}: ${this.label(body, i)} if (++${i} < ${n}) goto again${i}; }`;
      default: return `for (${type} ${i} = 0; ${i} < ${n}; ${i}++) ${body}`;
    }
  }

  /** A body that may break and continue, in a loop that runs once. */
  private label(body: string, i: string): string {
    return `do ${body} while (${i} > 100);`;
  }

  private switchOf(depth: number): string {
    this.inSwitchOrLoop++;
    const wasInLoop = this.inLoop;
    this.inLoop = 0;
    const labels = ['case 0', 'case 1', 'case 2 ... 4', 'default', 'case -1', 'case 5'].filter(() => this.random.chance(60));
    const arms = labels.map((label) => `${label}: ${this.statement(depth - 1)}${this.random.chance(60) ? ' break;' : ''}`);
    this.inSwitchOrLoop--;
    this.inLoop = wasInLoop;
    return `switch (${this.random.chance(50) ? `(${this.expression(2)}) & 7` : `(signed char) ${this.expression(1)}`}) { ${arms.join(' ')} }`;
  }
}
