import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A package that is loaded when something of it is first used: most commands do without it, and start sooner. */
export function lazily<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= require(name) as T);
}
