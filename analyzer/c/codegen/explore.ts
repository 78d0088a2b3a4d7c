import { truth } from '../arithmetic.js';
import type { Runtime } from '../context.js';
import { Completion, type Execute, type Frame } from '../frame.js';
import { Unknown, type Value } from '../unknown.js';
import { CallTarget, type FunctionCode } from './function-code.js';
import { labelsIn, type Branch, type Entry, type List, type Loop, type Statement, type Switch } from './ir.js';
import type { Library } from './library.js';
import { prelude } from './prelude.js';

/** After so many rounds, one after the other, each of which may have been its last, a loop goes on for ever: what it looks at is not known any more. */
const MOST_ROUNDS = 150;

/**
 * A function's body as closures that can be entered at any label and run more than once from the same state: where an
 * unknown decides a branch, all alternatives are executed and joined (see fork.ts), and where only some calls are followed
 * (Program.follows), a statement that stumbles is skipped. The texts within the statements are those of {@link emit}; the
 * function's variables live in a {@link Frame}.
 */
export function explorer(statements: readonly Statement[], fn: FunctionCode, runtime: Runtime): Execute {
  const pieces = new Pieces();
  const execute = new Explorer(pieces, runtime).sequence(statements, false);
  pieces.compile(fn, runtime.library);
  return execute;
}

/** A text as a function of the frame, once all are compiled. */
interface Piece { run: (frame: Frame) => Value }

class Pieces {
  private readonly made: Piece[] = [];
  private readonly sources: string[] = [];

  /** A text that is an expression. */
  value(js: string): Piece {
    return this.add(`return ${js}`);
  }

  add(js: string): Piece {
    const scratch = [...new Set(js.match(/\bx\d+\b/g))];
    this.sources.push(`f=>{const s=f.slots,b=f.base,va=f.variadic;${scratch.length === 0 ? '' : `let ${scratch.join(',')};`}${js.replace(/\$(\d+)/g, 's[$1]')}}`);
    const piece = { run: undefined as unknown as Piece['run'] };
    this.made.push(piece);
    return piece;
  }

  compile(fn: FunctionCode, library: Library): void {
    const text = `return [${this.sources.join(',\n')}]`;
    // here a call asks whether it is to be followed
    const constants = fn.constants.map((c) => (c instanceof CallTarget ? { run: (...args: Value[]) => c.symbol.invoke(args, c.node) } : c));
    const functions = (new Function('H', 'K', `${prelude(fn, text)}${text}`) as (...of: unknown[]) => Piece['run'][])(library, constants);
    functions.forEach((run, i) => { this.made[i]!.run = run; });
  }
}

class Explorer {
  constructor(private readonly pieces: Pieces, private readonly runtime: Runtime) {}

  private statement(s: Statement): Execute {
    switch (s.kind) {
      case 'do': {
        const piece = this.pieces.add(s.js);
        return (f) => { piece.run(f); return Completion.Normal; };
      }
      case 'list': return this.list(s);
      case 'if': return this.branch(s);
      case 'loop': return this.loop(s);
      case 'switch': return this.switch(s);
      case 'label': return (f) => {
        if (f.label === s.name) f.label = undefined;
        return Completion.Normal;
      };
      case 'goto': return (f) => { f.label = s.name; return Completion.Goto; };
      case 'break': return () => Completion.Break;
      case 'continue': return () => Completion.Continue;
      case 'return': {
        const { runtime } = this;
        const piece = s.js === undefined ? undefined : this.pieces.value(s.js);
        return (f) => {
          if (piece !== undefined) f.result = piece.run(f);
          if (f.judge !== undefined && runtime.alternatives > 0) f.judge();
          return Completion.Return;
        };
      }
    }
  }

  private list(s: List): Execute {
    const execute = this.sequence(s.body, s.tolerant);
    if (s.cleanups.length === 0) return execute;
    const cleanup = this.pieces.add(s.cleanups.join(''));
    return (f) => this.runtime.resume(f, execute(f), (completion) => {
      cleanup.run(f);
      return completion;
    });
  }

  /** Run statements one after another; a goto to a label in one of them goes on there. */
  sequence(body: readonly Statement[], tolerant: boolean): Execute {
    const statements = body.map((s) => this.statement(s));
    const labels = body.map(labelsIn);
    const { runtime } = this;
    const count = statements.length;
    const indexOf = (label: string): number => labels.findIndex((l) => l.has(label));
    const runFrom = (f: Frame, start: number): Completion => {
      for (let i = start; i < count; i++) {
        let c: Completion;
        try {
          c = statements[i]!(f);
        } catch (error) {
          if (!tolerant || !runtime.tolerates(error)) throw error;
          continue;
        }
        if (c === Completion.Normal) continue;
        if (c === Completion.Diverged) return goOn(f, i + 1);
        const target = c === Completion.Goto ? indexOf(f.label!) : -1;
        if (target < 0) return c;
        i = target - 1;
      }
      return Completion.Normal;
    };
    /** Each alternative of a diverged statement runs the rest of the sequence, if it gets there. */
    const goOn = (f: Frame, next: number): Completion => runtime.resume(f, Completion.Diverged, (c) => {
      if (c === Completion.Normal) return runFrom(f, next);
      const target = c === Completion.Goto ? indexOf(f.label!) : -1;
      return target < 0 ? c : runFrom(f, target);
    });
    if (count === 1 && !tolerant && labels[0]!.size === 0) return statements[0]!;
    // entered at a label: start where it is
    return (f) => runFrom(f, f.label === undefined ? 0 : Math.max(0, indexOf(f.label)));
  }

