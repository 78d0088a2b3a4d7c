import { expect } from 'chai';
import { pathToFileURL } from 'node:url';
import { takeCensus } from '../../analyzer/compare/census.js';
import type { Side } from '../../analyzer/compare/causes.js';
import { writeDirectory } from '../../analyzer/render/directory.js';
import { makeDataset, type Dataset } from '../../analyzer/render/report/dataset.js';
import { noProvenance, provenanceOf } from '../../analyzer/render/report/provenance.js';
import { reportFiles } from '../../analyzer/render/report/report.js';
import { readRecording } from '../../analyzer/verify/recording.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis, FeatureLists } from '../../analyzer/x86/api.js';
import { fakeAnalysis } from '../compare/fake.js';
import { analysisOf } from '../render/recording.js';
import { small } from '../render/small.js';
import { Scratch } from '../source/fixture.js';
import { arraysTree } from '../x86/trees/trees.js';
import { Chromium, findChromium } from './chromium.js';

/** All machine types but the empty one. */
const everything = (analysis: Analysis): Side => ({ analysis, census: takeCensus(analysis, 'expanded', { machine: (name) => name !== 'none' }) });

describe('the HTML report', function () {
  let scratch: Scratch;
  let page: Chromium;
  let url: string;
  const tree = analyse(arraysTree(), { accel: 'kvm' });
  const next = analyse(arraysTree({ VERSION: '7.4.0\n' }), { accel: 'kvm', define: new Map([['CONFIG_RELIC', 'y']]) });

  before(async function () {
    const binary = findChromium();
    if (binary === undefined) {
      console.log('      there is no Chromium here (apt install chromium, or set CHROMIUM) to run this');
      this.skip();
    }
    scratch = new Scratch();
    const datasets = [tree, next].map((analysis, i) => { const side = everything(analysis); return makeDataset(`t${i + 1}`, side, provenanceOf(side, () => {})); });
    // what stands in data must not become markup
    datasets.push(makeDataset('t3', everything(analysisOf({ ...small, version: { qemu: { major: 9, minor: 8, micro: 7 }, package: '<b id="injected">&amp;' } }, {
      diagnostics: [{ severity: 'error', at: { file: 'target/cpu.c', line: 12 }, what: 'computed goto', affects: 'every CPU' }],
    })), noProvenance));
    await writeDirectory(scratch.path('report'), reportFiles('Atlas & more', datasets), new Map());
    url = pathToFileURL(scratch.path('report', 'index.html')).href;
    page = await Chromium.start(binary);
    await page.size(1300, 900);
  });
  after(async () => {
    await page?.close();
    scratch?.remove();
  });
  afterEach(() => {
    if (page !== undefined) expect(page.complaints.splice(0)).to.deep.equal([]);
  });

  const text = (selector: string): Promise<string> => page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  const count = (selector: string): Promise<number> => page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
  const hash = (): Promise<string> => page.evaluate('decodeURIComponent(location.hash)');
  const open = (where: string): Promise<void> => page.open(url + where);

  it('opens from a file with an overview of the trees, and asks for nothing elsewhere', async () => {
    await open('');
    expect(await text('h1')).to.equal('Atlas & more');
    expect(await count('.card')).to.equal(3);
    expect(await text('.card:last-child')).to.match(/QEMU 7\.3\.1\s+kvm/).and.match(/machine types\s+4/);
    expect(await count('#injected')).to.equal(0);
    expect(await text('.card:first-child .warn')).to.equal('Not everything of this tree was understood: 1 message.');
    expect(await text('.card:first-child .sub')).to.equal('<b id="injected">&amp;');
  });

  describe('grid', () => {
    it('marks where models change along a line', async () => {
      await open('#/grid/t1');
      expect(await text('.count')).to.equal('9 models × 4 machine types');
      expect(await text('.group')).to.equal('board');
      const look = (machine: string, model: string): Promise<string> => page.evaluate(`document.querySelector('[aria-label^="${model} on ${machine}:"]').getAttribute('aria-label').split(': ')[1]`);
      expect(await look('board-1.0', 'Alpha')).to.equal('the oldest here');
      const features = new Set(tree.featureWords('board-2.1', 'base').flatMap((word) => word.features));
      for (const model of ['Alpha', 'Beta', 'max']) {
        const [before, after] = ['board-2.0', 'board-2.1'].map((machine) => tree.resolve(machine, model, 'expanded').properties);
        const changed = [...after!.keys()].filter((name) => before!.get(name) !== after!.get(name));
        const [on, off] = [true, false].map((value) => changed.some((name) => features.has(name) && after!.get(name) === value));
        expect(await look('board-2.1', model), model).to.equal(changed.length === 0 ? 'as before' : on && off ? 'features on and off' : on ? 'features on' : off ? 'features off' : 'other properties');
      }
      const states = ['board-1.0', 'board-1.1', 'board-2.0', 'board-2.1'].map((machine) => tree.resolve(machine, 'Alpha-v1', 'expanded').id);
      for (const [i, machine] of ['board-1.1', 'board-2.0', 'board-2.1'].entries()) {
        expect(await look(machine, 'Alpha-v1') === 'as before', machine).to.equal(states[i] === states[i + 1]);
      }
    });

    it('shows what of the source was not understood', async () => {
      await open('#/grid/t3');
      await page.click('details.warn summary');
      expect(await text('details.warn li')).to.equal('target/cpu.c:12 computed goto (affects every CPU)');
      await open('#/grid/t1');
      expect(await count('details.warn')).to.equal(0);
    });

    it('filters models, finds nothing politely, and shows only what changes', async () => {
      await page.evaluate("document.querySelector('[aria-label=\"Filter models\"]').focus()");
      await page.type('alpha v?');
      expect(await text('.count')).to.match(/^3 models/);
      expect(await hash()).to.equal('#/grid/t1?model=alpha v?');
      await page.type('zzz');
      expect(await text('.grid-scroll')).to.match(/No model matches/);
      await open('#/grid/t1?changing=1');
      expect(await page.evaluate("[...document.querySelectorAll('.row-name')].map((e) => e.innerText).includes('Alpha')")).to.equal(true);
      expect(await page.evaluate("[...document.querySelectorAll('.grid-row')].every((row) => row.querySelector('.k-on, .k-off, .k-mixed'))")).to.equal(true);
      // machine types that are no kin of one another
      await open('#/grid/t3?changing=1');
      expect(await count('.grid-row')).to.equal(0);
    });

    it('colours by the value of a property', async () => {
      await open('#/grid/t1?lens=warp');
      expect(await text('.legend')).to.match(/on\s+off/);
      for (const [machine, model] of [['board-2.1', 'Alpha'], ['board-1.0', 'Beta'], ['board-2.1', 'base']] as const) {
        const expected = tree.resolve(machine, model, 'expanded').properties.get('warp') === true ? 'on' : 'off';
        expect(await count(`[aria-label="${model} on ${machine}: ${expected}"]`)).to.equal(1);
      }
    });

    it('is one stop for Tab; arrow keys, Home and End move, Space chooses, Enter opens', async () => {
      await open('#/grid/t1');
      expect(await count('[role=gridcell][tabindex="0"]')).to.equal(1);
      await page.evaluate("document.querySelector('[role=gridcell][tabindex=\"0\"]').focus()");
      const at = (): Promise<string> => page.evaluate("document.activeElement.getAttribute('aria-label').split(':')[0]");
      expect(await at()).to.equal('Alpha on board-1.0');
      await page.press('ArrowDown');
      await page.press('ArrowRight');
      expect(await at()).to.equal('Alpha-v1 on board-1.1');
      await page.press('End');
      expect(await at()).to.equal('Alpha-v1 on board-2.1');
      await page.press('End', 2);
      expect(await at()).to.equal('max on board-2.1');
      await page.press('Home', 2);
      await page.press('ArrowUp');
      expect(await at()).to.equal('Alpha on board-1.0');
      expect(await count('[role=gridcell][tabindex="0"]')).to.equal(1);
      await page.press('End');
      await page.press(' ');
      expect(await text('.side h2')).to.equal('Alpha');
      expect(await count('[aria-selected=true]')).to.equal(1);
      expect(await hash()).to.equal('#/grid/t1?at=board-2.1&cpu=Alpha');
      await page.until("document.querySelector('.side .reason') !== null");
      expect(await text('.side .changes')).to.match(/stepping 3 → 5/).and.match(/(?:since|no longer) [\w ]+ [\w/.-]+\.[ch]:\d+/);
      await page.press('Enter');
      await page.until("document.querySelector('.cpu-view') !== null");
      expect(await text('h1')).to.equal('Alpha on board-2.1');
    });

    it('is a grid to assistive technology', async () => {
      await open('#/grid/t1');
      expect(await page.evaluate("(({ ariaRowCount, ariaColCount }) => [ariaRowCount, ariaColCount])(document.querySelector('[role=grid]'))")).to.deep.equal(['10', '5']);
      expect(await count('[role=row]')).to.equal(10);
      expect(await count('[role=columnheader]')).to.equal(5);
      expect(await count('[role=gridcell]:not([aria-label])')).to.equal(0);
      expect(await count('button:not([aria-label]):empty, input:not([aria-label]):not([type=checkbox])')).to.equal(0);
    });

    it('compares two cells that were picked', async () => {
      await open('#/grid/t1');
      await page.click('[aria-label^="Alpha on board-1.0:"]');
      await page.press('c');
      await page.click('[aria-label^="Alpha on board-2.1:"]');
      await page.press('c');
      await page.until("document.querySelector('.diff-view') !== null");
      expect(await hash()).to.equal('#/diff/t1/board-1.0/Alpha/t1/board-2.1/Alpha');
    });
  });

  describe('CPU', () => {
    it('shows values and features, and says where a value comes from', async () => {
      await open('#/cpu/t1/board-2.1/Alpha');
      const cpu = tree.resolve('board-2.1', 'Alpha', 'expanded');
      expect(await text('.values')).to.match(new RegExp(`stepping\\s+${String(cpu.properties.get('stepping'))}\\b`));
      await page.click('.property[data-property="' + (await page.evaluate("[...document.querySelectorAll('.property')].find((b) => b.innerText.startsWith('stepping')).dataset.property")) + '"]');
      await page.until("document.querySelector('.chain') !== null");
      const history = tree.explain('board-2.1', 'Alpha', 'stepping', 'expanded');
      expect(await text('.provenance .big')).to.equal('5');
      expect(await count('.chain li')).to.equal(history.length);
      expect(await text('.chain .wins')).to.include(`${history.at(-1)!.at.file}:${history.at(-1)!.at.line}`).and.include(history.at(-1)!.what);
      expect(await hash()).to.equal('#/cpu/t1/board-2.1/Alpha?property=stepping');
      await open('#/cpu/t1/board-2.1/Alpha?property=stepping');
      await page.until("document.querySelector('.chain') !== null");
      await page.evaluate("document.querySelector('.provenance button').focus()");
      await page.press('Escape');
      expect(await count('.provenance')).to.equal(0);
    });

    it('concludes from the newest machine type what an older one shares with it, and says so', async () => {
      await open('#/cpu/t1/board-1.0/Alpha-v2?property=family');
      await page.until("document.querySelector('.provenance') !== null");
      expect(await text('.provenance')).to.match(/The same value as on board-2\.1/).and.match(/qemu-cpu-custom show board-1\.0 Alpha-v2 --explain family --accel kvm/);
    });

    it('says which command tells where the report does not know', async () => {
      await open('#/cpu/t3/board-1.9/Zeta?property=depth');
      await page.until("document.querySelector('.provenance') !== null");
      expect(await text('.provenance')).to.match(/made without provenance/).and.match(/--explain depth/);
      expect(await text('.provenance .big')).to.equal('-1');
    });

    it('shows integers of 64 bits exactly', async () => {
      await open('#/cpu/t3/board-1.9/Zeta?all=1&filter=mask');
      expect(await text('.values')).to.equal('mask\n18446744073709551600 (0xfffffffffffffff0)');
    });

    it('filters, and shows all properties where asked', async () => {
      await open('#/cpu/t1/board-2.1/Alpha?filter=step');
      expect(await count('.property')).to.equal(1);
      await open('#/cpu/t1/board-2.1/Alpha');
      const some = await count('.property');
      await page.click('.controls.tight input[type=checkbox]');
      expect(await count('.property')).to.be.greaterThan(some);
      expect(await hash()).to.equal('#/cpu/t1/board-2.1/Alpha?all=1');
    });

    it('says what QEMU refuses and what is not there', async () => {
      await open('#/cpu/t3/board-1.10/quirky');
      expect(await text('.empty')).to.match(/QEMU refuses it: quirky needs a host/);
      await open('#/cpu/t3/board-1.10/none');
      expect(await text('.empty')).to.match(/There is no such CPU/);
    });
  });

  describe('comparison', () => {
    it('tells features, values and what only one side has, also of two trees', async () => {
      await open('#/diff/t1/board-1.0/Alpha/t1/board-2.1/Alpha');
      const [a, b] = ['board-1.0', 'board-2.1'].map((machine) => tree.resolve(machine, 'Alpha', 'expanded').properties);
      const expected = [...a!.keys()].filter((name) => String(a!.get(name)) !== String(b!.get(name)));
      const shown = await page.evaluate<string[]>("[...document.querySelectorAll('.diff-results .plain')].map((e) => e.textContent)");
      expect(shown.sort()).to.deep.equal(expected.sort());
      await page.click('.swap');
      await page.until("location.hash === '#/diff/t1/board-2.1/Alpha/t1/board-1.0/Alpha'");
      await open('#/diff/t1/board-2.1/Beta/t2/board-2.1/Beta');
      expect(await text('.empty.good')).to.match(/The same CPU/);
      await open('#/diff/t1/board-2.1/Alpha/t3/board-1.9/Zeta');
      expect(await text('.diff-results')).to.match(/Only before/).and.match(/Only after/).and.match(/quick\s+off/);
      expect(await text('.diff-results')).to.not.match(/undefined|null/);
    });
  });

  it('compares a tree that lists features in words with one that has them as properties; what is new and off stands together', async () => {
    const names = ['fpu', 'vme', 'de|debug_ext'];
    const lists: FeatureLists = { lists: [{ property: 'words', isCpu: true }], registers: [{ word: 0, leaf: 1, subleaf: undefined, register: 'edx', names: Array.from({ length: 32 }, (_, bit) => names[bit]) }] };
    const old = { ...fakeAnalysis({ machines: { board: { Alpha: { level: 1, words: [{ 'cpuid-input-eax': 1, 'cpuid-register': 'EDX', 'features': 5 }] } } } }), featureLists: () => lists };
    const off = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`more-${i}`, false]));
    const young = fakeAnalysis({ version: '2.0', machines: { board: { Alpha: { 'level': 1, 'fpu': true, 'vme': true, 'de': true, 'debug-ext': true, 'speed': 3, ...off } } } });
    const datasets = [old, young].map((analysis, i) => makeDataset(`l${i + 1}`, everything(analysis), noProvenance));
    await writeDirectory(scratch.path('lists'), reportFiles('Lists', datasets), new Map());
    await page.open(`${pathToFileURL(scratch.path('lists', 'index.html')).href}#/diff/l1/board/Alpha/l2/board/Alpha`);
    expect(await text('.summary')).to.equal('1 feature and 0 other properties differ; 31 properties only on one side.');
    expect(await text('.diff-results')).to.match(/Features that come on 1\s+\+vme/).and.match(/Only after 31\s+speed\s+3\s+30 switches that are off/).and.not.match(/words|more-7/);
    await page.click('.diff-results summary');
    expect(await text('.diff-results details')).to.match(/more-7/);
    await page.open(`${pathToFileURL(scratch.path('lists', 'index.html')).href}#/cpu/l1/board/Alpha`);
    expect(await text('.cpu-content')).to.match(/Features 3 on/).and.match(/debug-ext/);
  });

  describe('timeline', () => {
    it('shows the steps of a model in every tree, and whether trees agree', async () => {
      await open('#/model/kvm/Alpha');
      await page.until("document.querySelector('.rail .reason') !== null");
      expect(await text('.timeline-view')).to.match(/The same machine type from tree to tree/).and.match(/The same everywhere/).and.match(/QEMU 7\.4\.0[^]*QEMU 7\.3\.1/);
      expect(await text('.rail')).to.match(/board-1\.0[^]*board-2\.1/);
    });

    it('is not empty for a model that no tree has', async () => {
      await open('#/model/kvm/Nothing');
      expect(await text('main')).to.match(/No tree here has this model/);
    });
  });

  it('finds models, machine types and properties from the key /', async () => {
    await open('#/grid/t1');
    await page.press('/');
    await page.type('Beta');
    await page.until("document.querySelectorAll('#find-list [role=option]').length > 1");
    expect(await text('#find-list [aria-selected=true]')).to.match(/^Beta\s+model$/);
    await page.press('ArrowDown');
    expect(await text('#find-list [aria-selected=true]')).to.match(/^Beta-v1/);
    await page.press('ArrowUp');
    await page.press('Enter');
    await page.until("document.querySelector('.timeline-view') !== null");
    expect(await hash()).to.equal('#/model/kvm/Beta');
    await open('#/grid/t1');
    await page.press('/');
    await page.type('steppi');
    await page.until("/property/.test(document.querySelector('#find-list').innerText)");
    await page.press('Enter');
    await page.until("location.hash.includes('lens=stepping')");
  });

  it('goes back with the browser', async () => {
    await open('#/grid/t1');
    await page.evaluate("location.hash = '#/model/kvm/Alpha'");
    await page.until("document.querySelector('.timeline-view') !== null");
    await page.evaluate('history.back()');
    await page.until("document.querySelector('.grid-view') !== null");
  });

  it('says what a link lacks', async () => {
    await open('#/grid/t9');
    expect(await text('main')).to.match(/this report has no tree t9/);
    await open('#/nowhere');
    expect(await text('main')).to.match(/there is no view nowhere/);
    await open('#/cpu/t1/%E0%A4%A/x');
    expect(await text('main')).to.match(/There is no such CPU/);
  });

  it('is light or dark as the system is, or as is chosen, with contrast enough', async () => {
    await open('#/cpu/t1/board-2.1/Alpha');
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await page.prefers('light');
    const light = await ground();
    await page.prefers('dark');
    const dark = await ground();
    expect(light).to.not.equal(dark);
    await page.click('#theme');
    expect([await ground(), await page.evaluate("document.querySelector('#theme').getAttribute('aria-label')")]).to.deep.equal([light, 'Theme: light']);
    await page.click('#theme');
    await page.prefers('light');
    expect(await ground()).to.equal(dark);
    const pairs = [['--text', '--ground'], ['--text', '--raised'], ['--muted', '--ground'], ['--muted', '--raised'], ['--muted', '--sunken'], ['--accent', '--ground'], ['--accent', '--accent-soft'], ['--text', '--on-soft'], ['--text', '--off-soft'], ['--text', '--value-soft'], ['--on-colour', '--on'], ['--on-colour', '--off'], ['--on-colour', '--mixed'], ['--on-colour', '--accent']];
    for (const theme of ['light', 'dark']) {
      const ratios = await page.evaluate<number[]>(`(() => {
        document.documentElement.dataset.theme = '${theme}';
        const style = getComputedStyle(document.documentElement);
        const light = (name) => { const c = style.getPropertyValue(name).trim().slice(1).match(/../g).map((h) => parseInt(h, 16) / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)); return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
        return ${JSON.stringify(pairs)}.map(([a, b]) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); });
      })()`);
      ratios.forEach((ratio, i) => expect(ratio, `${theme}: ${pairs[i]!.join(' on ')}`).to.be.at.least(4.5));
    }
    await page.evaluate("localStorage.removeItem('atlas-theme')");
  });

  it('fits a phone: nothing is wider than the screen but what scrolls by itself', async () => {
    await page.size(390, 844, true);
    try {
      for (const where of ['', '#/grid/t1', '#/grid/t1?at=board-2.1&cpu=Alpha', '#/cpu/t1/board-2.1/Alpha', '#/model/kvm/Alpha', '#/diff/t1/board-1.0/Alpha/t3/board-1.9/Zeta']) {
        await open(where);
        expect(await page.evaluate('document.documentElement.scrollWidth'), where).to.be.at.most(390);
      }
      await open('#/grid/t1');
      await page.click('[aria-label^="Alpha on board-2.1:"]');
      const [cell, panel] = await page.evaluate<[number, number]>("[document.querySelector('.chosen').getBoundingClientRect().bottom, document.querySelector('.panel.side').getBoundingClientRect().top]");
      expect(cell, 'not below the panel').to.be.at.most(panel);
      expect(await page.evaluate("(({ bottom, width }) => [bottom, width])(document.querySelector('.panel.side').getBoundingClientRect())")).to.deep.equal([844, 390]);
    } finally {
      await page.size(1300, 900);
    }
  });

  it('stays quick with a real QEMU of 64 machine types and 154 models', async function () {
    const recording = await readRecording('test/golden/10.0-kvm.json.gz');
    const names = recording.machines.map(({ name }) => String(name)).filter((name) => name.startsWith('pc-')).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const parents = new Map(names.map((name, i): [string, string | undefined] => [name, names[i + 1]?.split('-')[1] === name.split('-')[1] ? names[i + 1] : undefined]));
    const big: Dataset = makeDataset('big', everything({ ...analysisOf(recording), machineParents: () => parents }), noProvenance);
    expect(big.pairs).to.be.greaterThan(9000);
    expect(big.data.length).to.be.lessThan(400_000);
    await writeDirectory(scratch.path('big'), reportFiles('Big', [big]), new Map());
    await page.open(`${pathToFileURL(scratch.path('big', 'index.html')).href}#/grid/big`);
    await page.until("document.querySelectorAll('[role=gridcell]').length > 100");
    const cells = await count('[role=gridcell]');
    expect(cells).to.be.lessThan(5000);
    // rows that stay in sight are not made anew
    expect(await page.evaluate<number>(`(async () => {
      const box = document.querySelector('.grid-scroll');
      let made = 0;
      new MutationObserver((changes) => { for (const { addedNodes } of changes) made += addedNodes.length; }).observe(document.querySelector('.grid-rows'), { childList: true });
      for (let i = 0; i < 20; i++) { box.scrollTop += 100; await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }
      return made;
    })()`)).to.be.greaterThan(60).and.lessThan(130);
    expect(await page.evaluate("document.querySelector('.grid-row:last-child').getAttribute('aria-rowindex') > 80")).to.equal(true);
  });
});
