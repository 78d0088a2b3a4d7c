import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { QmpValue, Stage } from '../x86/api.js';
import { toJson } from '../render/json.js';
import { writeWhole } from '../render/one-file.js';
import { isObject, parseExact, type QmpObject } from './json.js';

/** What a real QEMU binary said, in QMP's names. */
export interface Recording {
  readonly version: { readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number }; readonly package: string };
  /** The target, as query-target names it; undefined in recordings from before the field was there: x86_64. */
  readonly target?: string;
  readonly accel: string;
  readonly stage: Stage;
  /** query-machines, with compat-props where the binary lists them. */
  readonly machines: readonly QmpObject[];
  /** Machine type (`*`: asked without one) to model to its fields of query-cpu-definitions. */
  readonly definitions: Readonly<Record<string, Readonly<Record<string, QmpObject>>>>;
  /** Shared between equal CPUs. */
  readonly states: Readonly<Record<string, Readonly<Record<string, QmpValue>>>>;
  /** Machine type to model to the id of its state. */
  readonly pairs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Machine type to model (`*`: the machine type itself did not start) to QEMU's reason. */
  readonly errors: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Properties that could not be read from the realized CPU, and why. */
  readonly unreadable: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** Not a recording, or not a readable one. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Content hash of a state. */
export function stateId(properties: Readonly<Record<string, QmpValue>>): string {
  const sorted = new Map(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha1').update(toJson(sorted, 0)).digest('hex').slice(0, 12);
}

/** Writes gzip-compressed JSON; the file is there completely or not at all. @throws OutputError */
export async function writeRecording(file: string, recording: Recording): Promise<void> {
  await writeWhole(file, gzipSync(toJson(recording as unknown as QmpObject, 0), { level: 9 }));
}

/**
 * Reads a recording, compressed or not.
 * @throws RecordingError with one line that names the file
 */
export async function readRecording(file: string): Promise<Recording> {
  let value: QmpValue;
  try {
    const bytes = await readFile(file);
    value = parseExact((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new RecordingError(`cannot read the recording ${file}: ${(error as Error).message}`);
  }
  if (!isObject(value) || !isVersion(value['version']) || typeof value['accel'] !== 'string' || !Array.isArray(value['machines'])
    || !isObject(value['states']) || !isObject(value['pairs'])) {
    throw new RecordingError(`${file} is not a recording of a QEMU binary`);
  }
  return {
    definitions: {}, errors: {}, unreadable: {}, seconds: 0,
    // Recordings from before the field was there: only the realized stage has things that cannot be read.
    stage: value['unreadable'] === undefined ? 'expanded' : 'realized',
    ...value,
  } as unknown as Recording;
}

/** What a recording is of, and the file that it stands in. */
export interface RecordingHead extends Pick<Recording, 'version' | 'accel' | 'stage'> {
  /** The file's name without the suffix. */
  readonly name: string;
  readonly file: string;
  readonly target: string;
}

/**
 * The recordings in a directory: of what they are. They are large; each is read again when it is its turn.
 * @throws RecordingError
 */
export async function listRecordings(directory: string): Promise<RecordingHead[]> {
  let names: string[];
  try {
    names = (await readdir(directory)).filter((name) => SUFFIX.test(name)).sort();
  } catch (error) {
    throw new RecordingError(`cannot read ${directory}: ${(error as Error).message}`);
  }
  const found: RecordingHead[] = [];
  for (const name of names) {
    const file = join(directory, name);
    const { version, accel, stage, target } = await readRecording(file);
    found.push({ name: name.replace(SUFFIX, ''), file, version, accel, stage, target: target ?? 'x86_64' });
  }
  return found;
}

const SUFFIX = /\.json(?:\.gz)?$/;

function isVersion(value: QmpValue | undefined): boolean {
  return isObject(value) && isObject(value['qemu']) && ['major', 'minor', 'micro'].every((part) => typeof (value['qemu'] as QmpObject)[part] === 'number');
}
