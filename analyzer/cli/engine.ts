import type { SourceTree } from '../source/tree.js';
import type { Analysis } from '../x86/api.js';
import { UsageError } from './exit.js';

/** What an analysis depends on besides the source. */
export interface EngineOptions {
  readonly accel: string;
  readonly target: Target;
  readonly define: ReadonlyMap<string, string>;
  readonly without: readonly string[];
}

export const targets = ['x86_64', 'i386'] as const;
export type Target = (typeof targets)[number];

/** Which Debian source package to get. */
export interface FetchRequest {
  readonly suite?: string;
  readonly version?: string;
}

/** The complete matrix as a real QEMU tells it, and how long it took to tell. */
export interface RealMatrix {
  readonly version: string;
  readonly pairs: number;
  readonly seconds: number;
}

/** What to hold against a real QEMU. */
export interface VerifyRequest {
  readonly binary: string;
  readonly analysis: Analysis;
  /** For which pairs the generated configuration is loaded. */
  readonly roundTrip: 'sample' | 'all';
  /** Where to keep what the binary said. */
  readonly record: string | undefined;
  /** The configuration of a pair and the model for -cpu; undefined where QEMU refuses the pair. */
  readonly config: (machine: string, model: string) => { readonly cpu: string; readonly text: string } | undefined;
  readonly progress: (text: string) => void;
}

/** The comparison, for people. */
export interface VerifyOutcome {
  readonly report: string;
  readonly differences: number;
}

/** The layers below, as the commands use them: loaded when needed, so that --help is quick, and replaceable in tests. */
export interface Engine {
  /** The newest tree in qemu-src/, with a line that says which was picked; undefined if there is none. @throws SourceError */
  defaultSource(): Promise<{ readonly spec: string; readonly description: string } | undefined>;
  /** Open a source and see that it is QEMU. @throws SourceError */
  open(spec: string): Promise<SourceTree>;
  analyse(tree: SourceTree, options: EngineOptions): Promise<Analysis>;
  /** Get Debian's QEMU source package into qemu-src/. Returns the specification for {@link open}. @throws SourceError */
  fetch(request: FetchRequest, progress: (text: string) => void): Promise<string>;
  /** Hold an analysis against a real QEMU. */
  verify(request: VerifyRequest): Promise<VerifyOutcome>;
  /** Record the complete matrix from a real QEMU; or why that cannot be done here. */
  recordMatrix(binary: string, accel: string): Promise<RealMatrix | string>;
}

/** Where source trees are kept, from the directory in which the program is started. */
const sourceDirectory = 'qemu-src';

/** The engine that the program runs with. */
export const engine: Engine = {
  async defaultSource() {
    const { defaultSource, describeDefault } = await import('../source/qemu-src.js');
    const source = defaultSource(sourceDirectory);
    return source && { spec: source.chosen.spec, description: describeDefault(source) };
  },
  async open(spec) {
    const [{ openSource }, { identify }] = await Promise.all([import('../source/open.js'), import('../source/identify.js')]);
    const tree = openSource(spec);
    identify(tree);
    return tree;
  },
  async analyse(tree, options) {
    const { analyse } = await import('../x86/analyse.js');
    return analyse(tree, options);
  },
  async fetch(request, progress) {
    const { obtainDebianSource } = await import('../source/debian.js');
    return await obtainDebianSource({ ...request, into: sourceDirectory, progress });
  },
  async verify({ binary, analysis, record: file, progress }) {
    const [{ record }, { writeRecording }] = await Promise.all([import('../verify/record.js'), import('../verify/recording.js')]);
    if (file === undefined) throw new UsageError('verify compares nothing yet: use --record');
    const recording = await record([binary], analysis.accel, { stage: 'expanded' }, (done, total, what) => progress(`recording  ${done} of ${total}  ${what}`));
    await writeRecording(file, recording);
    return { report: `recorded to ${file}`, differences: 0 };
  },
  async recordMatrix(binary, accel) {
    const [{ record }, { QemuExitError }] = await Promise.all([import('../verify/record.js'), import('../verify/qmp.js')]);
    try {
      const { version: { qemu }, pairs, seconds } = await record([binary], accel, { stage: 'expanded' });
      return { version: `${qemu.major}.${qemu.minor}.${qemu.micro}`, pairs: Object.values(pairs).reduce((sum, models) => sum + Object.keys(models).length, 0), seconds };
    } catch (error) {
      if (error instanceof QemuExitError) return error.message;
      throw error;
    }
  },
};
