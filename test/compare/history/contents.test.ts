import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences } from '../../../analyzer/compare/differences.js';
import type { Census } from '../../../analyzer/compare/census.js';
import { history, type History } from '../../../analyzer/compare/history/history.js';
import { analyseCommit, type JobOptions } from '../../../analyzer/compare/history/job.js';
import type { analyseCommits } from '../../../analyzer/compare/history/pool.js';
import { HistoryResults } from '../../../analyzer/compare/history/results.js';
import type { SourceTree } from '../../../analyzer/source/tree.js';
import { analyse } from '../../../analyzer/x86/analyse.js';
import type { Files } from '../../x86/trees/files.js';
import { arraysTree } from '../../x86/trees/trees.js';
import { Repository } from './repository.js';

const options: JobOptions = { accel: 'tcg', target: 'x86_64', define: [], without: [], configure: [], stage: 'expanded', machine: [], model: [] };

/** Files that the small trees lack: a device whose functions the board calls, and that have nothing to do with CPUs. */
const DEVICE = `#include "qemu/osdep.h"
#include "hw/pci/pci.h"

#define FIRMWARE_SIZE 4096

static int firmware_checksum(const char *name)
{
    return name[0] + FIRMWARE_SIZE;
}

void load_firmware(PciBus *bus, const char *name)
{
    firmware_checksum(name);
}
`;
const START: Files = { 'hw/pci/pci.c': DEVICE };

function pathsOf(tree: SourceTree, directory = ''): string[] {
  return tree.list(directory).flatMap((name) => {
    const path = directory === '' ? name : `${directory}/${name}`;
    return name.endsWith('/') ? pathsOf(tree, path.slice(0, -1)) : [path];
  });
}

