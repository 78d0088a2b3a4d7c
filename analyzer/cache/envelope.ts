import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Read back by whoever finds a strange file. */
const magic = Buffer.from('qemu-cpu-custom cache\n');
const digestLength = 32;

/** A value as the bytes of a cache file, its checksum first. */
export function seal(value: unknown): Buffer {
  const body = serialize(value);
  return Buffer.concat([magic, createHash('sha256').update(body).digest(), body]);
}

/** The value, or undefined where the bytes are not what {@link seal} made: cut off, damaged, or something else. */
export function unseal(bytes: Buffer): unknown {
  const start = magic.length + digestLength;
  if (bytes.length <= start || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const body = bytes.subarray(start);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(magic.length, start))) return undefined;
  return deserialize(body);
}

/** A part of a value that is not always needed, compressed for speed more than for size. */
export function pack(value: unknown): Buffer {
  return deflateRawSync(serialize(value), { level: 1 });
}

/** The reverse of {@link pack}. */
export function unpack(bytes: Uint8Array): unknown {
  return deserialize(inflateRawSync(bytes));
}
