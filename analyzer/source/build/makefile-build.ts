import type { SourceTree } from '../tree.js';
import type { BuildOptions } from './build.js';
import type { Host } from './host.js';
import type { Evaluation } from './settings.js';
export function evaluateMakefiles(_tree: SourceTree, _host: Host, _options: BuildOptions, _configureArguments: readonly string[]): Evaluation {
  return { switches: new Map(), files: new Map(), headers: new Map(), notes: [] };
}
