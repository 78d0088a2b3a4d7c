import { CompileError } from '../frame.js';
import type { SyntaxNode } from '../syntax.js';
import { BOOL, INT, ULONG, VOID, type CType } from '../types.js';
import { computed, constant, type Code, type CodeContext } from './code.js';
import { convertCode } from './conversion.js';
import { operand } from './expression.js';
import { assign, objectAt, placeAt } from './lvalue.js';
import { operation } from './operators.js';

const READ_MODIFY_WRITE: Readonly<Record<string, string>> = { add: '+', sub: '-', and: '&', nand: '&', or: '|', xor: '^' };

/** __sync_* and __atomic_*: there is one thread, so they are plain reads and writes. */
export function atomic(name: string, args: readonly SyntaxNode[], node: SyntaxNode, context: CodeContext): Code | undefined {
  const { fn } = context;
  if (name === '__sync_synchronize' || name.endsWith('_fence')) return constant(0, INT, fn);
  if (fn.isStatic) throw new CompileError(node, name);
  // all operands are evaluated first, each into a variable
  const operands = fn.inOrder(...args.map((arg) => () => operand(arg, context))).map((code) => fn.spill({ ...code, fixed: undefined }));
  const pointer = operands[0]!;
  if (pointer.type.kind !== 'pointer') throw new CompileError(node, name);
  const type = pointer.type.target.kind === 'void' ? ULONG : pointer.type.target;
  const objectOf = (p: Code): Code => objectAt(fn, type, placeAt(p), node);
  const store = (p: Code, value: Code): void => fn.emit(assign(fn, objectOf(p), value, node).js);
  const operandAt = (i: number): Code => convertCode(fn, operands[i]!, type);
  const load = (p: Code): Code => fn.spill({ ...objectOf(p), place: undefined });
  const done = computed(VOID, '0', { atom: true, known: true });
  if (name === '__sync_lock_release') { store(pointer, zero(type, context)); return done; }
  if (name === '__atomic_load_n') return load(pointer);
  if (name === '__atomic_store_n') { store(pointer, operandAt(1)); return done; }
  if (name === '__atomic_exchange_n' || name === '__sync_lock_test_and_set') {
    const old = load(pointer);
    store(pointer, operandAt(1));
    return old;
  }
  if (name === '__atomic_load') { store(operands[1]!, load(pointer)); return done; }
  if (name === '__atomic_store') { store(pointer, load(operands[1]!)); return done; }
  if (name === '__sync_bool_compare_and_swap' || name === '__sync_val_compare_and_swap') {
    const old = load(pointer);
    const equal = swapIf(old, operandAt(1), () => store(pointer, operandAt(2)), undefined, context);
    return name === '__sync_val_compare_and_swap' ? old : equal;
  }
  if (name === '__atomic_compare_exchange_n') {
    const old = load(pointer);
    return swapIf(old, load(operands[1]!), () => store(pointer, operandAt(2)), () => store(operands[1]!, old), context);
  }
  const yieldsNew = /^__(?:sync|atomic)_(\w+?)_(?:and_)?fetch$/.exec(name);
  const match = yieldsNew ?? /^__(?:sync|atomic)_(?:fetch_and_|fetch_)(\w+)$/.exec(name);
  const operator = match === null ? undefined : READ_MODIFY_WRITE[match[1]!];
  if (operator === undefined || args[1] === undefined || type.kind !== 'integer') return undefined;
  const old = load(pointer);
  const result = operation(fn, operator, type, old, operandAt(1));
  const value = match![1] === 'nand' ? operation(fn, '^', type, result, convertCode(fn, constant(-1, INT, fn), type)) : result;
  // in a type narrower than int the operators have left more bits than it has
  const fits = fn.spill(convertCode(fn, { ...value, type: type.size < 4 ? INT : type }, type));
  store(pointer, fits);
  return yieldsNew !== null ? fits : old;
}

function zero(type: CType, { fn }: CodeContext): Code {
  return constant(type.kind === 'integer' && type.size === 8 ? 0n : 0, type, fn);
}

/** If two values are the same, and known, do the one thing, otherwise the other; whether they are. */
function swapIf(a: Code, b: Code, same: () => void, different: (() => void) | undefined, { fn }: CodeContext): Code {
  const equal = fn.variable();
  fn.emit(`${equal}=${a.js}===${b.js}?1:0`);
  const yes = fn.collect(same);
  const no = fn.collect(() => different?.());
  const text = (statements: typeof yes): string => statements.map((s) => (s.kind === 'do' ? s.js : '')).join('');
  fn.emit(`if(${equal}){${text(yes)}}else{${text(no)}}`);
  return computed(BOOL, equal, { atom: true, known: true });
}
