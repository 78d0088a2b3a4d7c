import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../analyzer/source/identify.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { openSource } from '../../analyzer/source/open.js';
import { conformsToTests } from '../../analyzer/verify/conformance.js';
import { checkExpectations, readExpectations, type ExpectationReport, type Expectations } from '../../analyzer/verify/expectations.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import { CannotResolveError, UnknownNameError, type Analysis, type QmpValue } from '../../analyzer/x86/api.js';

const trees = process.env['QEMU_TREES'];

/** A tree that has these files and nothing else. */
function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return {
    origin: 'a test', has: (path) => path in files, read: (path) => files[path],
    list: (directory) => Object.keys(files).filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1)),
  };
}

const word = (register: string, leaf: number, features: number | bigint, subleaf?: number): QmpValue => ({
  'cpuid-register': register, 'cpuid-input-eax': leaf, features, ...(subleaf === undefined ? {} : { 'cpuid-input-ecx': subleaf }),
});

/** Two machine types; on the newer one `fast` stands for `fast-v2`. Every CPU text has its own level. */
const analysis: Analysis = {
  qemu: { version: { major: 1, minor: 0, micro: 0 }, package: '' }, origin: 'a test', accel: 'tcg', diagnostics: [],
  machines: () => [{ name: 'box-2', fields: { alias: 'box', 'is-default': true } }, { name: 'box-1', fields: {} }],
  models: (machine) => [
    { name: 'fast', fields: { static: false, ...(machine === 'box-2' ? { 'alias-of': 'fast-v2' } : {}) } },
    { name: 'fast-v1', fields: { static: false } }, { name: 'fast-v2', fields: { static: false } },
  ],
  resolve(machine, cpu, stage) {
    expect(stage).to.equal('realized');
    if (!cpu.startsWith('fast')) throw new UnknownNameError('model', cpu, []);
    if (cpu.includes('broken')) throw new CannotResolveError('broken indeed');
    const properties = new Map<string, QmpValue>([
      ['level', cpu === 'fast,+wings' ? 7 : machine === 'box-1' ? 2 : 0x80000005n], ['wings', cpu.includes('+wings')],
      ['feature-words', [word('EAX', 7, 8, 1), word('EAX', 7, 4, 0), word('EDX', 0x80000007, 0)]],
      ['filtered-features', [word('EAX', 7, 0, 0), word('EDX', 0x80000007, 1n << 8n)]],
    ]);
    return { id: cpu, typename: 'fast-cpu', properties, hostDependent: [] };
  },
  properties: () => [], compatProperties: () => [], cpuid: () => [], unavailableFeatures: () => ({ unavailable: [], undecided: [] }), explain: () => [],
};

const lines = ({ satisfied, skipped, failed }: ExpectationReport): unknown => ({
  satisfied: satisfied.map(({ name }) => name), skipped: skipped.map(({ expectation, why }) => `${expectation.name}: ${why}`),
  failed: failed.map(({ expectation, said }) => `${expectation.name}:${expectation.at.line}: ${said}`),
});

const told = (files: Readonly<Record<string, string>>): unknown => {
  const { expectations, unread } = readExpectations(treeOf(files));
  return { ...lines(checkExpectations(expectations, analysis)) as object, unread: unread.map(({ at, why }) => `${at.file}:${at.line}: ${why}`) };
};

