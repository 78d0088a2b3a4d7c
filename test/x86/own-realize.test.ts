import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { configOf } from '../../analyzer/render/mode.js';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { ResolvedCpu } from '../../analyzer/x86/api.js';
import { asRealized } from '../../analyzer/x86/expressible.js';

const cpu = (properties: Readonly<Record<string, number | boolean>>): ResolvedCpu => ({ id: '', typename: '', properties: new Map(Object.entries(properties)), hostDependent: [] });

describe('a model whose own realize function works out values', () => {
  const settings = [{ property: 'family', value: '0' }, { property: 'level', value: '4' }];
  const wanted = cpu({ family: 6, level: 4, turbo: true });

  it('is had by setting what they come to', () => {
    const made = asRealized(settings, wanted, (some) => cpu(Object.fromEntries(some.map(({ property, value }) => [property, Number(value)]))));
    expect(made).to.deep.equal({ settings: [{ property: 'family', value: '6', is: 6 }, { property: 'level', value: '4' }], not: [] });
  });

  it('is not had where that is worked out again', () => {
    const made = asRealized(settings, wanted, () => cpu({ family: 15, level: 4 }));
    expect(made.settings).to.deep.equal([{ property: 'level', value: '4' }]);
    expect(made.not).to.deep.equal([{ property: 'family', reason: 'set to 6 it is 15 once realized', same: false }]);
  });

  it('is `max` of QEMU 10.0: who it is goes into a configuration on base', function () {
    this.timeout(600_000);
    const trees = process.env['QEMU_TREES'];
    const found = (trees === undefined ? [] : readdirSync(trees)).map((name) => join(trees!, name)).find((spec) => {
      try {
        const { version: { major, minor } } = identify(openSource(spec));
        return major === 10 && minor === 0;
      } catch {
        return false; // something else is in there, too
      }
    });
    if (found === undefined) {
      console.log('      QEMU_TREES has no QEMU 10.0');
      return this.skip();
    }
    const analysis = analyse(openSource(found), { accel: 'tcg' });
    const { target, settings: said, complete } = configOf(analysis, 'pc-i440fx-10.0', 'max', { mode: 'auto', format: 'readconfig' });
    const value = (name: string): unknown => said.settings.find(({ property }) => property === name)?.value;
    expect([target.mode, complete, value('family'), value('model'), value('stepping')]).to.deep.equal(['base', true, '6', '6', '3']);
    expect(said.values.get('family')).to.equal(6);
    // of EPYC, whose caches base cannot have, it has to be pinned: realize refuses in words that other code makes
    expect(configOf(analysis, 'pc-i440fx-10.0', 'EPYC-v3', { mode: 'auto', format: 'readconfig' }).target.mode).to.equal('pinned');
  });
});
