import type { Files } from './files.js';

const KVM_ONLY = /\/kvm\//;
const RELIC_ONLY = /\/relic\//;
// compiled once for all targets: they do not see the target's configuration
const COMMON = /^(?:qom|util|qapi)\//;

function sources(files: Files): string[] {
  return Object.keys(files).filter((path) => path.endsWith('.c')).sort();
}

function list(paths: readonly string[]): string {
  return paths.map((path) => `'${path}'`).join(', ');
}

/** The build files of a tree that meson builds: the relic board is off unless asked for. */
export function mesonBuild(files: Files): Files {
  const all = sources(files);
  const plain = all.filter((path) => !KVM_ONLY.test(path) && !RELIC_ONLY.test(path));
  return {
    configure: `for opt do case "$opt" in --target-list=*) targets=\${opt#*=};; --disable-kvm) kvm=disabled;; esac; done
echo "TARGET_DIRS=$targets" > config-host.mak
meson setup -Dkvm=\${kvm-auto}
`,
    'meson_options.txt': "option('kvm', type: 'feature', value: 'auto')\n",
    'meson.build': `project('emulator', ['c'], version: files('VERSION'))
ss = import('sourceset')
keyval = import('keyval')
config_host = keyval.load(meson.current_build_dir() / 'config-host.mak')
target = config_host['TARGET_DIRS'].split()[0]
host_data = configuration_data()
host_data.set('CONFIG_POSIX', 1)
host_data.set('QEMU_VERSION_MAJOR', meson.project_version().split('.')[0])
host_data.set('QEMU_VERSION_MINOR', meson.project_version().split('.')[1])
target_data = configuration_data()
target_data.set('TARGET_X86_64', 1)
assignments = []
config_all = {}
if get_option('kvm').allowed()
  assignments += 'CONFIG_KVM=y'
  config_all += {'CONFIG_KVM': 'y'}
  target_data.set('CONFIG_KVM', 1)
endif
devices_mak = configure_file(output: target + '-config-devices.mak', capture: true,
  input: ['configs/devices/x86_64-softmmu/default.mak', 'Kconfig'],
  command: [find_program('scripts/minikconf.py'), '--defconfig', target + '-config-devices.mak', '@DEPFILE@', '@INPUT@', assignments])
config_all += keyval.load(devices_mak)
configure_file(output: 'config-host.h', configuration: host_data)
configure_file(output: target + '-config-target.h', configuration: target_data)
common_ss = ss.source_set()
specific_ss = ss.source_set()
common_ss.add(files(${list(plain.filter((path) => COMMON.test(path)))}))
specific_ss.add(files(${list(plain.filter((path) => !COMMON.test(path)))}))
specific_ss.add(when: 'CONFIG_KVM', if_true: files(${list(all.filter((path) => KVM_ONLY.test(path)))}))
specific_ss.add(when: 'CONFIG_RELIC', if_true: files(${list(all.filter((path) => RELIC_ONLY.test(path)))}))
common = static_library('common', common_ss.apply(config_all).sources())
lib = static_library('emulator', specific_ss.apply(config_all).sources(),
  c_args: ['-DNEED_CPU_H', '-DCONFIG_TARGET="@0@-config-target.h"'.format(target)],
  objects: common.extract_all_objects())
executable('qemu-system-x86_64', objects: lib.extract_all_objects(recursive: true))
`,
    Kconfig: 'config KVM\n    bool\nconfig BOARD\n    bool\n    default y\nconfig RELIC\n    bool\n',
    'configs/devices/x86_64-softmmu/default.mak': 'CONFIG_BOARD=y\n',
  };
}

/** The build files of a tree that make builds. */
export function makeBuild(files: Files): Files {
  const object = (path: string): string => path.replace(/\.c$/, '.o');
  const all = sources(files);
  const plain = all.filter((path) => !KVM_ONLY.test(path) && !RELIC_ONLY.test(path));
  const objects = (paths: readonly string[]): string => paths.map(object).join(' ');
  return {
    configure: `mkdir -p x86_64-softmmu
echo "CONFIG_POSIX=y" > config-host.mak
echo "SRC_PATH=/qemu" >> config-host.mak
echo "TARGET_X86_64=y" > x86_64-softmmu/config-target.mak
echo "CONFIG_KVM=y" >> x86_64-softmmu/config-target.mak
`,
    'scripts/create_config': `#!/bin/sh
while read line; do
case $line in
 CONFIG_*=y|TARGET_*=y) name=\${line%=*}; echo "#define $name 1";;
esac
done
`,
    'default-configs/x86_64-softmmu.mak': 'CONFIG_BOARD=y\n',
    Makefile: 'include config-host.mak\n',
    'Makefile.objs': `common-obj-y = ${objects(plain.filter((path) => COMMON.test(path)))}\n`,
    'Makefile.target': `include ../config-host.mak
include config-target.mak
include config-devices.mak
include $(SRC_PATH)/rules.mak
QEMU_CFLAGS += -DNEED_CPU_H
obj-y = ${objects(plain.filter((path) => !COMMON.test(path)))}
obj-$(CONFIG_KVM) += ${objects(all.filter((path) => KVM_ONLY.test(path)))}
obj-$(CONFIG_RELIC) += ${objects(all.filter((path) => RELIC_ONLY.test(path)))}
include $(SRC_PATH)/Makefile.objs
all-obj-y = $(obj-y) $(addprefix ../,$(common-obj-y))
qemu-system-x86_64: $(all-obj-y)
	link
`,
    'rules.mak': '',
  };
}
