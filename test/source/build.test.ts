import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Build, type BuildOptions, evaluateBuild } from '../../analyzer/source/build/build.js';
import { DirectoryTree } from '../../analyzer/source/directory.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { treeWithSources } from './build-tree.js';

const evaluate = (tree: SourceTree, options: Partial<BuildOptions> = {}): Build => evaluateBuild(tree, { target: 'x86_64', define: new Map(), without: [], ...options });

/** A small tree that meson builds. */
const MESON = {
  VERSION: '7.1.2\n',
  configure: `for opt do case "$opt" in --target-list=*) targets=\${opt#*=};; --disable-kvm) kvm=disabled;; --without-default-features) auto=disabled;;
  --with-devices=*) devices=\${opt#*=};; --enable-kvm) kvm=enabled;; esac; done
echo "[properties]" > machine.new
test -n "$devices" && echo "x86_64-softmmu = '$devices'" >> machine.new
mv machine.new machine.ini
echo "CONFIG_POSIX=y" > config-host.mak
echo "TARGET_DIRS=$targets" >> config-host.mak
meson setup -Dkvm=\${kvm-auto} -Dauto_features=\${auto-auto} --native-file machine.ini`,
  'meson_options.txt': "option('kvm', type: 'feature', value: 'auto')\noption('logger', type: 'array', choices: ['log', 'none'], value: ['log'])\n",
  'meson.build': `project('emulator', ['c'], version: files('VERSION'))
ss = import('sourceset')
keyval = import('keyval')
cc = meson.get_compiler('c')
config_host = keyval.load(meson.current_build_dir() / 'config-host.mak')
host_data = configuration_data()
host_data.set('CONFIG_POSIX', 1)
host_data.set('CONFIG_SPLICE', cc.has_header('linux/kvm.h'))
host_data.set('CONFIG_WIN32', host_machine.system() == 'windows')
host_data.set_quoted('VERSION_TEXT', meson.project_version())
xen = dependency('xencontrol', required: false)
zlib = dependency('zlib')
target = config_host['TARGET_DIRS'].split()[0]
accel = []
if get_option('kvm').allowed()
  accel += 'CONFIG_KVM'
endif
assignments = []
foreach a : accel
  assignments += a + '=y'
endforeach
minikconf = find_program('scripts/minikconf.py')
devices_mak = configure_file(output: target + '-config-devices.mak', capture: true,
  input: ['configs' / target / meson.get_external_property(target, 'default') + '.mak', 'Kconfig'],
  command: [minikconf, '--defconfig', target + '-config-devices.mak', '@DEPFILE@', '@INPUT@', assignments])
devices = keyval.load(devices_mak)
devices_data = configuration_data()
foreach k, v : devices
  devices_data.set(k, 1)
endforeach
configure_file(output: 'config-host.h', configuration: host_data)
configure_file(output: target + '-config-devices.h', configuration: devices_data)
common_ss = ss.source_set()
specific_ss = ss.source_set()
stub_ss = ss.source_set()
hw_arch = {}
subdir('hw')
some_unknown_function('x')
stubs = static_library('stubs', stub_ss.apply({}).sources())
common = static_library('common', common_ss.all_sources())
config = devices
foreach a : accel
  config += {a: 'y'}
endforeach
objects = common.extract_objects(common_ss.apply(config, strict: false).sources())
board = hw_arch['i386'].apply(config, strict: false)
lib = static_library('emulator-' + target, sources: specific_ss.apply(config, strict: false).sources() + board.sources(),
  c_args: ['-DPER_TARGET', '-DCONFIG_DEVICES="@0@-config-devices.h"'.format(target)], objects: objects)
foreach exe : [{'name': 'qemu-system-' + target.split('-')[0]}]
  executable(exe['name'], files('main.c'), objects: lib.extract_all_objects(recursive: true),
    dependencies: declare_dependency(link_with: stubs))
endforeach
error('not reached')
`,
  'hw/meson.build': `common_ss.add(files('core.c'))
common_ss.add(when: 'CONFIG_CARD', if_true: files('card.c'), if_false: files('card-stub.c'))
common_ss.add(when: ['CONFIG_CARD', 'CONFIG_LASER'], if_true: files('laser-card.c'))
specific_ss.add(when: 'CONFIG_KVM', if_true: files('kvm.c'), if_false: files('kvm-off.c'))
specific_ss.add(when: xen, if_true: files('xen.c'))
specific_ss.add(when: [zlib, 'CONFIG_CARD'], if_true: [files('zip.c'), zlib])
stub_ss.add(files('stub.c'))
i386_ss = ss.source_set()
i386_ss.add(when: 'CONFIG_BOARD', if_true: 'board.c')
hw_arch += {'i386': i386_ss}
`,
  'configs/x86_64-softmmu/default.mak': 'CONFIG_BOARD=y\n',
  'configs/x86_64-softmmu/small.mak': 'CONFIG_LASER=y\n',
  'configs/i386-softmmu/default.mak': 'CONFIG_LASER=y\n',
  Kconfig: 'config BOARD\n imply CARD\nconfig CARD\n depends on KVM\nconfig LASER\nconfig KVM\nconfig EMPTY\n',
};
const MESON_SOURCES = ['main.c', ...['core', 'card', 'card-stub', 'laser-card', 'kvm', 'kvm-off', 'xen', 'zip', 'stub', 'board'].map((name) => `hw/${name}.c`)];

