import { expect } from 'chai';
import { acceleratorsJson, acceleratorsText } from '../../analyzer/render/build.js';
import { plain } from '../../analyzer/render/text.js';
import { accelerators } from '../../analyzer/x86/known-accelerators.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { strangeFork } from './trees/strange-fork.js';
import { arraysTree } from './trees/trees.js';

const options = { target: 'x86_64', define: new Map<string, string>(), without: [] } as const;

describe('the accelerators that a tree knows', () => {
  it('are those that its builds register, a vendor\'s own too', () => {
    const tree = strangeFork();
    const list = accelerators(tree, options);
    expect(list.map(({ name }) => name)).to.have.members(['tcg', 'kvm', 'hvx']);
    for (const { name, at } of list) {
      const [file, line] = at!.split(':') as [string, string];
      expect(tree.read(file)!.split('\n').slice(Number(line) - 1, Number(line) + 3).join(), name).to.include(`ACCEL_CLASS_NAME("${name}")`);
    }
  });

  it('may be built on some systems only, and have a class of their own for CPUs', () => {
    const tree = arraysTree();
    const there: SourceTree = {
      origin: tree.origin,
      has: (path) => tree.has(path),
      list: (path) => tree.list(path),
      read: (path) => {
        const text = tree.read(path);
        if (path === 'meson.build') return text?.replace("if get_option('kvm').allowed()", "if host_machine.system() == 'netbsd'");
        return path === 'target/i386/tcg/tcg-cpu.c' ? text?.replace('"tcg-" TYPE_ACCEL_CPU,', '"tcg-accel-x86_64-cpu",') : text;
      },
    };
    expect(accelerators(there, options).map(({ name, systems, cpuClass }) => `${name}: ${systems.join(' ')} ${cpuClass}`)).to.have.members(['tcg: linux darwin windows netbsd true', 'kvm: netbsd false']);
  });

  it('are printed', () => {
    const list = [{ name: 'kvm', systems: ['linux'], at: 'accel/kvm/kvm-all.c:7', cpuClass: true }];
    expect(acceleratorsText(list, plain)).to.equal('Accelerator  Built on                        Registered at\nkvm          linux     CPU class of its own  accel/kvm/kvm-all.c:7\n\n1 accelerator');
    expect(JSON.parse(acceleratorsJson(list))).to.deep.equal([{ name: 'kvm', systems: ['linux'], 'cpu-class': true, at: 'accel/kvm/kvm-all.c:7' }]);
  });
});
