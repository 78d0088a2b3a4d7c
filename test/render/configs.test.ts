import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderConfigs, type ConfigOptions, type ConfigSet } from '../../analyzer/render/configs.js';
import { limitToFormat } from '../../analyzer/render/format.js';
import { analysisOf, type Recording } from './recording.js';
import { small } from './small.js';
import type { NotSet, Setting } from '../../analyzer/render/settings.js';

const readconfig: ConfigOptions = { mode: 'base', format: 'readconfig', target: 'x86_64', template: undefined };

function render(options: ConfigOptions = readconfig, recording: Recording = small): ConfigSet {
  const analysis = analysisOf(recording);
  const pairs = analysis.machines().flatMap(({ name: machine }) => analysis.models(machine).map(({ name: model }) => ({ machine, model })));
  return renderConfigs([{ analysis, pairs }], options);
}

function text(configs: ConfigSet, path: string): string {
  return configs.files.get(configs.links.get(path)!)!;
}

describe('generated configurations', () => {
  it('set every property of the CPU on the type without model data', () => {
    expect(text(render(), 'kvm/board-1.10/Zeta.cfg')).to.equal(`# Configuration for -cpu bare. Every property is set: nothing is left to the
# machine type, the accelerator or the release.
#
# QEMU      9.8.7 (Example 1:9.8.7-1)
# Source    qemu-src/example
# Mode      base, driver bare-cpu
#
# The same CPU as, with accelerator kvm:
#   Zeta
#     on board-1.10
#   Zeta-v1
#     on board-1.9, board-1.10
#
# Use it with
#   qemu-system-x86_64 -machine board-1.9,accel=kvm \\
#     -cpu bare -readconfig kvm/board-1.9/Zeta-v1.cfg

[global]
  driver = "bare-cpu"
  property = "depth"
  value = "-1"

[global]
  driver = "bare-cpu"
  property = "mask"
  value = "18446744073709551600"

[global]
  driver = "bare-cpu"
  property = "name"
  value = "Zeta (fast)"

[global]
  driver = "bare-cpu"
  property = "quick"
  value = "on"

[global]
  driver = "bare-cpu"
  property = "wide"
  value = "on"
`);
  });

  it('name what the host decides and what the syntax cannot express, and do not set it', () => {
    const plain = text(render(), 'kvm/board-1.9/plain.cfg');
    expect(plain).to.include('# The host decides, not set here:\n#   vendor\n');
    expect(plain).to.include('# NOT THE WHOLE CPU: cannot be set, and is otherwise in the named model:\n#   name\n#     the value contains a double quote, for which config files have no escape\n');
    expect(plain).not.to.include('property = "name"');
    expect(plain).not.to.include('property = "vendor"');
  });

  it('take from the host, on the command line, what a named model gets from it', () => {
    const vendor = `vendor="$(awk '/^vendor_id/ {print $3; exit}' /proc/cpuinfo)"`;
    expect(text(render(), 'kvm/board-1.9/plain.cfg')).to.include(`#   qemu-system-x86_64 -machine board-1.9,accel=kvm \\\n#     -cpu bare,${vendor} \\\n#     -readconfig kvm/board-1.9/plain.cfg\n`);
    expect(text(render({ ...readconfig, format: 'cmdline' }), 'kvm/board-1.9/plain.args')).to.include(`-machine board-1.9,accel=kvm \\\n#     -global bare-cpu.${vendor}\n`);
    expect(render().usage('kvm/board-1.9/plain.cfg', 'out').join('\n')).to.include('-readconfig out/kvm/board-1.9/plain.cfg');
  });

  it('say so where the host decides more than that', () => {
    const configs = render(readconfig, { ...small, hostDependent: { plain: ['depth', 'vendor'] } });
    expect(text(configs, 'kvm/board-1.9/plain.cfg')).to.include('# NOT THE WHOLE CPU: the host decides');
    expect(text(configs, 'kvm/board-1.9/Zeta.cfg')).not.to.include('NOT THE WHOLE CPU');
    expect(configs.incomplete).to.deep.include({ accel: 'kvm', machine: 'board-1.9', model: 'plain', mode: 'base', leftToHost: ['depth'], notSet: ['name'], leaves: [] });
  });

  it('set everything on the named, versioned model in mode pinned', () => {
    const configs = render({ ...readconfig, mode: 'pinned' });
    const zeta = text(configs, 'kvm/board-1.10/Zeta.cfg');
    expect(zeta).to.include('# Mode      pinned, driver zeta-v1-cpu\n').and.to.include('driver = "zeta-v1-cpu"\n  property = "depth"').and.to.include('-cpu Zeta-v1 -readconfig');
    // a machine type from before there were versions: what the name stands for on the default one
    expect(text(configs, 'kvm/board-1.9/Zeta.cfg')).to.include('driver = "zeta-v1-cpu"\n  property = "quick"\n  value = "off"');
    // QEMU gives the named model its vendor
    expect(text(configs, 'kvm/board-1.9/plain.cfg')).to.include('-cpu plain -readconfig').and.to.include('# The host decides, not set here:\n#   vendor\n');
  });

  it('are by default of the mode that makes the whole CPU', () => {
    const configs = render({ ...readconfig, mode: 'auto' });
    const index = JSON.parse(configs.files.get('index.json')!) as { mode: string; pairs: Record<string, Record<string, Record<string, { mode: string; cpu: string; driver: string }>>> };
    expect(index.mode).to.equal('auto');
    expect(index.pairs['board-1.9']!['Zeta']!['kvm']).to.include({ mode: 'base', cpu: 'bare', driver: 'bare-cpu' });
    expect(index.pairs['board-1.9']!['plain']!['kvm']).to.include({ mode: 'pinned', cpu: 'plain', driver: 'plain-cpu' });
    expect(text(configs, 'kvm/board-1.9/plain.cfg')).to.include('# Cannot be set, and is the same all the same:\n#   name\n').and.not.to.include('NOT THE WHOLE CPU');
    expect(configs.incomplete).to.deep.equal([]);
    expect(render().incomplete.map(({ machine, model, notSet }) => [machine, model, notSet])).to.deep.equal([['board-1.9', 'plain', ['name']], ['board-1.10', 'plain', ['name']]]);
  });

  it('turn off, if they are to, what the accelerator leaves out', () => {
    const filtering = { ...small, filtered: { zeta: ['quick'] } };
    expect(text(render(readconfig, filtering), 'kvm/board-1.10/Zeta.cfg')).to.include('property = "quick"\n  value = "on"');
    const zeta = text(render({ ...readconfig, pinFiltered: true }, filtering), 'kvm/board-1.10/Zeta.cfg');
    expect(zeta).to.include('property = "quick"\n  value = "off"').and.to.include('# that a later release which has them does not turn them on:\n#   quick\n');
    expect(text(render({ ...readconfig, pinFiltered: true, format: 'json' }, filtering), 'kvm/board-1.10/Zeta.json')).to.include('"quick": false');
  });

  it('are pinned by default where the tree has no type without model data', () => {
    const old: Recording = { ...small, definitions: Object.fromEntries(Object.entries(small.definitions).map(([machine, models]) => [machine, Object.fromEntries(Object.entries(models).map(([model, { typename }]) => [model, { typename: typename! }]))])) };
    expect(text(render({ ...readconfig, mode: 'auto' }, old), 'kvm/board-1.9/Zeta.cfg')).to.include('# Mode      pinned, driver zeta-cpu\n');
  });

  it('set neither links to other objects nor what has no setter', () => {
    const zeta = text(render(), 'kvm/board-1.9/Zeta.cfg');
    expect(zeta).not.to.include('"memory"');
    expect(zeta).not.to.include('"readable-only"');
  });

  it('write equal CPUs once', () => {
    const configs = render();
    const { links } = configs;
    expect(links.get('kvm/board-1.9/Zeta-v1.cfg')).to.equal(links.get('kvm/board-1.10/Zeta.cfg'));
    expect(links.get('kvm/board-1.9/Zeta.cfg')).not.to.equal(links.get('kvm/board-1.10/Zeta.cfg'));
    expect([configs.pairs, configs.cpus]).to.deep.equal([8, 4]);
  });

  it('are listed in index.json with their content hash, and refusals with their reason', () => {
    const configs = render();
    const index = JSON.parse(configs.files.get('index.json')!) as { pairs: Record<string, Record<string, Record<string, { file: string; content: string; sha256: string }>>>; refused: unknown };
    const entry = index.pairs['board-1.9']!['Zeta']!['kvm']!;
    expect(entry.file).to.equal('kvm/board-1.9/Zeta.cfg');
    expect(entry.content).to.equal(configs.links.get(entry.file));
    expect(entry.sha256).to.match(/^[0-9a-f]{64}$/);
    expect(index.refused).to.deep.equal([{ accel: 'kvm', machine: 'board-1.10', model: 'quirky', reason: 'quirky needs a host' }]);
  });

  it('are the same bytes in every run, in whatever order the analysis answers', () => {
    const turned: Recording = {
      ...small,
      states: Object.fromEntries(Object.entries(small.states).map(([id, state]) => [id, Object.fromEntries(Object.entries(state).reverse())])),
    };
    expect([...render(readconfig, turned).files]).to.deep.equal([...render().files]);
  });

  it('set everything on the type "cpu" in mode custom', () => {
    const configs = render({ ...readconfig, mode: 'custom' });
    const zeta = text(configs, 'kvm/board-1.9/Zeta.cfg');
    expect(zeta).to.include('driver = "cpu"\n  property = "depth"');
    expect(zeta).to.include('-cpu custom -readconfig');
  });

  it('need a static model in mode base', () => {
    const old: Recording = { ...small, definitions: Object.fromEntries(Object.entries(small.definitions).map(([machine, models]) => [machine, Object.fromEntries(Object.keys(models).map((model) => [model, {}]))])) };
    expect(() => render(readconfig, old)).to.throw(/none is static.*--mode pinned.*--mode custom/);
    expect(render({ ...readconfig, mode: 'custom' }, old).cpus).to.equal(4);
  });

  it('as arguments are quoted for a shell', () => {
    const plain = text(render({ ...readconfig, format: 'cmdline' }), 'kvm/board-1.9/plain.args');
    expect(plain).to.include("\n-cpu bare\n-global bare-cpu.depth=2\n-global bare-cpu.mask=1\n-global 'bare-cpu.name=Plain, \"old\" CPU'\n");
  });

  it('as JSON keep types and exact integers', () => {
    const zeta = text(render({ ...readconfig, format: 'json' }), 'kvm/board-1.9/Zeta.json');
    expect(zeta).to.include('"mask": 18446744073709551600');
    const parsed = JSON.parse(zeta) as Record<string, unknown>;
    expect(parsed['properties']).to.include({ quick: false, wide: true, depth: -1, name: 'Zeta (fast)' });
    expect(parsed['standsFor']).to.deep.equal({ kvm: { 'board-1.9': ['Zeta'] } });
  });

  it('use what the analysis knows to be expressible', () => {
    const analysis = analysisOf(small);
    const expressible = (): readonly Setting[] & { readonly not: readonly NotSet[] } =>
      Object.assign([{ property: 'depth', value: '5' }], { not: [{ property: 'mask', reason: 'the setter refuses the value for "unset"' }] });
    const configs = renderConfigs([{ analysis: { ...analysis, expressible } as typeof analysis, pairs: [{ machine: 'board-1.9', model: 'Zeta' }] }], readconfig);
    const zeta = text(configs, 'kvm/board-1.9/Zeta.cfg');
    expect(zeta.match(/property = .*/g)).to.deep.equal(['property = "depth"']);
    expect(zeta).to.include('#   mask\n#     the setter refuses the value for "unset"\n');
  });

  it('never exceed the line length of the config parser, comments included', () => {
    const long = 'x'.repeat(1100);
    const limited = limitToFormat({ settings: [{ property: 'name', value: long }], notSet: [], hostDependent: [], values: new Map([['name', long]]) }, 'readconfig');
    expect(limited.settings).to.deep.equal([]);
    expect(limited.notSet[0]!.reason).to.match(/longer than a line/);
    const analysis = { ...analysisOf(small), origin: `/${long}\n/${long}` };
    const configs = renderConfigs([{ analysis, pairs: [{ machine: 'board-1.9', model: 'Zeta' }] }], readconfig);
    for (const line of text(configs, 'kvm/board-1.9/Zeta.cfg').split('\n')) {
      expect(line.length).to.be.below(1023);
      expect(line).to.match(/^($|#|\[global\]$|  (driver|property|value) = ".*"$)/);
    }
  });

  it('keep names from the source inside the output directory', () => {
    const odd: Recording = {
      ...small, machines: [{ name: '../up' }], definitions: { '../up': { '.hidden': {}, 'bare': { typename: 'bare-cpu', static: true } } }, pairs: { '../up': { '.hidden': 'zeta', 'bare': 'bare' } },
    };
    expect([...render(readconfig, odd).links.keys()]).to.deep.equal(['kvm/%2e.%2fup/%2ehidden.cfg', 'kvm/%2e.%2fup/bare.cfg']);
  });

  describe("with a user's template", () => {
    let directory: string;
    before(() => { directory = mkdtempSync(join(tmpdir(), 'templates-')); });
    after(() => rmSync(directory, { recursive: true }));

    it('give the template every field and take its extension', () => {
      const template = join(directory, 'cpu.xml.hbs');
      writeFileSync(template, '<cpu mode="{{mode}}">{{#each globals}}<p n="{{property}}" v="{{json typed}}"/>{{/each}}</cpu>');
      expect(text(render({ ...readconfig, template }), 'kvm/board-1.9/bare.xml'))
        .to.equal('<cpu mode="base"><p n="depth" v="0"/><p n="mask" v="0"/><p n="name" v=""""/><p n="quick" v="false"/><p n="wide" v="false"/></cpu>');
    });

    it('tell of a missing or wrong template in one line', () => {
      expect(() => render({ ...readconfig, template: join(directory, 'none.hbs') })).to.throw(/^cannot read template .*none\.hbs: no such file or directory$/);
      const template = join(directory, 'wrong.hbs');
      writeFileSync(template, '{{#each globals}}');
      expect(() => render({ ...readconfig, template })).to.throw(/^template .*wrong\.hbs: Parse error on line 1$/);
    });
  });
});