/** A small tree that make builds. */
const MAKE = {
  VERSION: '2.3.4\n',
  configure: `mkdir -p x86_64-softmmu
echo "CONFIG_POSIX=y" > config-host.mak
echo "SRC_PATH=/qemu" >> config-host.mak
echo "TARGET_X86_64=y" > x86_64-softmmu/config-target.mak
echo "CONFIG_KVM=y" >> x86_64-softmmu/config-target.mak
echo "BASE=i386" >> x86_64-softmmu/config-target.mak
pkg-config --exists spice-server && echo "CONFIG_SPICE=y" >> config-host.mak
true
`,
  'default-configs/x86_64-softmmu.mak': 'include bus.mak\nCONFIG_DISPLAY=$(CONFIG_SPICE)\nCONFIG_LASER=$(CONFIG_XEN)\n',
  'default-configs/bus.mak': 'CONFIG_BUS=y\n',
  Makefile: 'include config-host.mak\nlibqemustub.a: $(stub-obj-y)\n\tar $^\n',
  'Makefile.objs': 'stub-obj-y = stubs/nothing.o stubs/kvm.o\ncommon-obj-y = util.o\ncommon-obj-$(CONFIG_DISPLAY) += display.o\n',
  'Makefile.target': `include ../config-host.mak
include config-target.mak
include config-devices.mak
include $(SRC_PATH)/rules.mak
QEMU_CFLAGS += -DPER_TARGET
obj-y = exec.o
obj-$(CONFIG_KVM) += kvm.o
obj-$(CONFIG_BUS) += hw/../hw/bus.o
obj-$(CONFIG_LASER) += laser.o
obj-y += generated.o
include $(SRC_PATH)/Makefile.objs
all-obj-y = $(obj-y) $(addprefix ../,$(common-obj-y))
qemu-system-x86_64: $(all-obj-y) ../libqemustub.a
	link
`,
  'rules.mak': 'unnest-vars =\n',
  'scripts/create_config': 'while read line; do case $line in BASE=*) echo "#define TARGET_I386 1";; *=y) echo "#define ${line%=*} 1";; esac; done\n',
};
const MAKE_SOURCES = ['exec.c', 'kvm.c', 'hw/bus.c', 'laser.c', 'util.c', 'display.c', 'stubs/nothing.c', 'stubs/kvm.c'];

