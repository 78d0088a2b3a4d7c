import { expect } from 'chai';
import { givenSwitches, headerKind, readGivenHeaders } from '../../analyzer/source/build/given-headers.js';
import { SourceError } from '../../analyzer/source/tree.js';
import { Scratch } from './fixture.js';

describe('what a real build wrote down', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('is read from headers and make files', () => {
    const values = (text: string): Record<string, string | undefined> => Object.fromEntries([...givenSwitches(text)].map(([name, { value, line }]) => [name, `${value ?? 'off'} ${line}`]));
    expect(values('#ifndef CONFIG_HOST_H\n#define CONFIG_HOST_H\n#define CONFIG_KVM\n#define CONFIG_XEN 1\n#define CONFIG_NAME "a b"\n#undef CONFIG_BSD\n/* #undef CONFIG_OLD */\n'))
      .to.deep.equal({ CONFIG_KVM: 'y 3', CONFIG_XEN: 'y 4', CONFIG_NAME: '"a b" 5', CONFIG_BSD: 'off 6', CONFIG_OLD: 'off 7' });
    expect(values('# made\nCONFIG_KVM=y\nCONFIG_XEN=n\n# CONFIG_Q35 is not set\n')).to.deep.equal({ CONFIG_KVM: 'y 2', CONFIG_XEN: 'off 3', CONFIG_Q35: 'off 4' });
  });

  it('is told by the name of its file', () => {
    expect(['config-host.h', 'b/x86_64-softmmu-config-devices.h', 'x86_64-softmmu/config-target.mak', 'other.h'].map(headerKind)).to.deep.equal(['config-host', 'config-devices', 'config-target', undefined]);
  });

  it('a build directory has the files of its target', () => {
    scratch.write({ 'config-host.h': 'a', 'config-host.mak': 'b', 'x86_64-softmmu-config-devices.h': 'c', 'i386-softmmu-config-devices.h': 'd', 'notes.h': 'e' }, 'meson');
    scratch.write({ 'config-host.mak': 'a', 'x86_64-softmmu/config-devices.mak': 'b', 'i386-softmmu/config-devices.mak': 'c' }, 'make');
    const files = (directory: string, target: string): string[] => readGivenHeaders(scratch.path(directory), target).map(({ file }) => file.slice(scratch.path(directory).length + 1));
    expect(files('meson', 'x86_64')).to.deep.equal(['config-host.h', 'x86_64-softmmu-config-devices.h']);
    expect(files('meson', 'i386')).to.deep.equal(['config-host.h', 'i386-softmmu-config-devices.h']);
    expect(files('make', 'x86_64')).to.deep.equal(['config-host.mak', 'x86_64-softmmu/config-devices.mak']);
    scratch.write({ 'a.txt': '' }, 'none');
    for (const path of ['none', 'absent']) expect(() => readGivenHeaders(scratch.path(path), 'x86_64')).to.throw(SourceError, path);
  });
});
