import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CannotResolveError, type Analysis, type CpuidLeaf } from '../x86/api.js';
import { compareTables, compareWithAnalysis, type RegisterComparison } from './compare-cpuid.js';
import { problems, type Conformance } from './conformance.js';
import { parseGuest } from './guest.js';
import { RecordingError, type Recording } from './recording.js';

/** Machine type to model to lines in the form of test/guest/cpuid.S: leaf, subleaf, eax, ebx, ecx, edx. */
type Tables = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What CPUID answered to guests of a real QEMU, or what that told KVM to answer. */
export interface CpuidRecording extends Pick<Recording, 'version' | 'accel'> {
  /** What guests read, without the subleaves that are empty. */
  readonly cpuid?: Tables;
  /** What KVM was told (see test/guest/tap.S). */
  readonly given?: Tables;
  /** What that QEMU said of its host: replies to query-cpu-model-expansion of `host`. */
  readonly said?: readonly unknown[];
}

/** Those in a directory; none where there is no such directory. @throws RecordingError */
export async function listCpuidRecordings(directory: string): Promise<(CpuidRecording & { readonly name: string })[]> {
  try {
    await access(directory);
  } catch {
    return [];
  }
  const found: (CpuidRecording & { readonly name: string })[] = [];
  for (const name of (await readdir(directory)).filter((file) => file.endsWith('.json.gz')).sort()) {
    const file = join(directory, name);
    try {
      const recording = JSON.parse(gunzipSync(await readFile(file)).toString('utf8')) as Partial<CpuidRecording>;
      // something of another kind may be there, too
      if (recording.version !== undefined && recording.accel !== undefined) found.push({ ...recording as CpuidRecording, name: name.replace(/\.json\.gz$/, '') });
    } catch (error) {
      throw new RecordingError(`cannot read the recording ${file}: ${(error as Error).message}`);
    }
  }
  return found;
}

/** An analysis held against what was recorded of CPUID. @param limit so many machine types */
export function conformsToCpuid({ cpuid, given }: CpuidRecording, analysis: Analysis, limit = Infinity): Conformance {
  const machines = Object.entries(given ?? cpuid ?? {}).slice(0, limit);
  const differences = new Map<string, number>();
  let [pairs, exact, refused] = [0, 0, 0];
  for (const [machine, models] of machines) {
    for (const [model, lines] of Object.entries(models)) {
      try {
        const found = (given === undefined ? compareGuest : compareGiven)(lines, analysis.cpuid(machine, model));
        pairs++;
        if (found.differences.length === 0) exact++;
        for (const { register } of found.differences) {
          const what = `CPUID ${register}, e.g. ${machine} ${model}`;
          differences.set(what, (differences.get(what) ?? 0) + 1);
        }
      } catch (error) {
        if (!(error instanceof CannotResolveError)) throw error;
        refused++;
      }
    }
  }
  return { machines: machines.length, pairs, exact, lists: undefined, refused, ...problems(analysis, [...differences].map(([what, count]) => `${count} x ${what}`)) };
}

function compareGiven(lines: readonly string[], rows: readonly CpuidLeaf[]): RegisterComparison {
  return compareTables(tableOf(lines).rows, rows);
}

function compareGuest(lines: readonly string[], rows: readonly CpuidLeaf[]): RegisterComparison {
  const guest = tableOf(lines);
  const recorded = new Set(guest.rows.map(({ leaf, subleaf }) => `${leaf}/${subleaf}`));
  return compareWithAnalysis(guest, rows.filter(({ leaf, subleaf }) => recorded.has(`${leaf}/${subleaf}`)));
}

function tableOf(lines: readonly string[]): NonNullable<ReturnType<typeof parseGuest>> {
  return parseGuest([...lines.map((line) => line.trim()), 'end'].join('\n'))!;
}