  private branch(s: Branch): Execute {
    const { runtime } = this;
    const test = this.pieces.value(s.test.js);
    const yes = this.statement(s.yes);
    const no = this.statement(s.no);
    const yesLabels = labelsIn(s.yes);
    return (f) => {
      let c: Value;
      if (f.label === undefined) c = test.run(f);
      else if (f.label !== s.label) return yesLabels.has(f.label) ? yes(f) : no(f);
      else c = arrive(f);
      const t = truth(c);
      if (t !== undefined) return t ? yes(f) : no(f);
      return runtime.forkStatement((c as Unknown).origin, f, s.place, [() => yes(f), () => no(f)]);
    };
  }

  private loop(s: Loop): Execute {
    const { runtime } = this;
    const condition = this.statement(s.condition);
    const test = s.test === undefined ? undefined : this.pieces.value(s.test.js);
    const body = this.statement(s.body);
    const update = this.statement(s.update);
    const bodyLabels = labelsIn(s.body);
    const updateLabels = labelsIn(s.update);
    const conditionLabels = labelsIn(s.condition);
    type Part = 'condition' | 'body' | 'update';

    /** Run the loop from one of its parts on. @param undecided how many rounds may have been its last, one after the other */
    const runFrom = (f: Frame, start: Part, undecided = 0): Completion => {
      for (let part = start; ; ) {
        if (part === 'condition') {
          const c = condition(f);
          if (c !== Completion.Normal) return runtime.resume(f, c, (end) => (end === Completion.Normal ? decide(f) : end));
          if (test !== undefined && !runtime.loopCondition(test.run(f), s.place)) return Completion.Normal;
          part = 'body';
        } else if (part === 'body') {
          const c = round(f, undecided);
          if (c !== undefined) return c;
          part = 'update';
          undecided = 0;
        } else {
          const c = update(f);
          if (c !== Completion.Normal) return runtime.resume(f, c, (end) => (end === Completion.Normal ? runFrom(f, 'condition') : end));
          part = 'condition';
        }
      }
    };
    const decide = (f: Frame): Completion => (test !== undefined && !runtime.loopCondition(test.run(f), s.place) ? Completion.Normal : runFrom(f, 'body'));

    /** Run the body; undefined: go on, otherwise the loop ends with this completion. */
    const round = (f: Frame, undecided: number): Completion | undefined => {
      let c = body(f);
      while (c === Completion.Goto && bodyLabels.has(f.label!)) c = body(f);
      if (c === Completion.Diverged) {
        // do all alternatives meet at the end of this round?
        c = runtime.resume(f, c, (end) => {
          while (end === Completion.Goto && bodyLabels.has(f.label!)) end = body(f);
          return end === Completion.Continue ? Completion.Normal : end;
        });
        if (c === Completion.Diverged) {
          return runtime.resume(f, c, (end) => {
            if (end === Completion.Break) return Completion.Normal;
            if (end !== Completion.Normal) return end;
            if (undecided === MOST_ROUNDS) runtime.endless(s.place);
            return runFrom(f, 'update', undecided + 1);
          });
        }
      }
      switch (c) {
        case Completion.Normal: case Completion.Continue: return undefined;
        case Completion.Break: return Completion.Normal;
        default: return c;
      }
    };

    return (f) => {
      if (f.label === undefined) return runFrom(f, s.bodyFirst ? 'body' : 'condition');
      return runFrom(f, conditionLabels.has(f.label) ? 'condition' : updateLabels.has(f.label) ? 'update' : 'body');
    };
  }

  private switch(s: Switch): Execute {
    const { runtime } = this;
    const statements = s.body.map((b) => this.statement(b));
    const labels = s.body.map(labelsIn);
    const value = this.pieces.value(s.value.js);
    const indexOf = (label: string): number => labels.findIndex((l) => l.has(label));
    const runFrom = (f: Frame, start: number): Completion => {
      let i = start;
      while (i < statements.length) {
        const c = statements[i]!(f);
        if (c === Completion.Diverged) {
          const next = i + 1;
          return runtime.resume(f, c, (end) => {
            if (end === Completion.Break) return Completion.Normal;
            if (end === Completion.Goto && indexOf(f.label!) >= 0) return runFrom(f, indexOf(f.label!));
            return end === Completion.Normal ? runFrom(f, next) : end;
          });
        }
        if (c === Completion.Break) return Completion.Normal;
        if (c === Completion.Goto) {
          const target = indexOf(f.label!);
          if (target < 0) return c;
          i = target;
          continue;
        }
        if (c !== Completion.Normal) return c;
        i++;
      }
      return Completion.Normal;
    };
    const nowhere: Entry = { index: statements.length, label: undefined };
    const start = (f: Frame, { index, label }: Entry): Completion => {
      f.label = label;
      return runFrom(f, index);
    };
    return (f) => {
      let v: Value;
      if (f.label === undefined) v = value.run(f);
      else if (f.label !== s.label) return runFrom(f, indexOf(f.label));
      else v = arrive(f);
      if (v instanceof Unknown) {
        const starts = new Map([...s.single.values(), ...s.ranges.map((r) => r.entry), s.otherwise ?? nowhere].map((entry) => [entry.label ?? entry.index, entry]));
        return runtime.forkStatement(v.origin, f, s.place, [...starts.values()].map((entry) => () => start(f, entry)));
      }
      const key = BigInt(v);
      return start(f, s.single.get(key) ?? s.ranges.find((r) => r.low <= key && key <= r.high)?.entry ?? s.otherwise ?? nowhere);
    };
  }
}

/** The function goes on here; what decides is known to be unknown. */
function arrive(f: Frame): Value {
  f.label = undefined;
  return f.decisive;
}
