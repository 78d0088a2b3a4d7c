import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SourceError } from '../../analyzer/source/tree.js';

/** A directory for one test file, and the means to fill it. */
export class Scratch {
  readonly root = mkdtempSync(join(tmpdir(), 'qemu-cpu-custom-test-'));

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(files: Readonly<Record<string, string | Buffer>>, ...under: string[]): string {
    for (const [name, content] of Object.entries(files)) {
      const file = this.path(...under, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return this.path(...under);
  }

  run(program: string, args: readonly string[], ...under: string[]): string {
    return execFileSync(program, args, { cwd: this.path(...under), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A tree that is small but passes for QEMU. */
export const smallTree: Readonly<Record<string, string>> = {
  VERSION: '8.1.2\n',
  configure: '#!/bin/sh\n',
  'target/i386/cpu.c': '#include "cpu.h"\nint model_count = 3;\n',
  'target/i386/cpu.h': '#define CPU_LEVEL 13\n',
  'include/hw/boards.h': 'struct board;\n',
  'hw/i386/Kconfig': 'config PC\n    bool\n',
  'roms/firmware/start.c': 'int firmware;\n',
};

/** The message of the SourceError that a call throws; it must be one line. */
export function sourceError(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.message.includes('\n')) throw new Error(`more than one line: ${error.message}`);
    return error.message;
  }
  throw new Error('no SourceError was thrown');
}

/** Is this program there? */
export function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