describe('expectations of the tests of QEMU', () => {
  it('are read from calls with a command line', () => {
    expect(told({ 'tests/test-x86-cpuid-compat.c': `
#include "libqtest.h"
typedef struct Args { const char *cmdline; int64_t expected_value; } Args;
static void check(const void *data) { const Args *args = data; qtest_start(args->cmdline); g_assert_cmpint(val, ==, args->expected_value); qtest_end(); }
static void add_cpuid_test(const char *name, const char *cmdline, const char *property, int64_t expected_value) { qtest_add_data_func(name, args, check); }
static Args *add_feature_test(const char *name, const char *cmdline, uint32_t eax, uint32_t ecx, const char *reg, int bitnr, bool expected_value) { }
static void plus(void)
{
    qtest_start("-cpu fast,"
                "+wings");
    g_assert_true(qom_get_bool(path, "wings"));
    g_assert_false(qom_get_bool(path, "wings"));
    g_assert_cmpint(level, ==, 4);
}
int main(void)
{
    add_cpuid_test("level", "-cpu fast", "level", 0x80000005);
    add_cpuid_test("auto", "-cpu fast,+wings", "level", 7);
    add_cpuid_test("old", "-machine box-1 -cpu fast", "level", 2);
    add_cpuid_test("wrong", "-M box-1 -cpu fast", "level", 1);
    add_cpuid_test("refused", "-cpu fast,broken", "level", 1);
    add_cpuid_test("fewer", "-cpu fast", "levels", 1);
    add_cpuid_test("smp", "-smp 2 -cpu fast", "level", 1);
    if (qtest_has_machine("box-0")) {
        add_cpuid_test("gone", "-machine box-0 -cpu fast", "level", 1);
    }
    if (qtest_has_machine("box-1"))
        add_cpuid_test("there", "-machine box-1 -cpu fast", "level", 2);
    if (sizeof(long) == 4) {
        add_cpuid_test("small", "-cpu fast", "level", 1);
    }
    add_cpuid_test("unguarded", "-machine box-0 -cpu fast", "level", 1);
    add_feature_test("word", "-cpu fast", 7, 0, "EAX", 2, true);
    add_feature_test("other word", "-cpu fast", 7, 0, "EAX", 3, true);
    add_feature_test("filtered", "-cpu fast", 0x80000007, 0, "EDX", 8, true);
    add_feature_test("off", "-cpu fast", 7, 0, "EBX", 2, false);
    add_feature_test("off too", "-cpu fast", 7, 1, "EAX", 3, false);
    return g_test_run();
}
` })).to.deep.equal({
      satisfied: ['plus: wings', 'level', 'auto', 'old', 'there', 'word', 'filtered', 'off'],
      skipped: ["gone: there is no machine type 'box-0'"],
      failed: [
        'plus: wings:12: wings is true, not false', 'wrong:20: level is 2, not 1', 'refused:21: broken indeed', 'fewer:22: the CPU has no levels',
        "unguarded:32: there is no machine type 'box-0'", 'other word:34: bit 3 of EAX of leaf 7/0 is false', 'off too:37: bit 3 of EAX of leaf 7/1 is true',
      ],
      unread: [
        'tests/test-x86-cpuid-compat.c:13: g_assert_cmpint() of something that is not read', "tests/test-x86-cpuid-compat.c:23: QEMU's options -smp 2 -cpu fast",
        'tests/test-x86-cpuid-compat.c:30: under the condition sizeof ( long ) == 4',
      ],
    });
  });

  it('are read from calls with model, features and machine type, which leave out a model that is not built in', () => {
    expect(told({ 'tests/qtest/test-x86-cpuid-compat.c': `
static void add_cpuid_test(const char *name, const char *cpu, const char *cpufeat, const char *machine, const char *property, int64_t expected_value)
{
    if (!qtest_has_cpu_model(cpu)) {
        return;
    }
}
int main(void)
{
    add_cpuid_test("level", "fast", NULL, NULL, "level", 0x80000005);
    add_cpuid_test("auto", "fast", "+wings", NULL, "level", 7);
    add_cpuid_test("old", "fast", "+x", "box-1", "level", 2);
    add_cpuid_test("slow", "slow", NULL, NULL, "level", 2);
}
` })).to.deep.equal({ satisfied: ['level', 'auto', 'old'], skipped: ["slow: there is no model 'slow'"], failed: [], unread: [] });
  });

  it('are read from tables', () => {
    expect(told({ 'tests/qtest/test-x86-cpuid-compat.c': `
typedef struct CpuTest {
    /* may be NULL */
    const char *name, *cpu;
    const char *cpufeat;
    const char *machine;
    const char *property;
    int64_t expected_value;
} CpuTest;
typedef struct FeatureTest { const char *name; const char *cpu; const char *cpufeat; uint32_t in_eax, in_ecx; const char *reg; int bitnr; bool expected_value; } FeatureTest;
static const CpuTest cpu_tests[] = {
    { "level", "fast", NULL, NULL, "level", 7, },
    { "auto", "fast", "+wings", NULL, "level", 7 },
    { "short", "fast" },
};
static const FeatureTest feature_tests[] = { { "word", "fast", NULL, 7, 0, "EAX", 2, true, } };
int main(void) { for (int i = 0; i < ARRAY_SIZE(cpu_tests); i++) { qtest_add_data_func(cpu_tests[i].name, &cpu_tests[i], test); } }
` })).to.deep.equal({
      satisfied: ['auto', 'word'], skipped: [], failed: ['level:12: level is 2147483653, not 7'],
      unread: ['tests/qtest/test-x86-cpuid-compat.c:14: 2 values for 6 fields'],
    });
  });

  const python = (text: string): unknown => told({ 'tests/functional/test_cpu_model_versions.py': text });

  it('of aliases are read, in loops and called methods too', () => {
    expect(python(`
import re
class Aliases(QemuSystemTest):
    """
    Aliases
    """
    def validate(self, all):
        for c in all.values():
            if 'alias-of' in c:
                self.assertIn(c['alias-of'], all, '%s' % (c['name']))
                # a comment
                self.assertNotIn('alias-of', all[c['alias-of']],
                                 'must not be an alias')

    def test_new(self):
        self.set_machine('box')
        self.vm.add_args('-S')
        self.vm.launch()
        cpus = dict((m['name'], m) for m in
                    self.vm.cmd('query-cpu-definitions'))
        self.assertFalse(cpus['fast']['static'], 'not static')
        self.assertEqual(cpus['fast'].get('alias-of'), 'fast-v2')
        self.assertEqual(cpus['fast'].get('alias-of'), 'fast-v1', "no")
        self.assertTrue(re.match('fast-v[0-9]+', cpus["fast"]['alias-of']))
        self.assertNotIn('slow', cpus, "it isn't")
        self.assertFalse(cpus['slow']['static'])
        self.validate(cpus)

    def test_old(self):
        """
        :avocado: tags=machine:box-1
        """
        cpus = dict((m['name'], m) for m in self.vm.command('query-cpu-definitions'))
        for name,c in cpus.items():
            self.assertNotIn('alias-of', c, "%s" % (name))
            self.assertIn('alias-of', c, "%s" % (name))

    def test_gone(self):
        self.set_machine('box-0')
        cpus = dict((m['name'], m) for m in self.vm.cmd('query-cpu-definitions'))
        self.assertNotIn('slow', cpus)

    def test_strange(self):
        self.vm.add_args('-no-such')
        self.assertTrue(False)
`)).to.deep.equal({
      satisfied: [...Array<string>(4).fill('Aliases.test_new'), ...Array<string>(2).fill('Aliases.test_new'), 'Aliases.test_old'],
      skipped: ["Aliases.test_gone: there is no machine type 'box-0'"],
      failed: [
        "Aliases.test_new:23: assertEqual(cpus [ 'fast' ] . get ( 'alias-of' ), 'fast-v1') does not hold", "Aliases.test_new:26: there is no 'slow'",
        "Aliases.test_old:36: assertIn('alias-of', c) does not hold",
      ],
      unread: ["tests/functional/test_cpu_model_versions.py:44: Aliases.test_strange: self . vm . add_args ( '-no-such' )"],
    });
  });

  it('of properties are read, with either way to start QEMU', () => {
    expect(python(`
def get_cpu_prop(vm, prop):
    cpu_path = vm.command('query-cpus')[0].get('qom_path')
    return vm.command('qom-get', path=cpu_path, property=prop)

class Old(Test):
    def test_both(self):
        vm = self.get_vm()
        vm.set_machine('box-1')
        vm.add_args('-cpu', 'fast,enforce=off')
        self.assertFalse(get_cpu_prop(vm, 'wings'), 'no')
        vm = self.get_vm()
        vm.add_args('-cpu', 'fast,+wings')
        self.assertTrue(get_cpu_prop(vm, 'wings'))
        self.assertFalse(get_cpu_prop(vm, 'wings'))

class New(Test):
    def get_it(self, what):
        path = self.vm.cmd('query-cpus-fast')[0].get('qom-path')
        return self.vm.cmd('qom-get', path=path, property=what)

    def test_set(self):
        self.set_vm_arg('-cpu',
                        'fast,'
                        '+wings')
        self.assertTrue(self.get_it('wings'))

    @skip
    def test_skipped(self):
        self.assertTrue(self.get_it('wings'))
`)).to.deep.equal({
      satisfied: ['Old.test_both', 'Old.test_both', 'New.test_set'], skipped: [],
      failed: ["Old.test_both:15: assertFalse(get_cpu_prop ( vm , 'wings' )) does not hold"],
      unread: ['tests/functional/test_cpu_model_versions.py:29: New.test_skipped has a decorator'],
    });
  });

  it('are a row of the conformance table, in which what is not understood counts as not met', () => {
    const files = { 'tests/test-x86-cpuid-compat.c': `
static void add_cpuid_test(const char *name, const char *cmdline, const char *property, int64_t expected_value) { }
int main(void)
{
    add_cpuid_test("level", "-cpu fast", "level", 0x80000005);
    add_cpuid_test("old", "-machine box-1 -cpu fast", "level", 3);
    add_cpuid_test("smp", "-smp 2 -cpu fast", "level", 1);
}
` };
    expect(conformsToTests(treeOf(files), analysis)).to.deep.equal({
      machines: 2, pairs: 3, exact: 1, lists: undefined, refused: 0, diagnostics: 0,
      differences: ['tests/test-x86-cpuid-compat.c:6: old (fast): level is 2, not 3', "tests/test-x86-cpuid-compat.c:7: not understood: QEMU's options -smp 2 -cpu fast"],
    });
    expect(conformsToTests(treeOf({ 'tests/test-other.c': '' }), analysis)).to.equal(undefined);
  });

  it('are none where the tree has no such tests', () => {
    expect(readExpectations(treeOf({ 'tests/test-other.c': 'int x;' }))).to.deep.equal({ files: [], expectations: [], unread: [] });
  });
});

