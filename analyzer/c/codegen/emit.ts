import type { Body, Made } from './body.js';
import { literal } from './code.js';
import { prelude } from './prelude.js';
import { CallTarget } from './function-code.js';
import type { List, Loop, Statement, Switch, Test } from './ir.js';

/**
 * A function's body as JavaScript with control flow of its own, for the usual case that no unknown decides a branch.
 * Where one does, the function goes on, from there, in {@link explorer}'s code.
 */

/** Where break, continue and goto lead. */
interface Targets {
  readonly break: string | undefined;
  readonly continue: string | undefined;
  /** For each label the text that goes there. */
  readonly gotos: ReadonlyMap<string, string>;
}

/** It jumps into a statement: {@link explorer} can do that. */
class Irregular extends Error {}

/** The function in JavaScript; undefined if its control flow has no counterpart there. */
export function emit(body: Body, library: Readonly<Record<string, unknown>>, made: Made): ((...args: never[]) => unknown) | undefined {
  let text: string;
  const emitter = new Emitter();
  try {
    text = emitter.list(body.body, { break: undefined, continue: undefined, gotos: new Map() });
  } catch (error) {
    if (error instanceof Irregular) return undefined;
    throw error;
  }
  const { fn, parameters } = body;
  const slots = Array.from({ length: fn.slots }, (_, i) => `$${i}`);
  const scratch = [...new Set(text.match(/\bx\d+\b/g))];
  const variables = ['r=0', 'd', 'c', 't', ...slots.slice(parameters).map((s) => `${s}=0`), ...scratch, ...emitter.variables];
  const formal = [...slots.slice(0, parameters), ...(body.variadic ? ['...va'] : [])];
  const size = (fn.frameSize + 15) & ~15;
  // in parentheses: it is called at once, so its body is parsed at once
  const source = `${prelude(fn, text, ['P'])}
return (function c_${fn.name}(${formal.join(',')}){
let ${variables.join(',')};
const b=P.enter(F,${size}),s=P.site;
try{Z:{
${text}}
if(d!==undefined)r=F.goOn(d,c,b,${body.variadic ? 'va' : '[]'},[${slots.join(',')}]);
}catch(e){throw P.failed(e,${size});}
P.leave(${size});
P.site=s;
return r;})`;
  const constants = fn.constants.map((c) => (c instanceof CallTarget ? c.symbol : c));
  return (new Function('H', 'K', 'F', source) as (...of: unknown[]) => (...args: never[]) => unknown)(library, constants, made);
}

class Emitter {
  readonly variables: string[] = [];
  private count = 0;

  list(body: readonly Statement[], targets: Targets): string {
    if (!body.some((s) => s.kind === 'label')) return body.map((s) => this.statement(s, targets)).join('');
    // for (;;) switch: each label is a case
    const n = this.count++;
    this.variables.push(`g${n}`);
    const gotos = new Map(targets.gotos);
    let cases = 0;
    for (const s of body) if (s.kind === 'label') gotos.set(s.name, `{g${n}=${++cases};continue G${n};}`);
    const inner = { ...targets, gotos };
    let index = 0;
    const text = body.map((s) => (s.kind === 'label' ? `case ${++index}:` : this.statement(s, inner))).join('');
    return `g${n}=0;G${n}:for(;;){switch(g${n}){case 0:${text}}break;}\n`;
  }

  private statement(s: Statement, targets: Targets): string {
    switch (s.kind) {
      case 'do': return `${s.js}\n`;
      case 'list': return this.scope(s, targets);
      case 'if': {
        const { name, before } = this.decided(s.test, s.label);
        const no = this.statement(s.no, targets);
        return `${before}if(${s.test.floating ? `${name}!==0` : name}){\n${this.statement(s.yes, targets)}}${no === '' ? '' : `else{\n${no}}`}\n`;
      }
      case 'loop': return this.loop(s, targets);
      case 'switch': return this.switch(s, targets);
      case 'label': return '';
      case 'goto': {
        const text = targets.gotos.get(s.name);
        if (text === undefined) throw new Irregular();
        return text;
      }
      case 'break': case 'continue': {
        const target = targets[s.kind];
        if (target === undefined) throw new Irregular();
        return `break ${target};`;
      }
      case 'return': return s.js === undefined ? 'break Z;' : `{r=${s.js};break Z;}`;
    }
  }

  /** What decides, in a name, and before it the way out where that is an unknown. */
  private decided(test: Test, label: string): { name: string; before: string } {
    if (test.known) return { name: test.js, before: '' };
    const name = test.atom ? test.js : 't';
    return { name, before: `${test.atom ? '' : `t=${test.js};`}if(typeof ${name}==='object'&&${name}.undecided){d='${label}';c=${name};break Z;}` };
  }

  private scope(s: List, targets: Targets): string {
    const text = this.list(s.body, targets);
    if (s.cleanups.length === 0) return text;
    const n = `e${this.count++}`;
    this.variables.push(n);
    return `${n}=0;try{\n${text}}catch(e){${n}=1;throw e;}finally{if(${n}===0&&d===undefined){${s.cleanups.join('')}}}\n`;
  }

  private loop(s: Loop, targets: Targets): string {
    const n = this.count++;
    const leave = `break A${n};`;
    let test = this.statement(s.condition, targets);
    if (s.test !== undefined) {
      const { js, known, floating, atom } = s.test;
      const truth = (name: string): string => (floating ? `${name}===0` : `!${name}`);
      if (known) test += `if(${truth(`(${js})`)})${leave}`;
      else {
        const name = atom ? js : 't';
        const place = `P.loopCondition(${name},${s.placeName})`;
        test += `${atom ? '' : `t=${js};`}if(typeof ${name}==='object'?!${place}:${truth(name)})${leave}`;
      }
    }
    const body = `B${n}:{\n${this.statement(s.body, { ...targets, break: `A${n}`, continue: `B${n}` })}}`;
    const update = this.statement(s.update, targets);
    return `A${n}:for(;;){${s.bodyFirst ? `${body}${update}${test}` : `${test}${body}${update}`}}\n`;
  }

  private switch(s: Switch, targets: Targets): string {
    if ([...s.single.values(), ...s.ranges.map((r) => r.entry), ...(s.otherwise === undefined ? [] : [s.otherwise])].some((e) => e.label !== undefined)) throw new Irregular();
    const n = this.count++;
    const key = (v: bigint): string => literal(s.wide ? v : Number(v));
    const ranges = s.ranges.map(({ low, high }) => `if(t>=${key(low)}&&t<=${key(high)})t=${key(low)};`).join('else ');
    const inner = { ...targets, break: `S${n}` };
    let text = '';
    let reached = false;
    for (let i = 0; i <= s.body.length; i++) {
      for (const [value, entry] of s.single) if (entry.index === i) { text += `case ${key(value)}:`; reached = true; }
      for (const { low, entry } of s.ranges) if (entry.index === i) { text += `case ${key(low)}:`; reached = true; }
      if (s.otherwise?.index === i) { text += 'default:'; reached = true; }
      if (i < s.body.length && reached) text += this.statement(s.body[i]!, inner);
    }
    const way = s.value.known ? '' : `if(typeof t==='object'){d='${s.label}';c=t;break Z;}`;
    return `t=${s.value.js};${way}${ranges}S${n}:switch(t){${text}}\n`;
  }
}
