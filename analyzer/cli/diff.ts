import { Command } from 'commander';
import { cpuidChanges } from '../compare/cpuid.js';
import { anyDifference, differences, explainDifferences } from '../compare/differences.js';
import { diffHtml, diffJson, diffMarkdown, diffText, type Diff } from '../render/differences.js';
import type { Context } from './context.js';
import { openSide, withFormat, withSelection, type ComparingOptions, type ReportFormat } from './comparing.js';
import { Exit } from './exit.js';
import { conclude, withAccel } from './options.js';
import { parseSubject, type SubjectSpec } from './subject.js';

interface Options extends ComparingOptions {
  readonly format: ReportFormat;
  readonly cpuid?: true;
}

const help = `
A and B are each SOURCE, SOURCE:MACHINE or SOURCE:MACHINE:MODEL, where SOURCE is as for --source (a directory,
PATH@REVISION, an archive, a .dsc) and may be left out for the default one. What only one of them names holds for both.

Models and machine types that only one side has are listed; what both have is compared, property by property. Changes
are put together: the same properties, from and to the same values, for the same CPUs and the same reason are one entry,
whatever the number of CPUs. The reason is the assignment that gives the property its value on either side, with file
and line; "no longer" names what applied before and does not any more. Where hundreds of CPUs share an entry, the reason
was asked of some of them, chosen over models and machine types; if these differ, of all.

Before QEMU made each feature a property, CPUs showed them in lists of words, "feature-words". These are taken apart by the
tree's own names of their bits: a feature that was a bit and is a property now has changed only if its value has. A bit
without a name is told by its place, "feature-words.0x7.0:ebx.5"; of what is filtered, "filtered-features.NAME". A list of
names, such as "unavailable-features", changes name by name, too.

Where a property has another value for each model or machine type, for the same kind of reason, the formats for people tell
it once, and list long rows of features that are new and off in part; --verbose tells everything, and so does JSON.

Examples:
  qemu-cpu-custom diff ~/qemu@v7.2.0 ~/qemu@v8.2.0
  qemu-cpu-custom diff qemu-7.2 qemu-10.0 --machine 'pc-q35-*' --format markdown
  qemu-cpu-custom diff :pc-i440fx-2.2:Haswell :pc-i440fx-2.3:Haswell
  qemu-cpu-custom diff qemu-7.2:pc-q35-7.2 qemu-10.0

  $ qemu-cpu-custom diff qemu-7.2:pc-i440fx-2.2 qemu-7.2:pc-i440fx-2.3
  before  QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18), qemu-7.2 : pc-i440fx-2.2
  after   QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18), qemu-7.2 : pc-i440fx-2.3
  accelerator kvm, expanded

  CPUs: 132 CPUs compared, 17 differ
    14 models (Broadwell, Conroe, Haswell, Nehalem, Opteron_G1, Opteron_G2, ...)
        on pc-i440fx-2.3
        on: vme
        no longer compat property hw/i386/pc.c:299, 300, 301, 302, 303, ...; now
          model table target/i386/cpu.c:1938, 1992, 2143, 2183, 2227, ...
    athlon, qemu32, qemu64 on pc-i440fx-2.3
        model-id: QEMU Virtual CPU version 2.2.0 -> QEMU Virtual CPU version 2.3.0
        compat property hw/i386/pc.c:106, 107, 108
    Broadwell, Haswell on pc-i440fx-2.3
        on: f16c rdrand
        no longer compat property hw/i386/pc.c:314, 316; now model table
          target/i386/cpu.c:2569, 2698

JSON ("format": "qemu-cpu-custom diff", "formatVersion": 1):
  before, after      version, origin, accelerator of the two sides
  machines, models   "added" and "removed" names; "fields": changes of what query-machines and
                     query-cpu-definitions say
  refusals           CPUs that QEMU refuses to make on one side, with its message
  cpus               [{"cpus": {MACHINE: [MODEL, ...]}, "changes": [{"property", "before", "after",
                     "causes": [{"before": REASON, "after": REASON, "asked": [{"machine", "model"}, ...]}]}]}];
                     where a change has several causes, each says for which "cpus"
  cpuid              with --cpuid: the same for registers, named "LEAF.SUBLEAF:REGISTER"; bits that the host decides are
                     left out
A property that a side does not have lacks that member; {"host": true} is a value that the host decides; null stands for
a list of feature words, whose features are properties here.
A REASON is {"what", "at": "file:line", "data": ["file:line", ...]}.`;

/** `diff A B` */
export function diffCommand(context: Context): Command {
  const command = new Command('diff')
    .description('what differs between two QEMUs, two machine types or two CPUs, and which lines are responsible')
    .argument('<a>', 'before: SOURCE[:MACHINE[:MODEL]]')
    .argument('<b>', 'after: SOURCE[:MACHINE[:MODEL]]');
  return withFormat(withSelection(withAccel(command)))
    .option('--cpuid', 'also compare what CPUID answers, register by register')
    .addHelpText('after', help)
    .action(async (a: string, b: string, options: Options) => {
      const [beforeSpec, afterSpec] = inherit(parseSubject(a), parseSubject(b));
      const before = await openSide(context, options, beforeSpec);
      const after = await openSide(context, options, afterSpec);
      context.terminal.progress('comparing');
      const subjects = { before: before.subject, after: after.subject };
      const found = differences(before.census, after.census, subjects);
      context.terminal.progress('looking for the reasons');
      const analyses = [before.analysis, after.analysis];
      const sides = { before, after };
      const diff: Diff = {
        before: before.census, after: after.census, subjects, found: explainDifferences(found, sides),
        parents: after.analysis.machineParents?.(), diagnostics: analyses.flatMap(({ diagnostics }) => diagnostics),
        ...(options.cpuid === true ? { cpuid: cpuidChanges(found.comparisons, sides, (done) => context.terminal.progress(`asking CPUID  ${done + 1} of ${found.comparisons.length}`)) } : {}),
      };
      context.terminal.progressDone();
      const verbose = options.verbose === true;
      switch (options.format) {
        case 'text': context.terminal.out(diffText(diff, context.terminal.style, verbose)); break;
        case 'json': context.terminal.out(diffJson(diff)); break;
        case 'markdown': context.terminal.out(diffMarkdown(diff, verbose)); break;
        case 'html': context.terminal.out(diffHtml(diff, verbose)); break;
      }
      conclude(context, options, analyses, anyDifference(found) || (diff.cpuid?.length ?? 0) > 0 ? Exit.differences : Exit.ok);
    });
}

/** What only one side names holds for both. */
function inherit(a: SubjectSpec, b: SubjectSpec): [SubjectSpec, SubjectSpec] {
  const fill = (one: SubjectSpec, other: SubjectSpec): SubjectSpec => ({
    source: one.source ?? undefined,
    ...(one.machine ?? other.machine ? { machine: (one.machine ?? other.machine)! } : {}),
    ...(one.model ?? other.model ? { model: (one.model ?? other.model)! } : {}),
  });
  return [fill(a, b), fill(b, a)];
}
