import { causeKind, type ExplainedChange, type ExplainedGroup } from '../compare/causes.js';
import type { Deltas, Step, Timeline } from '../compare/deltas.js';
import type { Analysis, Stage } from '../x86/api.js';
import { groupView, Namer, whyText } from './change-view.js';
import { versionText } from './configs.js';
import { diagnosticsJson } from './diagnostic.js';
import { explainedChangeJson, groupLines } from './differences.js';
import { toJson, type Json } from './json.js';
import { naturally } from './order.js';
import { plural, wrapWords, type Style } from './text.js';

/** The version of the JSON format of `deltas`. */
export const deltasFormatVersion = 1;

/** The deltas for programs: each model with its own entry. */
export function deltasJson(analysis: Analysis, stage: Stage, { models, comparisons }: Deltas): string {
  const entries = models.flatMap(({ models: names, timelines }) => names.map((model): [string, Json] => [model, timelines.map(({ machines, steps }) => ({
    machines: [...machines],
    steps: steps.map(({ from, to, changes }) => ({
      from, to, changes: changes.map((change) => explainedChangeJson({ ...change, causes: ofModel(change, model, comparisons) }, comparisons)),
    })),
  }))]));
  return toJson({
    format: 'qemu-cpu-custom deltas', formatVersion: deltasFormatVersion,
    qemu: { version: { ...analysis.qemu.version }, package: analysis.qemu.package }, origin: analysis.origin, accel: analysis.accel, stage,
    models: new Map(entries.sort(([a], [b]) => naturally(a, b))),
    diagnostics: diagnosticsJson(analysis.diagnostics),
  }, 6);
}

/** Of the causes for models that change alike, those that hold for this one. */
function ofModel(change: ExplainedChange, model: string, comparisons: Deltas['comparisons']): ExplainedChange['causes'] {
  return change.causes.filter(({ where }) => where.some((i) => comparisons[i]!.after.model === model));
}

/** The deltas of all models for people, by step. */
export function deltasByStepText(analysis: Analysis, stage: Stage, { lines: families }: Deltas, style: Style, verbose: boolean): string {
  const namer = new Namer(new Map(), verbose);
  const lines = [head(analysis, stage, style)];
  for (const { machines, steps } of families) {
    lines.push('', `${style.bold(stretch(machines, 0, machines.length - 1))}: ${steps.length === 0 ? 'all models are the same' : plural(steps.length, 'step')}`);
    if (steps.length === 0) continue;
    let start = 0;
    for (const { to, models, groups } of steps) {
      const place = machines.indexOf(to);
      lines.push(`  ${stretch(machines, start, place - 1)}`);
      for (const { models: names, changes } of groups) lines.push(...groupLines({ ...groupView({ changes, where: [] }, [namer.models(names, models)]), why: whyText({ changes, where: [] }) }, style, '    '));
      start = place;
    }
    lines.push(`  ${stretch(machines, start, machines.length - 1)}`);
  }
  return lines.join('\n');
}

function head(analysis: Analysis, stage: Stage, style: Style): string {
  return style.dim(`QEMU ${versionText(analysis)}${analysis.qemu.package === '' ? '' : ` (${analysis.qemu.package})`}, ${analysis.origin}, accelerator ${analysis.accel}, ${stage}`);
}

/** Machine types that stand together: "a", "a, b", "a .. c". */
function stretch(machines: readonly string[], from: number, to: number): string {
  return to === from ? machines[from]! : to === from + 1 ? `${machines[from]!}, ${machines[to]!}` : `${machines[from]!} .. ${machines[to]!}`;
}

/** The deltas of some models for people, model by model. */
export function deltasText(analysis: Analysis, stage: Stage, { models }: Deltas, style: Style): string {
  const lines = [head(analysis, stage, style)];
  const constant: string[] = [];
  const moving = [...models].sort((a, b) => naturally(a.models[0]!, b.models[0]!));
  for (const { models: names, timelines } of moving) {
    const sorted = [...names].sort(naturally);
    if (timelines.every(({ steps }) => steps.length === 0)) {
      constant.push(...sorted);
      continue;
    }
    lines.push('', wrapWords(sorted.map((name, i) => (i < sorted.length - 1 ? `${name},` : name)), style.width, '  ', '').split('\n').map((line) => style.bold(line)).join('\n'));
    for (const timeline of timelines) lines.push(...timelineLines(timeline, style));
  }
  if (constant.length > 0) lines.push('', wrapWords(constant.sort(naturally).map((name, i) => (i < constant.length - 1 ? `${name},` : name)), style.width, '  ', `${style.bold('The same on every machine type of each family')}: `));
  return lines.join('\n');
}

function timelineLines({ machines, steps }: Timeline, style: Style): string[] {
  const lines = ['', `  ${stretch(machines, 0, machines.length - 1)}: ${steps.length === 0 ? 'the same' : plural(steps.length, 'step')}`];
  if (steps.length === 0) return lines;
  let start = 0;
  const byTo = new Map(steps.map((step) => [step.to, step]));
  machines.forEach((machine, i) => {
    const step = byTo.get(machine);
    if (step === undefined) return;
    lines.push(`    ${stretch(machines, start, i - 1)}`, ...stepLines(step, style));
    start = i;
  });
  lines.push(`    ${stretch(machines, start, machines.length - 1)}`);
  return lines;
}

/** The changes of a step, by reason. */
function stepLines({ changes }: Step, style: Style): string[] {
  const byReason = new Map<string, ExplainedChange[]>();
  for (const change of changes) {
    const key = causeKind(change.causes[0] ?? { before: undefined, after: undefined });
    const known = byReason.get(key);
    if (known === undefined) byReason.set(key, [change]);
    else known.push(change);
  }
  return [...byReason.values()].flatMap((list) => {
    const group: ExplainedGroup = { changes: list, where: [] };
    return groupLines({ ...groupView(group, []), why: whyText(group) }, style, '    ');
  });
}
