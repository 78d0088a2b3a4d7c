import { expect } from 'chai';
import { switchesJson, switchesText } from '../../analyzer/render/build.js';
import { plain } from '../../analyzer/render/text.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import { decideBuild, type DecidedBuild } from '../../analyzer/x86/config.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { arraysTree, nestedTree } from './trees/trees.js';

const decide = (tree: SourceTree, more: object = {}): DecidedBuild => decideBuild(tree, { target: 'x86_64', define: new Map(), without: [], ...more });

describe('the switches of a build', () => {
  const tree = arraysTree();
  const found = (decided: DecidedBuild, name: string): string => {
    const { value, why, at, usedAt } = decided.switches.find((s) => s.name === name)!;
    return `${value ?? 'n'}; ${why}; ${at === undefined ? '-' : `${at.file}:${at.line}`}; ${usedAt.join(' ')}`;
  };

  it('are listed with value, reason, and where they decide', () => {
    const gate = (n: string): number => tree.read('meson.build')!.split('\n').findIndex((line) => line.includes(`when: '${n}'`)) + 1;
    const decided = decide(tree);
    expect(found(decided, 'CONFIG_RELIC')).to.equal(`n; no clause turns it on; -; meson.build:${gate('CONFIG_RELIC')}`);
    expect(found(decided, 'CONFIG_KVM')).to.match(/^y; decided by the building host; -; \S+:\d+/);
    expect(found(decided, 'CONFIG_BOARD')).to.match(/^y; CONFIG_BOARD=y; configs\/devices\/x86_64-softmmu\/default.mak:1; $/);
    expect(found(decide(tree, { define: new Map([['CONFIG_RELIC', 'y']]) }), 'CONFIG_RELIC')).to.match(/^y; given on the command line; -; /);
    expect(found(decide(nestedTree()), 'CONFIG_KVM')).to.match(/^y; written by configure; configure:5; .*Makefile.target:\d+/);
  });

  it('are printed', () => {
    const { switches, build } = decide(tree);
    const some = switches.filter(({ name }) => name === 'CONFIG_BOARD');
    expect(switchesText(some, build, plain)).to.equal('Switch        Value  Why\nCONFIG_BOARD  y      CONFIG_BOARD=y  configs/devices/x86_64-softmmu/default.mak:1\n\n1 switch, built on linux');
    expect(JSON.parse(switchesJson(some, ['x:1: what?']))).to.deep.equal({ switches: [{ name: 'CONFIG_BOARD', value: 'y', why: 'CONFIG_BOARD=y', at: 'configs/devices/x86_64-softmmu/default.mak:1', 'used-at': [] }], notes: ['x:1: what?'] });
  });

  describe('that a real build wrote down', () => {
    const header = (file: string, text: string): { file: string; text: string } => ({ file, text });
    const machines = (headers: readonly { file: string; text: string }[], more: object = {}): string[] =>
      analyse(tree, { accel: 'tcg', headers, ...more }).machines().map(({ name }) => name).filter((name) => /relic/.test(name));

    it('hold, with the file and line as the reason', () => {
      const headers = [header('build/x86_64-softmmu-config-devices.h', '/* made */\n#define CONFIG_RELIC 1\n')];
      const decided = decide(tree, { headers });
      expect(found(decided, 'CONFIG_RELIC')).to.match(/^y; given in build\/x86_64-softmmu-config-devices.h; build\/x86_64-softmmu-config-devices.h:2; /);
      expect([machines([]), machines(headers)].map((list) => list.length > 0)).to.deep.equal([false, true]);
    });

    it('are off where the header leaves them out', () => {
      const headers = [header('config-host.h', '#define QEMU_VERSION_MAJOR 7\n#define QEMU_VERSION_MINOR 3\n')];
      expect(found(decide(tree, { headers }), 'CONFIG_POSIX')).to.match(/^n; not in config-host.h; -; /);
      expect(found(decide(tree), 'CONFIG_POSIX')).to.match(/^y; /);
      expect(decide(tree, { headers }).build.headers.get('config-host.h')).to.equal(headers[0]!.text);
    });

    it('give way to the command line', () => {
      const headers = [header('config-devices.mak', 'CONFIG_BOARD=y\nCONFIG_RELIC=y\n')];
      expect(machines(headers).length).to.equal(1);
      expect(machines(headers, { without: ['CONFIG_RELIC'] })).to.deep.equal([]);
    });
  });
});