describe('contents of commits', () => {
  const original = arraysTree(START);
  let repository: Repository;
  let base: string;
  let scratch: string;
  let baseCensus: Census;
  let nothing: string;
  let analysed = 0;

  const inProcess: typeof analyseCommits = async (jobs, _processes, _signal, finished) => {
    await Promise.resolve();
    for (const job of jobs) {
      analysed++;
      new HistoryResults(job.directory, job.options).put(job.tree, analyseCommit(job.repository, job.commit, job.options, analyse));
      finished(job, { problem: undefined, diagnostics: 0, seconds: 0 });
    }
  };

  /** A commit on the base: the tree that these changes make, build files included. */
  function commitOf(subject: string, changes: Files, remove: readonly string[] = []): string {
    repository.git('checkout', '-q', '-B', 'topic', base);
    const tree = arraysTree({ ...START, ...changes });
    for (const path of pathsOf(tree)) if (tree.read(path) !== original.read(path)) repository.write(path, tree.read(path)!);
    for (const [path, text] of Object.entries(changes)) repository.write(path, text);
    for (const path of remove) repository.git('rm', '-q', path);
    return repository.commit(subject);
  }

  function edit(path: string, from: string | RegExp, to: string): Files {
    const text = original.read(path)!;
    const edited = text.replace(from, () => to);
    expect(edited, `${path} has ${String(from)}`).to.not.equal(text);
    return { [path]: edited };
  }

  async function look(commit: string): Promise<{ found: History; analyses: number }> {
    analysed = 0;
    const found = await history({
      repository: repository.path, revisions: [`${base}..${commit}`], firstParent: false, options, results: new HistoryResults(join(scratch, 'store'), options),
      processes: 1, shard: undefined, signal: new AbortController().signal, progress: () => {}, analyse: inProcess,
    });
    return { found, analyses: analysed };
  }

  function censusOf(commit: string): Census {
    const made = analyseCommit(repository.path, commit, options, analyse).census;
    if (typeof made === 'string') throw new Error(made);
    return made;
  }

  /** What a complete analysis says. */
  function truth(commit: string): string {
    return shown(differences(baseCensus, censusOf(commit)));
  }

  function shown({ machines, models, cpus, modelFields, machineFields }: ReturnType<typeof differences>): string {
    const groups = [...cpus, ...modelFields, ...machineFields].flatMap(({ changes, where }) => changes.map((c) => `${c.property} ${String(c.before)}->${String(c.after)} x${where.length}`));
    return JSON.stringify([machines, models, groups.sort()]);
  }

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'history-contents-'));
    repository = new Repository(original);
    base = repository.git('rev-parse', 'HEAD').trim();
    baseCensus = censusOf(base);
    nothing = shown(differences(baseCensus, baseCensus));
    await look(commitOf('a remark', edit('VERSION', '7.3.1\n', '7.3.1\n\n')));
  });
  after(() => {
    repository.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  const skipped: readonly (readonly [string, () => Files])[] = [
    ['a comment and other white space in code that runs', () => edit('hw/i386/board-common.c', 'x86_cpu_set_default_version(default_cpu_version);', '/* which\n     * version */\n    x86_cpu_set_default_version( default_cpu_version );')],
    ['the body of a function that no CPU depends on', () => edit('hw/pci/pci.c', 'return name[0] + FIRMWARE_SIZE;', 'return name[1] * FIRMWARE_SIZE;')],
    ['a function that nobody calls', () => edit('target/i386/cpu-common.c', 'void x86_cpu_apply_props', 'int nobody_calls(void)\n{\n    return 1;\n}\n\nvoid x86_cpu_apply_props')],
    ['declarations and macros that nobody uses, in a header of all', () => edit('include/hw/boards.h', 'extern MachineState *current_machine;', '#define NOBODY_USES 3\nstruct nobody { int i[NOBODY_USES]; };\nint nobody_has(struct nobody *n);\nextern MachineState *current_machine;')],
    ['a file of the build that nothing needs', () => ({ 'hw/misc/lamp.c': '#include "qemu/osdep.h"\n\nint lamp_is_on(void)\n{\n    return 1;\n}\n' })],
    ['a remark in a build file', () => edit('Kconfig', 'config RELIC', '# few have it\nconfig RELIC')],
    ['an option that decides nothing here', () => edit('Kconfig', 'config RELIC', 'config LAMP\n    bool\n    default y\nconfig RELIC')],
  ];
  for (const [what, changes] of skipped) {
    it(`does not analyse again: ${what}`, async () => {
      const commit = commitOf(what, changes());
      const { found, analyses } = await look(commit);
      expect([found.relevant, analyses, found.entries, found.problems]).to.deep.equal([1, 0, [], []]);
      expect(truth(commit)).to.equal(nothing);
    });
  }

  const seen: readonly (readonly [string, () => Files, RegExp])[] = [
    ['a header that appears where it is looked for first', () => ({ 'hw/i386/cpu.h': '#include "../../target/i386/cpu.h"\n#undef CPU_VERSION_LEGACY\n#define CPU_VERSION_LEGACY 2\n' }), /->/],
    ['a file with a constructor of its own', () => ({ 'hw/i386/board-new.c': '#include "qemu/osdep.h"\n#include "hw/i386/board.h"\n\nstatic void new_init(MachineState *ms)\n{\n}\n\nstatic void new_options(MachineClass *m)\n{\n    board_common_options(m);\n}\n\nDEFINE_BOARD_MACHINE(new, "board-new", new_init, new_options)\n' }), /"added":\["board-new"\]/],
    ['a constructor in a file that is known', () => ({ 'hw/i386/board.c': `${original.read('hw/i386/board.c')!}\nDEFINE_BOARD_MACHINE(3_0, "board-3.0", board_init, board_2_1_options)\n` }), /"added":\["board-3.0"\]/],
    ['the value of a macro', () => edit('target/i386/cpu.h', '#define CPUID_BASE_GLIDE  (1U << 3)', '#define CPUID_BASE_GLIDE  (1U << 2)'), /->/],
    ['a macro that takes a name which was none', () => edit('include/hw/pci/pci.h', 'typedef struct PciBus PciBus;', 'typedef struct PciBus PciBus;\n#define board_common_options(m) board_common_options_of(m, "Beta")\n#define board_common_options_of(m, name) ((m)->default_cpu_type = X86_CPU_TYPE_NAME("Beta"))'), /default-cpu-type/],
    ['a default of a switch', () => edit('Kconfig', 'config RELIC\n    bool\n', 'config RELIC\n    bool\n    default y\n'), /"added":\["relic"\]/],
    ['a switch that is turned on in the configuration', () => edit('configs/devices/x86_64-softmmu/default.mak', 'CONFIG_BOARD=y', 'CONFIG_BOARD=y\nCONFIG_RELIC=y'), /"added":\["relic"\]/],
    ['a function that had nothing to do with CPUs and now has', () => ({ 'hw/pci/pci.c': DEVICE.replace('#include "hw/pci/pci.h"', '#include "hw/pci/pci.h"\n#include "cpu.h"').replace('    firmware_checksum(name);', '    firmware_checksum(name);\n    x86_cpu_set_default_version(2);') }), /->/],
  ];
  for (const [what, changes, sign] of seen) {
    it(`notices ${what}`, async () => {
      const commit = commitOf(what, changes());
      const { found, analyses } = await look(commit);
      expect(analyses).to.equal(1);
      const expected = truth(commit);
      expect(found.entries.map((entry) => shown(entry.found))).to.deep.equal([expected]);
      expect(expected).to.match(sign);
    });
  }

  it('can be asked to analyse commits that it skipped, and to say so if one is not what it was taken for', async () => {
    const commit = commitOf('a remark to be checked', edit('hw/i386/board-common.c', 'x86_cpu_set_default_version(', '/* checked */ x86_cpu_set_default_version('));
    const request = { repository: repository.path, revisions: [`${base}..${commit}`], firstParent: false, options, processes: 1, shard: undefined, signal: new AbortController().signal, progress: () => {}, analyse: inProcess };
    const results = new HistoryResults(join(scratch, 'store'), options);
    const tree = repository.git('rev-parse', `${commit}^{tree}`).trim();
    const right = await history({ ...request, results, check: 5 });
    expect([right.checked, right.problems, right.contents]).to.deep.equal([1, [], 1]);
    expect(results.keyOf(tree)).to.not.equal(tree);
    // as if it had been something else
    const other = commitOf('something else', edit('target/i386/cpu.h', '#define CPUID_BASE_GLIDE  (1U << 3)', '#define CPUID_BASE_GLIDE  (1U << 2)'));
    await look(other);
    results.setKey(tree, repository.git('rev-parse', `${other}^{tree}`).trim());
    const wrong = await history({ ...request, results, check: 5 });
    expect(wrong.problems.map(({ problem }) => problem)).to.deep.equal(['it was taken for the same as another one, and is not']);
  });

  it('sees no difference in files that were renamed', async () => {
    const path = 'hw/i386/board-common.c';
    const text = original.read(path)!;
    const tree = arraysTree({ ...START, 'hw/i386/board-shared.c': text });
    const commit = commitOf('renamed', { 'hw/i386/board-shared.c': text, 'meson.build': tree.read('meson.build')!.replace(`'${path}', `, '') }, [path]);
    const { found } = await look(commit);
    expect([found.entries, found.problems]).to.deep.equal([[], []]);
    expect(truth(commit)).to.equal(nothing);
  });
});