describe('what is in the build', () => {
  describe('of a tree that meson builds', () => {
    const tree = treeWithSources(MESON, MESON_SOURCES);

    it('are the files whose conditions hold', () => {
      expect(evaluate(tree).files).to.deep.equal(['hw/board.c', 'hw/card.c', 'hw/core.c', 'hw/kvm.c', 'hw/stub.c', 'hw/zip.c', 'main.c']);
    });

    it('changes with the target', () => {
      expect(evaluate(tree, { target: 'i386' }).files).to.deep.equal(['hw/card-stub.c', 'hw/core.c', 'hw/kvm.c', 'hw/stub.c', 'main.c']);
    });

    it('changes with what the user turns on and off', () => {
      const build = evaluate(tree, { define: new Map([['CONFIG_LASER', 'y'], ['CONFIG_XEN', 'y']]), without: ['CONFIG_BOARD'] });
      expect(build.files).to.deep.equal(['hw/card-stub.c', 'hw/core.c', 'hw/kvm.c', 'hw/stub.c', 'hw/xen.c', 'main.c']);
      expect(build.switches.get('CONFIG_BOARD')).to.deep.equal({ name: 'CONFIG_BOARD', value: undefined, why: 'given on the command line', at: undefined });
      expect(build.headers.get('x86_64-softmmu-config-devices.h')).to.contain('#define CONFIG_LASER 1').and.not.contain('CONFIG_BOARD');
    });

    it('reaches options through configure', () => {
      expect(evaluate(tree, { without: ['CONFIG_KVM'] }).files).to.include('hw/kvm-off.c').and.not.include('hw/card.c');
    });

    it('is what configure is told: another list of devices, no feature but those that are asked for', () => {
      const small = evaluate(tree, { configure: ['--with-devices=small'] });
      expect(small.files).to.include('hw/card-stub.c').and.not.include('hw/board.c');
      expect(small.switches.get('CONFIG_LASER')?.value).to.equal('y');
      expect(evaluate(tree, { configure: ['--without-default-features', '--target-list=arm-softmmu'] }).files).to.include('hw/kvm-off.c');
      expect(evaluate(tree, { configure: ['--without-default-features'], define: new Map([['CONFIG_KVM', 'y']]) }).files).to.include('hw/kvm.c');
    });

    it('gives the generated headers', () => {
      const { headers } = evaluate(tree);
      expect(headers.get('config-host.h')).to.contain('#define CONFIG_POSIX 1\n#define CONFIG_SPLICE\n#undef CONFIG_WIN32\n#define VERSION_TEXT "7.1.2"\n');
      expect(headers.get('x86_64-softmmu-config-devices.h')).to.contain('#define CONFIG_BOARD 1\n');
      expect(headers.get('config-devices.h')).to.equal(headers.get('x86_64-softmmu-config-devices.h'));
      expect(headers.get('qemu-version.h')).to.contain('#define QEMU_PKGVERSION ""').and.contain('#define QEMU_FULL_VERSION "7.1.2"');
    });

    it('puts the packager\'s version string into the headers', () => {
      const { headers } = evaluate(tree, { define: new Map([['QEMU_PKGVERSION', 'Pack 1']]) });
      expect(headers.get('qemu-version.h')).to.contain('#define QEMU_FULL_VERSION "7.1.2 (Pack 1)"');
    });

    it('knows the macros of target-specific code, and what is in a library', () => {
      const build = evaluate(tree);
      expect([...build.macrosFor('hw/kvm.c')]).to.deep.equal([['PER_TARGET', '1'], ['CONFIG_DEVICES', '"x86_64-softmmu-config-devices.h"']]);
      expect([...build.macrosFor('hw/core.c')]).to.deep.equal([]);
      expect([...build.archived]).to.deep.equal(['hw/stub.c']);
    });

    it('says why each switch is what it is', () => {
      const { switches } = evaluate(tree);
      expect(switches.get('CONFIG_CARD')).to.deep.equal({ name: 'CONFIG_CARD', value: 'y', why: 'config BOARD: imply CARD', at: { file: 'Kconfig', line: 2 } });
      expect(switches.get('CONFIG_POSIX')).to.deep.equal({ name: 'CONFIG_POSIX', value: 'y', why: 'written by configure', at: { file: 'configure', line: 6 } });
      expect(switches.get('CONFIG_SPLICE')?.at).to.deep.equal({ file: 'meson.build', line: 8 });
      expect(switches.get('CONFIG_LASER')?.value).to.equal(undefined);
      expect(switches.get('CONFIG_XEN')?.why).to.match(/^the building host is taken to lack Xen: /);
    });

    it('notes what it does not understand, and goes on', () => {
      expect(evaluate(tree).notes).to.deep.equal(["meson.build:38: meson's some_unknown_function() is not known"]);
    });

    it('notes that the program was not reached', () => {
      const broken = treeWithSources({ ...MESON, 'meson.build': MESON['meson.build'].replace('executable(', 'custom_target(') }, MESON_SOURCES);
      expect(evaluate(broken).notes).to.include('meson.build: qemu-system-x86_64 is not reached');
    });

    it('for an accelerator that only another system has: as there', () => {
      const accelerators = `
if host_machine.system() == 'netbsd' and cc.find_library('nvmm', required: false).found()
  accel += 'CONFIG_NVMM'
endif
hvf = dependency('appleframeworks', modules: 'Hypervisor', required: false)
if hvf.found()
  accel += 'CONFIG_HVF'
endif
assignments = []`;
      const hosts = treeWithSources({
        ...MESON,
        'meson.build': MESON['meson.build'].replace('\nassignments = []', accelerators)
          .replace("if get_option('kvm').allowed()", "if host_machine.system() == 'linux'")
          .replace("executable(exe['name']", "executable(exe['name'] + (hvf.found() ? '-unsigned' : '')"),
        'hw/meson.build': MESON['hw/meson.build'] + "specific_ss.add(when: 'CONFIG_NVMM', if_true: files('nvmm.c'))\nspecific_ss.add(when: 'CONFIG_HVF', if_true: files('hvf.c'))\n",
        Kconfig: MESON.Kconfig + 'config NVMM\nconfig HVF\n',
      }, [...MESON_SOURCES, 'hw/nvmm.c', 'hw/hvf.c']);
      const of = (accel?: string): string[] => {
        const { os, files, switches } = evaluate(hosts, accel === undefined ? {} : { accel });
        return [os, ...files.filter((f) => /(?:kvm|hvf|nvmm)\.c/.test(f)), `splice ${switches.get('CONFIG_SPLICE')?.value ?? 'n'}`, `card ${switches.get('CONFIG_CARD')?.value ?? 'n'}`];
      };
      const linux = ['linux', 'hw/kvm.c', 'splice y', 'card y'];
      expect([of(), of('kvm'), of('tcg')]).to.deep.equal([linux, linux, linux]);
      expect(of('hvf')).to.deep.equal(['darwin', 'hw/hvf.c', 'splice n', 'card n']);
      expect(of('nvmm')).to.deep.equal(['netbsd', 'hw/nvmm.c', 'splice n', 'card n']);
    });

    it('made by build_target()', () => {
      const built = treeWithSources({ ...MESON, 'meson.build': MESON['meson.build'].replace('executable(exe', "build_target(kwargs: {'target_type': 'executable'}, exe").replace('static_library(\'emulator', "build_target(target_type: 'static_library', 'emulator") }, MESON_SOURCES);
      expect(evaluate(built).files).to.deep.equal(evaluate(tree).files);
    });
  });

  describe('of a tree that make builds', () => {
    const tree = treeWithSources(MAKE, MAKE_SOURCES);

    it('are the objects that the program is linked of', () => {
      const build = evaluate(tree);
      expect(build.notes).to.deep.equal([]);
      expect(build.files).to.deep.equal(['display.c', 'exec.c', 'hw/bus.c', 'kvm.c', 'stubs/kvm.c', 'stubs/nothing.c', 'util.c']);
      expect([...build.archived]).to.deep.equal(['stubs/kvm.c', 'stubs/nothing.c']);
      expect(build.isCompiled('laser.c')).to.equal(false);
    });

    it('follows the device configuration to what it refers to', () => {
      const { switches } = evaluate(tree);
      expect(switches.get('CONFIG_DISPLAY')).to.deep.equal({ name: 'CONFIG_DISPLAY', value: 'y', why: 'CONFIG_DISPLAY=$(CONFIG_SPICE)', at: { file: 'default-configs/x86_64-softmmu.mak', line: 2 } });
      expect(switches.get('CONFIG_LASER')?.value).to.equal(undefined);
    });

    it('changes with what the user turns on and off', () => {
      expect(evaluate(tree, { define: new Map([['CONFIG_LASER', 'y']]), without: ['CONFIG_BUS'] }).files).to.include('laser.c').and.not.include('hw/bus.c');
    });

    it('gives the generated headers and the macros of target-specific code', () => {
      const build = evaluate(tree);
      expect(build.headers.get('config-target.h')).to.equal('#define TARGET_X86_64 1\n#define CONFIG_KVM 1\n#define TARGET_I386 1\n');
      expect(build.switches.get('TARGET_I386')).to.deep.equal({ name: 'TARGET_I386', value: 'y', why: 'defined in config-target.h', at: undefined });
      expect(build.headers.get('config-host.h')).to.contain('#define CONFIG_SPICE 1\n');
      expect([...build.macrosFor('kvm.c')]).to.deep.equal([['PER_TARGET', '1']]);
      expect([...build.macrosFor('util.c')]).to.deep.equal([]);
    });
  });

  it('takes what the packaging enables', () => {
    const control = 'Build-Depends:\n# --enable-xen\tlinux-amd64|linux-i386\n libxen-dev,\n';
    expect(evaluate(treeWithSources({ ...MESON, 'debian/control': control }, MESON_SOURCES)).files).to.include('hw/xen.c');
    expect(evaluate(treeWithSources({ ...MESON, 'debian/control': control }, MESON_SOURCES), { without: ['CONFIG_XEN'] }).files).to.not.include('hw/xen.c');
  });

  describe('of real trees', () => {
    const trees = process.env['QEMU_TREES'];
    const names = trees === undefined ? [] : readdirSync(trees).filter((name) => existsSync(join(trees, name, 'configure')) && existsSync(join(trees, name, 'VERSION')));
    before(function () {
      // QEMU_TREES names a directory that holds QEMU source trees
      if (names.length === 0) this.skip();
    });

    it('is worked out without a gap', function () {
      this.timeout(120_000);
      for (const name of names) {
        const tree = new DirectoryTree(join(trees ?? '', name));
        for (const target of ['x86_64', 'i386'] as const) {
          const { notes, files, headers } = evaluate(tree, { target });
          expect(notes, name).to.deep.equal([]);
          const cpu = tree.has('target/i386/cpu.c') ? 'target/i386' : 'target-i386';
          expect(files, name).to.include.members([`${cpu}/cpu.c`, 'hw/i386/pc_piix.c', 'hw/i386/pc_q35.c', 'qom/object.c', 'hw/core/qdev.c']);
          expect(files.some((path) => /^target[-/](i386\/(kvm\/)?)kvm\.c$/.test(path)), name).to.equal(true);
          expect(files.filter((path) => /^(target[-/](?!i386|info)|hw\/(arm|ppc|sparc|s390x)\/)/.test(path)), name).to.deep.equal([]);
          expect(headers.get('config-target.h'), name).to.match(/#define TARGET_I386 1/);
          expect(headers.get('config-host.h'), name).to.match(/#define QEMU_VERSION "/).and.match(/^#define CONFIG_LINUX\b/m);
          expect(/TARGET_X86_64/.test(headers.get('config-target.h') ?? ''), name).to.equal(target === 'x86_64');
        }
      }
    });
  });
});
