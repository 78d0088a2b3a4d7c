import type { Boot } from './boot.js';

const PREFIX = 'warning: ';

/**
 * What QEMU's own parser of -cpu says and goes on, each message once: warnings for the user (util/error-report.c: warn_report(),
 * before that error_report() or fprintf()). What other code says while the CPU is made is not of interest.
 */
export class ParserWarnings {
  private line = '';
  private readonly parsers = new Set(['parse_cpu_option', 'parse_cpu_model']);
  /** Without a prefix, a message may as well be the reason for which the parser is about to refuse. */
  private pending: string[] = [];

  constructor(private readonly boot: Boot) {
    const { program, qemu, qom } = boot;
    if (program.hasMember('CPUClass', 'parse_features')) {
      for (const klass of qom.classes('cpu', false)) {
        const parse = program.readMember(klass, 'CPUClass', 'parse_features');
        const name = typeof parse === 'number' ? program.functionName(parse) : undefined;
        if (name !== undefined) this.parsers.add(name);
      }
    }
    qemu.listener = (text) => { this.hear(text); };
  }

  private hear(text: string): void {
    if (!this.boot.program.callStack.some(({ name }) => this.parsers.has(name))) return;
    const lines = (this.line + text).split('\n');
    this.line = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith(PREFIX)) this.warn(line.slice(PREFIX.length));
      else if (line !== '') this.pending.push(line);
    }
  }

  /** The CPU that was asked for is there, or is refused. */
  end(refused: boolean): void {
    const { pending } = this;
    this.pending = [];
    this.line = '';
    if (!refused) for (const line of pending) this.warn(line);
  }

  private warn(what: string): void {
    this.boot.program.diagnose({ severity: 'warning', at: undefined, what, affects: 'nothing: QEMU goes on' });
  }
}
