import type picomatch from 'picomatch';
import { lazily } from './lazily.js';

const picomatchPackage = lazily<typeof picomatch>('picomatch');

/** Does a name match a shell pattern as a whole? Names that begin with a dot count as others do, and "!" is a character. */
export function globMatcher(pattern: string): (name: string) => boolean {
  return picomatchPackage()(pattern, { dot: true, nonegate: true });
}
