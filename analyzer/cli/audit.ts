import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { AllowList } from '../compare/allow-list.js';
import { audit, severities, type Severity } from '../compare/audit.js';
import { Cpuid } from '../compare/cpuid.js';
import { differences, explainDifferences } from '../compare/differences.js';
import { allowLines, auditJson, auditMarkdown, auditText, type AuditReport } from '../render/audit.js';
import { openSide, withSelection, type ComparingOptions } from './comparing.js';
import type { Context } from './context.js';
import { Exit, UsageError } from './exit.js';
import { conclude, withAccel } from './options.js';

const formats = ['text', 'json', 'markdown', 'allow'] as const;

interface Options extends ComparingOptions {
  readonly format: (typeof formats)[number];
  readonly allow?: string;
  readonly failOn: Severity;
  readonly cpuid?: true;
}

const help = `
A versioned machine type promises its guests the same CPUs in every later QEMU. OLD and NEW are sources, as for --source;
every machine type and every model that both have is compared. A finding has a verdict:

  violation     a promised CPU is another one
  allowed       a violation that the allow-list names
  unpromised    the machine type is not one of a family of versions, or QEMU says that the model is not migration-safe
  undetermined  a property is new or gone and has a value whose effect properties alone do not tell
  host          the host decides on one side
  kept          a property is new or gone, or internal, and the CPU is as it was: it is off, a compat property sets it so, or
                CPUID answers the same

Where a property is QEMU's own affair (neither a feature nor a level, family or name), both CPUs are asked what CPUID
answers: it is no violation where the answers are the same, and where they are not, the registers are a finding as well.
With --cpuid every promised CPU is asked, which takes longer: new properties of whatever value are judged by it, and
registers that differ though no property tells why are found.

A severity is "cpuid" (a feature bit or register that the guest sees), "identity" (level, family, names), "internal" (the rest).
Each finding names the assignment responsible on both sides.

--allow FILE: known violations, one a line: MACHINE MODEL PROPERTY [BEFORE AFTER], the first three shell patterns, values
as in the report without spaces, "*" for any, "-" for a property that is not there; "#" starts a comment. --format allow
writes such lines for all violations. Lines that nothing needs are reported.

Exit codes: 1 if there is a violation of at least the severity that --fail-on names (default: any); 3 if a source could
not be analysed exactly.

Examples:
  qemu-cpu-custom audit qemu-7.2 qemu-10.0
  qemu-cpu-custom audit qemu-7.2 . --allow debian/cpu-changes.allow --fail-on identity --machine 'pc-*'

  $ qemu-cpu-custom audit qemu-5.2 qemu-7.2
  old  QEMU 5.2.0 (Debian 1:5.2+dfsg-11+deb11u5), qemu-5.2
  new  QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18), qemu-7.2
  accelerator kvm, expanded

  5,031 CPUs of versioned machine types and migration-safe models compared: 43 are
  not what they were.
  machine types that are gone: pc-1.0, pc-1.1, pc-1.2, pc-1.3, xenfv-3.1,
    xenfv-4.2, xenpv
  models that are gone: Icelake-Client, Icelake-Client-noTSX, Icelake-Client-v1,
    Icelake-Client-v2
  machine types without versions: isapc, microvm
  models that are not migration-safe: host, max

  Violations: level or identity
    qemu64-v1 on 43 of 45 machine types, all but isapc, microvm
        family: 6 -> 15
        model: 6 -> 107
        stepping: 3 -> 1
        model table target/i386/cpu.c:1840, 1841, 1842; was model table
          target/i386/cpu.c:1805, 1806, 1807
  ...

JSON: "format": "qemu-cpu-custom audit", "formatVersion": 1; "findings": [{"verdict", "severity", "because", "cpus",
"changes"}], with cpus and changes as 'diff --json' has them.`;

/** `audit OLD NEW` */
export function auditCommand(context: Context): Command {
  const command = new Command('audit')
    .description('does a newer QEMU keep the CPUs of every versioned machine type? Violations, with cause and severity')
    .argument('<old>', 'the older source')
    .argument('<new>', 'the newer source');
  return withSelection(withAccel(command))
    .addOption(new Option('-f, --format <format>', 'the form of the output').choices(formats).default('text'))
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
    .option('--allow <file>', 'a list of changes that are known and accepted')
    .addOption(new Option('--fail-on <severity>', 'the least severity of a violation that gives exit code 1').choices(severities).default('internal'))
    .option('--cpuid', 'ask every promised CPU what CPUID answers: takes longer')
    .addHelpText('after', help)
    .action(async (old: string, new_: string, options: Options) => {
      const allow = options.allow === undefined ? undefined : new AllowList(readAllowList(options.allow), options.allow);
      const before = await openSide(context, options, { source: old });
      const after = await openSide(context, options, { source: new_ });
      context.terminal.progress('comparing');
      const sides = { before, after };
      const found = explainDifferences(differences(before.census, after.census), sides);
      const cpuid = new Cpuid(sides);
      context.terminal.progress('judging');
      const result = audit(found, sides, allow, (comparison) => cpuid.of(comparison), options.cpuid === true);
      const analyses = [before.analysis, after.analysis];
      const report: AuditReport = { before: before.census, after: after.census, found, audit: result, parents: after.analysis.machineParents?.(), diagnostics: analyses.flatMap(({ diagnostics }) => diagnostics) };
      context.terminal.progressDone();
      const verbose = options.verbose === true;
      switch (options.format) {
        case 'text': context.terminal.out(auditText(report, context.terminal.style, verbose)); break;
        case 'json': context.terminal.out(auditJson(report)); break;
        case 'markdown': context.terminal.out(auditMarkdown(report, verbose)); break;
        case 'allow': context.terminal.out(allowLines(report)); break;
      }
      const worst = severities.slice(0, severities.indexOf(options.failOn) + 1);
      const failed = result.findings.some(({ verdict, severity }) => verdict === 'violation' && worst.includes(severity));
      conclude(context, options, analyses, failed ? Exit.differences : Exit.ok);
    });
}

function readAllowList(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message.replace(/^[A-Z]+: |, open .*$/g, '')}`);
  }
}
