import type { Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { GuestAbort } from './abort.js';
import { allocateText, joinText, readString, readText, type Text } from './cstring.js';
import { num, strict } from './intrinsic.js';
import { formatted, visible, type MessageSink } from './libc-stdio.js';

const LEVEL_ERROR = 4;
const LEVELS: readonly (readonly [number, string])[] = [[LEVEL_ERROR, 'ERROR'], [8, 'CRITICAL'], [16, 'WARNING'], [32, 'Message'], [64, 'INFO'], [128, 'DEBUG']];

/** g_assert() and g_return_if_fail()'s failing ends, g_log(), GError and GQuark. */
export function defineErrors(machine: Machine, sink: MessageSink): void {
  defineAssertions(machine, sink);
  defineLog(machine, sink);
  defineQuarks(machine);
  defineGError(machine);
}

function shown(m: Machine, v: Value | undefined): string {
  return v === undefined || v instanceof Unknown ? '?' : num(v) === 0 ? '' : String(readString(m.memory, num(v)));
}

function defineAssertions(machine: Machine, sink: MessageSink): void {
  const fails = (name: string, text: (m: Machine, rest: Value[]) => string): void => {
    machine.define(name, (m, [, file, line, func, ...rest], call) => {
      throw new GuestAbort('assertion', `${shown(m, file)}:${String(line)}:${shown(m, func)}: ${text(m, rest)}`, call.location);
    });
  };
  fails('g_assertion_message_expr', (m, [expr]) => (num(expr as number) === 0 ? 'code should not be reached' : `assertion failed: (${shown(m, expr)})`));
  fails('g_assertion_message', (m, [message]) => shown(m, message));
  fails('g_assertion_message_cmpnum', (m, [expr]) => `assertion failed (${shown(m, expr)})`);
  fails('g_assertion_message_cmpstr', (m, [expr]) => `assertion failed (${shown(m, expr)})`);
  machine.define('g_return_if_fail_warning', (m, [, func, expr]) => { sink(`CRITICAL: ${shown(m, func)}: assertion '${shown(m, expr)}' failed\n`); });
  machine.define('g_warn_message', (m, [, file, line, func, expr]) => { sink(`WARNING: ${shown(m, file)}:${String(line)}:${shown(m, func)}: ${shown(m, expr) || 'code should not be reached'}\n`); });
}

function defineLog(machine: Machine, sink: MessageSink): void {
  const log = (text: string, level: Value): void => {
    const bits = level instanceof Unknown ? 0 : num(level);
    const name = LEVELS.find(([bit]) => (bits & bit) !== 0)?.[1] ?? 'LOG';
    // glib prints informational and debugging messages only when asked to
    if ((bits & (64 | 128)) === 0) sink(`${name}: ${text}\n`);
  };
  machine.define('g_log', (m, args, call) => {
    const text = visible(formatted(m, args, 2));
    log(text, args[1]!);
    if (!(args[1] instanceof Unknown) && (num(args[1]) & LEVEL_ERROR) !== 0) throw new GuestAbort('abort', text, call.location);
  });
  machine.define('__g_error', (m, args, call) => {
    const text = visible(formatted(m, args, 0));
    log(text, LEVEL_ERROR);
    throw new GuestAbort('abort', text, call.location);
  });
  machine.define('g_log_default_handler', (m, [, level, message]) => { log(shown(m, message), level!); });
  for (const name of ['g_log_set_default_handler', 'g_log_set_handler', 'g_log_set_always_fatal']) machine.define(name, () => 0);
}

function defineQuarks(machine: Machine): void {
  const quarks: { text: string; address: number }[] = [];
  const byText = new Map<string, number>();
  const quark = (m: Machine, text: string): number => {
    let q = byText.get(text);
    if (q === undefined) {
      const address = m.memory.allocateStatic(text.length + 1);
      m.memory.writeCString(address, text);
      quarks.push({ text, address });
      byText.set(text, (q = quarks.length));
    }
    return q;
  };
  const intern = (m: Machine, s: number): number | Unknown => {
    const text = readString(m.memory, s);
    return text instanceof Unknown ? text.blurred() : quark(m, text);
  };
  for (const name of ['g_quark_from_string', 'g_quark_from_static_string']) machine.define(name, strict((m, [s]) => (num(s) === 0 ? 0 : intern(m, num(s)))));
  for (const name of ['g_intern_string', 'g_intern_static_string']) {
    machine.define(name, strict((m, [s]) => {
      const q = num(s) === 0 ? 0 : intern(m, num(s));
      return q instanceof Unknown ? q : quarks[q - 1]?.address ?? 0;
    }));
  }
  machine.define('g_quark_to_string', strict((_m, [q]) => quarks[num(q) - 1]?.address ?? 0));
  for (const domain of ['g-file-error-quark', 'g-unix-error-quark']) machine.define(domain.replaceAll('-', '_'), (m) => quark(m, domain));
  machine.define('g_file_error_from_errno', strict((_m, [e]) => ({ 17: 0, 21: 1, 13: 2, 36: 3, 2: 4, 20: 5 })[num(e)] ?? 24));
}

/** A GError in the program's memory: domain, code, message. */
export function createError(m: Machine, domain: Value, code: Value, message: Text | Unknown): number {
  const e = m.memory.allocate(16);
  m.memory.store(e, 4, domain);
  m.memory.store(e + 4, 4, code);
  m.memory.store(e + 8, 8, message instanceof Unknown ? message : allocateText(m.memory, message));
  return e;
}

function defineGError(machine: Machine): void {
  const set = (m: Machine, to: Value, error: () => number): void => { if (!(to instanceof Unknown) && num(to) !== 0) m.memory.store(num(to), 8, error()); };
  const literal = (m: Machine, v: Value): Text | Unknown => (v instanceof Unknown ? v : readText(m.memory, num(v)));
  machine.define('g_error_new', (m, args) => createError(m, args[0]!, args[1]!, formatted(m, args, 2)));
  machine.define('g_error_new_literal', (m, [d, c, message]) => createError(m, d!, c!, literal(m, message!)));
  machine.define('g_error_copy', (m, [e]) => (e instanceof Unknown ? e : createError(m, m.memory.load(num(e), 4), m.memory.load(num(e) + 4, 4), literal(m, m.memory.loadPointer(num(e) + 8)))));
  machine.define('g_error_free', () => 0);
  machine.define('g_error_matches', strict((m, [e, d, c]) => (num(e) !== 0 && m.memory.load(num(e), 4) === num(d) && m.memory.load(num(e) + 4, 4) === num(c) >>> 0 ? 1 : 0)));
  machine.define('g_set_error', (m, args) => set(m, args[0]!, () => createError(m, args[1]!, args[2]!, formatted(m, args, 3))));
  machine.define('g_set_error_literal', (m, [to, d, c, message]) => set(m, to!, () => createError(m, d!, c!, literal(m, message!))));
  machine.define('g_propagate_error', strict((m, [to, e]) => { if (num(to) !== 0) m.memory.store(num(to), 8, e!); }));
  machine.define('g_clear_error', strict((m, [to]) => { if (num(to) !== 0) m.memory.store(num(to), 8, 0); }));
  machine.define('g_prefix_error', (m, args) => {
    const to = num(args[0] as number);
    const e = to === 0 ? 0 : (m.memory.loadPointer(to) as number);
    if (e === 0) return;
    const prefix = formatted(m, args, 1), message = literal(m, m.memory.loadPointer(e + 8));
    m.memory.store(e + 8, 8, prefix instanceof Unknown ? prefix : message instanceof Unknown ? message : allocateText(m.memory, joinText([prefix, message])));
  });
}
