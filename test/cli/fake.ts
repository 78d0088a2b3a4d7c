import { DirectoryTree } from '../../analyzer/source/directory.js';
import { engine as real, type Engine } from '../../analyzer/cli/engine.js';
import type { ExitCode } from '../../analyzer/cli/exit.js';
import { run } from '../../analyzer/cli/program.js';
import type { Terminal } from '../../analyzer/cli/terminal.js';
import { plain } from '../../analyzer/render/text.js';
import { SourceError } from '../../analyzer/source/tree.js';
import { analysisOf, type Extras } from '../render/recording.js';
import { small } from '../render/small.js';

/** What a command line did. */
export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  /** The options that each analysis was asked for with. */
  readonly analysed: readonly Parameters<Engine['analyse']>[1][];
}

/** Run a command line against the small example tree. */
export async function command(args: readonly string[], extras: Extras = {}, changes: Partial<Engine> = {}): Promise<Outcome> {
  let out = '';
  let err = '';
  const analysed: Parameters<Engine['analyse']>[1][] = [];
  const terminal: Terminal = {
    style: plain,
    out(text) { out += text.endsWith('\n') ? text : text + '\n'; },
    err(line) { err += line + '\n'; },
    progress() {},
    progressDone() {},
  };
  const engine: Engine = {
    defaultSource: async () => ({ spec: 'qemu-src/example', description: 'using qemu-src/example' }),
    async open(spec) {
      if (spec !== 'qemu-src/example') throw new SourceError(`there is no ${spec}`);
      return new DirectoryTree('.');
    },
    async analyse(_tree, options) {
      analysed.push(options);
      return analysisOf({ ...small, accel: options.accel }, extras);
    },
    readHost: (file, cpuMap) => real.readHost(file, cpuMap),
    hostOfReply: (text) => real.hostOfReply(text),
    fetch: async () => 'qemu-src/fetched',
    verify: async ({ binary }) => ({ text: `${binary}: all equal`, json: '{}', passed: 1, failed: 0 }),
    accelerators: (tree, options) => real.accelerators(tree, options),
    build: (tree, options) => real.build(tree, options),
    recordings: async () => [],
    recordingsOf: async () => [],
    cpuidRecordings: async () => [],
    cpuidConformance: (recording, analysis, limit) => real.cpuidConformance(recording, analysis, limit),
    conformance: async () => ({ machines: 2, pairs: 8, exact: undefined, lists: undefined, refused: 0, diagnostics: 0, differences: [] }),
    testConformance: async () => undefined,
    conformanceReport: (rows, style) => real.conformanceReport(rows, style),
    recordMatrix: async () => ({ version: '9.8.7', pairs: 8, seconds: 1000 }),
    ...changes,
  };
  const code = await run(args, engine, terminal);
  return { code, out, err, analysed };
}
