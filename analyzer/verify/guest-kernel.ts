import { execFile } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a guest sees cannot be asked here. The message is one line for the user. */
export class NoGuestError extends Error {
  override readonly name = 'NoGuestError';
}

/** The guest of test/guest/cpuid.S, which prints what CPUID answers; both forms print the same. */
export interface GuestKernel {
  /** A multiboot kernel, for -kernel: the machine type's firmware starts it. */
  readonly kernel: string;
  /** A firmware image, for -bios: the first instruction is the guest's own. */
  readonly firmware: string;
  /** A library for QEMU that shows what it tells KVM; undefined where there can be none. */
  readonly tap?: string;
}

const directoryOf = new URL('../../../test/guest/', import.meta.url);
const SOURCE = fileURLToPath(new URL('cpuid.S', directoryOf));
const TAP = fileURLToPath(new URL('tap.S', directoryOf));

/** GNU binutils for x86: the machine's own, or Debian's for other machines. */
const PREFIXES = ['', 'x86_64-linux-gnu-', 'i686-linux-gnu-'];

const run = promisify(execFile);

/**
 * Assembles the guest into a temporary directory, which is removed after `use`.
 * @throws NoGuestError where there is no assembler for x86, or not the source
 */
export async function withGuestKernel<T>(use: (kernel: GuestKernel) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'qemu-cpu-custom-guest-'));
  try {
    return await use(await assemble(directory));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function assemble(directory: string): Promise<GuestKernel> {
  await access(SOURCE).catch(() => { throw new NoGuestError(`the guest's source is not there: ${SOURCE}`); });
  const object = join(directory, 'cpuid.o');
  const kernel = join(directory, 'cpuid.elf');
  const firmware = join(directory, 'cpuid.rom');
  let reason = '';
  for (const prefix of PREFIXES) {
    try {
      await run(`${prefix}as`, ['--32', '-o', object, SOURCE]);
      await run(`${prefix}ld`, ['-m', 'elf_i386', '-N', '-Ttext=0x100000', '-e', 'start', '-o', kernel, object]);
      await run(`${prefix}ld`, ['-m', 'elf_i386', '--oformat', 'binary', '-Ttext=0xf0000', '-Tbss=0x8000', '-e', 'start', '-o', firmware, object]);
      const tap = await assembleTap(prefix, directory);
      return { kernel, firmware, ...(tap === undefined ? {} : { tap }) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') reason = `: ${message.split('\n').slice(1).find((line) => /error/i.test(line)) ?? message.split('\n')[0]!}`;
    }
  }
  throw new NoGuestError(`what a guest sees cannot be asked: it takes 'as' and 'ld' of GNU binutils for x86 (Debian package binutils)${reason}`);
}

/** The library of test/guest/tap.S, for QEMU as a program of the same system. */
async function assembleTap(prefix: string, directory: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const [object, tap] = [join(directory, 'tap.o'), join(directory, 'tap.so')];
  try {
    await run(`${prefix}as`, ['--64', '-o', object, TAP]);
    await run(`${prefix}ld`, ['-m', 'elf_x86_64', '-shared', '-o', tap, object]);
    return tap;
  } catch {
    return undefined;
  }
}
