import { expect } from 'chai';
import { defineLibc } from '../../analyzer/qom/libc.js';
import type { Boot } from '../../analyzer/x86/boot.js';
import { emulatedCpuid } from '../../analyzer/x86/cpuid.js';
import { programOf } from '../qom/program-fixture.js';

/** A CPU whose topology leaf has three levels; who asks for more of them than there can be is wrong, as in cpu_x86_cpuid() from 10.2 on. */
const CPU = String.raw`
void __assert_fail(const char *what, const char *file, unsigned line, const char *function);
typedef struct CPUX86State { uint64_t regs[16]; } CPUX86State;
typedef struct X86CPU { int number; CPUX86State env; } X86CPU;
X86CPU cpu;

static uint32_t level(uint32_t subleaf)
{
    switch (subleaf) {
    case 0: return 1;
    case 1: return 2;
    case 2: return 5;
    case 3: return 0;
    }
    __assert_fail("no such level", "cpu.c", 14, "level");
    return 0;
}

void helper_cpuid(CPUX86State *env)
{
    uint32_t leaf = env->regs[0], subleaf = env->regs[1];
    uint32_t eax = 0, ebx = 0, ecx = 0;

    if (leaf == 0) {
        eax = 0x1f;
    } else if (leaf == 0x1f) {
        ebx = level(subleaf) * 2;
        ecx = level(subleaf) << 8 | subleaf;
    }
    env->regs[0] = eax;
    env->regs[3] = ebx;
    env->regs[1] = ecx;
    env->regs[2] = 0;
}
`;

describe('the CPUID instruction of an emulated CPU', () => {
  it('ends a leaf where QEMU itself would abort: no guest that lives on has read more', () => {
    const program = programOf({ 'cpu.c': CPU });
    defineLibc(program, { messages: [] });
    const rows = emulatedCpuid({ program } as Boot, program.addressOf('cpu'));
    expect(rows.filter(({ leaf }) => leaf === 0x1f).map(({ subleaf, ebx, ecx }) => [subleaf, ebx, ecx])).to.deep.equal([[0, 2, 0x100], [1, 4, 0x201], [2, 10, 0x502], [3, 0, 3]]);
    expect(rows.at(-1)!.leaf).to.equal(0x1f);
    expect(program.diagnostics).to.deep.equal([]);
  });
});
