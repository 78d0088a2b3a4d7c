// The last step of `npm run compile`: the program as a few files, which start faster than two hundred.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { codeContent } from '../cache/analyzer-version.js';

const to = 'dist/bundle';
rmSync(to, { recursive: true, force: true });
await build({
  // all lie two folders deep, as the modules do that look for the package's other files from where they are
  entryPoints: { 'cli/main': 'dist/analyzer/cli/main.js', 'x86/analyse': 'dist/analyzer/x86/analyse.js', 'chunks/worker': 'dist/analyzer/compare/history/worker.js' },
  outdir: to,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  define: { bundledContent: JSON.stringify(codeContent('dist/analyzer')) },
  logLevel: 'warning',
});
chmodSync(`${to}/cli/main.js`, 0o755);
