import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** gcc as the judge of what a C program means. */

let found: boolean | undefined;

export function hasGcc(): boolean {
  return (found ??= spawnSync('gcc', ['--version']).status === 0);
}

/** Compile a program and run it; returns its output. */
export function runWithGcc(source: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'c-evaluate-'));
  try {
    writeFileSync(join(directory, 'a.c'), source);
    execFileSync('gcc', ['-O0', '-fwrapv', '-w', '-fno-builtin', '-std=gnu11', '-o', 'a', 'a.c'], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    return execFileSync(join(directory, 'a'), { encoding: 'utf8', maxBuffer: 1 << 26 });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** With HOLD_AGAINST_GCC set, the expectations of the tests themselves are checked: f() must return this. */
export function gccAgrees(source: string, expected: bigint): void {
  if (process.env['HOLD_AGAINST_GCC'] === undefined) return;
  const answer = runWithGcc(`${source}\nint printf(const char *, ...);\nint main(void) { printf("%lld", (long long) f()); return 0; }\n`);
  if (BigInt(answer) !== BigInt.asIntN(64, expected)) throw new Error(`gcc says ${answer}, the test expects ${expected}`);
}