describe('what the tests of real trees expect', function () {
  this.timeout(300_000);
  /** From 2.8 on a tree has them; what a release states is the same in the whole series. */
  for (const release of ['5.2', '7.2', '10.0']) {
    it(`is so in ${release}`, function () {
      if (trees === undefined) {
        console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
        return this.skip();
      }
      let stated: Expectations | undefined;
      for (const spec of readdirSync(trees).map((name) => join(trees, name))) {
        try {
          const tree = openSource(spec);
          const { major, minor } = identify(tree).version;
          if (`${major}.${minor}` !== release) continue;
          stated = readExpectations(tree);
          if (stated.files.length === 0) continue;
          expect(stated.unread).to.deep.equal([]);
          expect(stated.expectations.length).to.be.greaterThan(100);
          const { satisfied, failed } = checkExpectations(stated.expectations, analyse(tree, { accel: 'tcg' }));
          expect(failed.map(({ expectation: { at, name, cpu }, said }) => `${at.file}:${at.line}: ${name} ${cpu}: ${said}`)).to.deep.equal([]);
          expect(satisfied).to.have.length(stated.expectations.length);
          return;
        } catch (error) {
          if (stated !== undefined) throw error;
          continue; // something else is in there, too
        }
      }
      console.log(stated === undefined ? `      QEMU_TREES has no ${release}` : `      the ${release} in QEMU_TREES has no tests`);
      this.skip();
    });
  }
});
