import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { allocateText, charsOf, readString, sliceText, writeText, type Text } from './cstring.js';
import { errnoLocation, errorText, ENOENT, setErrno } from './errno.js';
import { num, strict, undecided } from './intrinsic.js';
import { formatPrintf } from './printf.js';
import { scanText } from './scanf.js';

/** Where the program's output goes. */
export type MessageSink = (text: string) => void;

/** Output as a user would see it; what is not known is shown as such. */
export function visible(text: Text | Unknown): string {
  if (text instanceof Unknown) return `<${text.toString()}>`;
  return typeof text === 'string' ? text : text.map((c) => (typeof c === 'number' ? String.fromCharCode(c) : '?')).join('');
}

/** The formatted text of a printf()-like call: the format is args[at], what it prints follows it. */
export function formatted(machine: Machine, args: Value[], at: number): Text | Unknown {
  return formatWith(machine, args[at]!, args.slice(at + 1));
}

/** The formatted text of a vprintf()-like call: the format is args[at], the va_list follows it. */
export function formattedList(machine: Machine, args: Value[], at: number): Text | Unknown {
  return formatWith(machine, args[at]!, machine.varargs(args[at + 1]!));
}

function formatWith(machine: Machine, format: Value, args: readonly Value[]): Text | Unknown {
  if (format instanceof Unknown) return format.blurred();
  const text = readString(machine.memory, num(format));
  return text instanceof Unknown ? text.blurred() : formatPrintf(machine, text, args);
}

/** snprintf() into a buffer: the length that the whole text has. */
export function printInto(machine: Machine, buffer: Value, size: number, text: Text | Unknown, call: CallSite): Value {
  if (buffer instanceof Unknown) return undecided(machine, buffer, 'snprintf()', call);
  const to = num(buffer);
  if (text instanceof Unknown) {
    if (size > 0) machine.memory.store(to, 1, new Unknown(text.origin, 0xffn));
    return text;
  }
  if (size > 0) writeText(machine.memory, to, sliceText(text, 0, size - 1));
  return text.length;
}

function printAllocated(machine: Machine, pointer: Value, text: Text | Unknown): Value {
  machine.memory.store(num(pointer as number), 8, text instanceof Unknown ? text : allocateText(machine.memory, text));
  return text instanceof Unknown ? text : text.length;
}

/** <stdio.h>. Nothing is read from the host; what is printed goes to `sink`. */
export function defineStdio(machine: Machine, sink: MessageSink): void {
  type Format = (m: Machine, args: Value[], at: number) => Text | Unknown;
  const put = (text: Text | Unknown): Value => {
    sink(visible(text));
    return text instanceof Unknown ? text : text.length;
  };
  const family = (v: string, format: Format): void => {
    for (const prefix of ['', 'g_']) {
      machine.define(`${prefix}${v}printf`, (m, a) => put(format(m, a, 0)));
      machine.define(`${prefix}${v}fprintf`, (m, a) => put(format(m, a, 1)));
      machine.define(`${prefix}${v}sprintf`, (m, a, call) => printInto(m, a[0]!, Infinity, format(m, a, 1), call));
      machine.define(`${prefix}${v}asprintf`, (m, a) => printAllocated(m, a[0]!, format(m, a, 1)));
      machine.define(`${prefix}${v}snprintf`, (m, a, call) => (a[1] instanceof Unknown ? a[1].blurred() : printInto(m, a[0]!, num(a[1]), format(m, a, 2), call)));
    }
    machine.define(`${v}dprintf`, (m, a) => put(format(m, a, 1)));
  };
  family('', formatted);
  family('v', formattedList);
  for (const name of ['g_print', 'g_printerr']) machine.define(name, (m, a) => { put(formatted(m, a, 0)); });

  const line = (m: Machine, s: Value): Text | Unknown => (s instanceof Unknown ? s : readString(m.memory, num(s)));
  machine.define('puts', (m, [s]) => { sink(`${visible(line(m, s!))}\n`); return 1; });
  machine.define('fputs', (m, [s]) => { sink(visible(line(m, s!))); return 1; });
  for (const name of ['putchar', 'fputc', 'putc']) machine.define(name, (_m, [c]) => { sink(c instanceof Unknown ? '?' : String.fromCharCode(num(c) & 0xff)); return c!; });
  machine.define('fwrite', strict((m, [p, size, n]) => {
    const chars: Text = [];
    for (let i = 0; i < num(size) * num(n); i++) chars.push(m.memory.load(num(p) + i, 1) as number | Unknown);
    sink(visible(chars));
    return n!;
  }));
  machine.define('perror', (m, [s]) => {
    const code = m.memory.load(errnoLocation(m), 4);
    const prefix = s === 0 ? '' : `${visible(line(m, s!))}: `;
    sink(`${prefix}${code instanceof Unknown ? '?' : errorText(num(code))}\n`);
  });
  const texts = new Map<number, number>();
  for (const name of ['strerror', 'g_strerror']) {
    machine.define(name, strict((m, [code]) => {
      let address = texts.get(num(code));
      if (address === undefined) {
        const text = errorText(num(code));
        address = m.memory.allocateStatic(text.length + 1);
        const to = address;
        texts.set(num(code), to);
        for (const [i, c] of charsOf(`${text}\0`).entries()) m.memory.store(to + i, 1, c);
      }
      return address;
    }));
  }
  machine.define('sscanf', (m, a) => {
    const text = line(m, a[0]!), format = line(m, a[1]!);
    if (text instanceof Unknown) return text.blurred();
    if (typeof format !== 'string' || typeof text !== 'string') return -1;
    return scanText(m, text, format, a.slice(2));
  });
  for (const name of ['fflush', 'setvbuf', 'setbuf', 'flockfile', 'funlockfile', 'fclose', 'clearerr']) machine.define(name, () => 0);
  // No file of the host exists.
  for (const name of ['fopen', 'fdopen', 'freopen', 'popen', 'tmpfile']) machine.define(name, (m) => { setErrno(m, ENOENT); return 0; });
}
