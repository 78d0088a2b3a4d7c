import type { Diagnostic } from '../c/runtime.js';
import { formatLocation } from '../c/location.js';
import type { Json } from './json.js';

/** "file:line: what (affects ...)" */
export function diagnosticLine({ at, what, affects }: Diagnostic): string {
  return `${formatLocation(at)}: ${what} (affects ${affects})`;
}

/** Each message once, in the order of their appearance. */
export function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const line = `${diagnostic.severity} ${diagnosticLine(diagnostic)}`;
    if (!seen.has(line)) seen.set(line, diagnostic);
  }
  return [...seen.values()];
}

/** Diagnostics as the JSON formats carry them. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): Json {
  return distinct(diagnostics).map(({ severity, at, what, affects }) => ({ severity, at: formatLocation(at), what, affects }));
}
