import type { SourceTree } from '../tree.js';
import type { Host, System } from './host.js';
import type { Program, Streams, WrittenFile } from './shell.js';
import { BUILD_ROOT, DISCARD, Shell, SOURCE_ROOT } from './shell.js';
import { TOOLS } from './shell-tools.js';

/** What running configure left behind. */
export interface Configured {
  /** Files of the build directory, by their name in it. */
  readonly files: ReadonlyMap<string, WrittenFile>;
  /** -Dname=value, as configure passed them to meson; empty before meson. */
  readonly mesonOptions: ReadonlyMap<string, string>;
  /** What the machine files say that configure passed to meson, as meson writes values. */
  readonly machineProperties: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** How configure called meson. */
interface MesonCall {
  readonly options: Map<string, string>;
  readonly machineFiles: string[];
}

/** A compiled file: what tests look for in one is the byte order. */
const OBJECT = 'ELF x86-64 LiTtLeEnDiAn\n';
const COMPILER = /^(cc|c\+\+|gcc|g\+\+|cpp|c99|x86_64-linux-gnu-gcc)$/;

/** Runs a tree's configure for one target, on the given host. */
export function runConfigure(tree: SourceTree, host: Host, target: string, args: readonly string[]): Configured {
  const call: MesonCall = { options: new Map<string, string>(), machineFiles: [] };
  const shell = new Shell(tree, buildHost(host, call), 'configure');
  const errors: string[] = [];
  const error = { write: (text: string) => { errors.push(text); } };
  const status = shell.runFile('configure', [`--target-list=${target}`, ...args], { input: { text: '', at: 0 }, out: error, error });
  const files = new Map<string, WrittenFile>();
  for (const [path, file] of shell.files) if (path.startsWith(BUILD_ROOT + '/')) files.set(path.slice(BUILD_ROOT.length + 1), file);
  const notes = [...shell.notes];
  if (status !== 0) {
    const message = errors.join('').split('\n').map((line) => line.trim()).filter((line) => line !== '').slice(-3).join(' ');
    notes.push(`configure:${shell.line}: configure stopped with status ${status}: ${message}`);
  }
  const machineProperties = new Map(call.machineFiles.flatMap((name) => [...section(shell.readFile(name) ?? '', 'properties')]));
  return { files, mesonOptions: call.options, machineProperties, notes };
}

/** Runs a filter script of the tree (scripts/create_config): text in, text out. */
export function runFilter(tree: SourceTree, host: Host, script: string, input: string): string {
  let text = '';
  new Shell(tree, buildHost(host, { options: new Map(), machineFiles: [] }), script).runFile(script, [], { input: { text: input, at: 0 }, out: { write: (piece) => { text += piece; } }, error: DISCARD });
  return text;
}

/** The programs of the building host, as far as scripts look at what they say. */
function buildHost(host: Host, call: MesonCall): Program {
  const has = (name: string): boolean => TOOLS.has(name) || host.hasProgram(name.replace(/.*\//, ''));

  return (path, args, streams, shell) => {
    if (TOOLS.has(path)) return undefined;
    const name = path.replace(/.*\//, '');
    switch (name) {
      case 'type': case 'command': case 'which': return find(args.filter((argument) => !argument.startsWith('-')), streams, shell, has);
      case 'uname': streams.out.write(uname(args, host)); return 0;
      case 'pkg-config': return packages(args, streams, host);
      case 'meson': case 'meson.py': return meson(args, streams, call);
    }
    if (COMPILER.test(name)) return compile(args, streams, shell, host);
    // programs that configure built itself, and scripts of the tree, are taken to succeed
    if (path.startsWith(SOURCE_ROOT) || path.startsWith(BUILD_ROOT) || path.startsWith('./') || /^(config-temp|\/tmp)\//.test(path)) return 0;
    if (!host.hasProgram(name)) return 127;
    if (/^python/.test(name)) return python(args, streams, call);
    return 0;
  };
}

function find(names: readonly string[], streams: Streams, shell: Shell, has: (name: string) => boolean): number {
  let status = 0;
  for (const name of names) {
    if (shell.functions.has(name)) streams.out.write(`${name}\n`);
    else if (name.startsWith('/') ? shell.exists(name) || has(name) : has(name)) streams.out.write(name.startsWith('/') ? `${name}\n` : `/usr/bin/${name}\n`);
    else status = 1;
  }
  return names.length === 0 ? 1 : status;
}

const UNAME: Readonly<Record<System, string>> = { linux: 'Linux', darwin: 'Darwin', windows: 'MINGW64_NT-10.0', netbsd: 'NetBSD' };

function uname(args: readonly string[], host: Host): string {
  switch (args[0]) {
    case '-m': return 'x86_64\n';
    case '-r': return '6.1.0\n';
    default: return `${UNAME[host.os]}\n`;
  }
}

function packages(args: readonly string[], streams: Streams, host: Host): number {
  const names = args.filter((argument) => !argument.startsWith('-')).flatMap((argument) => argument.replace(/[<>=!]+\s*[\d.]+/g, ' ').split(/[\s,]+/))
    .filter((name) => name !== '' && !/^\d/.test(name));
  if (args.includes('--version')) { streams.out.write('1.8.1\n'); return 0; }
  if (!names.every((name) => host.hasPackage(name))) return 1;
  if (args.includes('--modversion')) streams.out.write('99.0.0\n');
  return 0;
}

function compile(args: readonly string[], streams: Streams, shell: Shell, host: Host): number {
  if (args.includes('-dumpmachine')) { streams.out.write('x86_64-linux-gnu\n'); return 0; }
  if (args.includes('--version') || args.includes('-v')) { streams.out.write('gcc (GCC) 12.2.0\n'); return 0; }
  const source = args.find((argument) => /\.(c|cc|cxx|cpp|m|S)$/.test(argument));
  const text = source === undefined ? '' : shell.readFile(source) ?? '';
  const flags = args.join(' ');
  if (/\.m$/.test(source ?? '') || !librariesThere(args, host) || !host.compiles(text, flags)) return 1;
  const output = args.indexOf('-o');
  if (output >= 0) shell.openFile(args[output + 1] ?? 'a.out', false).write(OBJECT);
  return 0;
}

function librariesThere(args: readonly string[], host: Host): boolean {
  return args.every((argument) => !/^-l\w/.test(argument) || host.hasLibrary(argument.slice(2)));
}

function python(args: readonly string[], streams: Streams, call: MesonCall): number {
  const script = args.find((argument) => !argument.startsWith('-'));
  if (script?.endsWith('meson.py') === true) return meson(args.slice(args.indexOf(script) + 1), streams, call);
  if (args.includes('-c') && args[args.indexOf('-c') + 1]?.includes('version_info[0]') === true) streams.out.write('3.11.2\n');
  return 0;
}

function meson(args: readonly string[], streams: Streams, { options, machineFiles }: MesonCall): number {
  if (args.includes('--version')) { streams.out.write('1.9.0\n'); return 0; }
  for (let at = 0; at < args.length; at++) {
    const match = /^-D([\w.]+)=([^]*)$/.exec(args[at] ?? '') ?? /^--([a-z]\w*)=([^]*)$/.exec(args[at] ?? '');
    if (match !== null) options.set(match[1] ?? '', match[2] ?? '');
    else if (args[at] === '--prefix') options.set('prefix', args[++at] ?? '');
    else if (args[at] === '--cross-file' || args[at] === '--native-file') machineFiles.push(args[++at] ?? '');
  }
  return 0;
}

/** The entries of a section of one of meson's machine files. */
function section(file: string, name: string): Map<string, string> {
  const entries = new Map<string, string>();
  let inside = false;
  for (const line of file.split('\n')) {
    const header = /^\s*\[(.*)\]\s*$/.exec(line);
    if (header !== null) inside = header[1] === name;
    const entry = inside ? /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) : null;
    if (entry !== null) entries.set(entry[1]!, entry[2]!);
  }
  return entries;
}
