import { isAscii, isUtf8 } from 'node:buffer';

/**
 * A source file's bytes as text: UTF-8 where they are that, else Latin-1, so that an old file with
 * a stray byte neither throws nor loses it.
 */
export function decodeText(bytes: Buffer): string {
  // Pure ASCII, nearly every file, becomes a one-byte string, which is cheaper to make and to scan.
  return isAscii(bytes) || !isUtf8(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}
