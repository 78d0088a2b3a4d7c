import { expect } from 'chai';
import { compatJson, compatText } from '../../analyzer/render/compat.js';
import { cpuJson, cpuText, explanationJson, explanationText, type ShownCpu } from '../../analyzer/render/cpu.js';
import { diagnosticLine, distinct } from '../../analyzer/render/diagnostic.js';
import { definitionsJson, machinesText, modelsText, propertiesText } from '../../analyzer/render/list.js';
import { matrixJson, matrixText, resolveMatrix } from '../../analyzer/render/matrix.js';
import { plain } from '../../analyzer/render/text.js';
import type { Assignment } from '../../analyzer/x86/api.js';
import { analysisOf } from './recording.js';
import { small } from './small.js';

const analysis = analysisOf(small, { diagnostics: [{ severity: 'error', at: { file: 'a.c', line: 3 }, what: 'asm statement', affects: 'CPU state' }] });

function shown(machine: string, cpu: string): ShownCpu {
  return { machine, cpu, stage: 'expanded', resolved: analysis.resolve(machine, cpu, 'expanded') };
}

describe('the matrix', () => {
  const pairs = analysis.machines().flatMap(({ name: machine }) => analysis.models(machine).map(({ name: model }) => ({ machine, model })));
  const matrix = resolveMatrix(analysis, 'expanded', pairs);

  it('as JSON has states shared by pairs, host-dependent properties and diagnostics', () => {
    const json = matrixJson(analysis, matrix);
    expect(json).to.include('"mask":18446744073709551600');
    const parsed = JSON.parse(json) as {
      qemu: unknown; accel: string; stage: string; states: Record<string, Record<string, unknown>>; pairs: Record<string, Record<string, string>>;
      hostDependent: Record<string, string[]>; diagnostics: unknown; refused: unknown;
    };
    expect(parsed.qemu).to.deep.equal({ version: { major: 9, minor: 8, micro: 7 }, package: 'Example 1:9.8.7-1' });
    expect([parsed.accel, parsed.stage]).to.deep.equal(['kvm', 'expanded']);
    expect(Object.keys(parsed.pairs)).to.deep.equal(['board-1.10', 'board-1.9']);
    expect(parsed.states[parsed.pairs['board-1.9']!['plain']!]).to.include({ 'quick': false, 'wide': true, 'depth': 2, 'name': 'Plain, "old" CPU' });
    expect(Object.keys(parsed.states)).to.deep.equal(Object.keys(parsed.states).sort());
    expect(parsed.hostDependent).to.deep.equal({ [parsed.pairs['board-1.9']!['plain']!]: ['vendor'] });
    expect(parsed.diagnostics).to.deep.equal([{ severity: 'error', at: 'a.c:3', what: 'asm statement', affects: 'CPU state' }]);
    expect(parsed.refused).to.deep.equal({ 'board-1.10': { quirky: 'quirky needs a host' } });
  });

  it('as text tells which models differ between machine types', () => {
    const text = matrixText(analysis, matrix, plain);
    expect(text).to.match(/^Zeta +2 +2$/m);
    expect(text).to.match(/^Zeta-v1 +2 +1$/m);
    expect(text).to.include('2 machine types x 4 models, accelerator kvm, expanded: 8 pairs, 5 different CPUs');
    expect(text).to.include('refused: quirky on board-1.10: quirky needs a host');
  });
});

describe('a CPU', () => {
  it('as JSON has the documented fields', () => {
    expect(JSON.parse(cpuJson(analysis, shown('board-1.9', 'plain')))).to.deep.equal({
      machine: 'board-1.9', cpu: 'plain', accel: 'kvm', stage: 'expanded', hostDependent: ['vendor'], properties: small.states['plain'],
    });
  });

  it('as text has its features, what differs from the model without data, and what the host decides', () => {
    expect(cpuText(analysis, shown('board-1.9', 'plain'), plain)).to.equal(`plain on board-1.9
plain-cpu, accelerator kvm, expanded
QEMU 9.8.7 (Example 1:9.8.7-1), qemu-src/example

Identity
  vendor  the host decides

Features on (1)
  wide

Other properties that differ from bare
  depth  2
  mask   1
  name   Plain, "old" CPU

Decided by the host (1)
  vendor`);
  });

  it('shows features by word where the analysis knows the words', () => {
    const knowing = { ...analysis, featureWords: () => [{ name: 'WORD.A', features: ['wide', 'quick'] }, { name: 'B', features: [] }] };
    expect(cpuText(knowing, shown('board-1.10', 'Zeta'), plain)).to.include('Features on (2)\n  WORD.A  wide quick\n\n');
  });

  const history: Assignment[] = [
    { value: false, at: { file: 'cpu.c', line: 10 }, data: [], stack: ['init', 'new'], what: 'property default' },
    { value: true, at: { file: 'cpu.c', line: 20 }, data: [{ file: 'table.c', line: 5 }], stack: ['load'], what: 'model table' },
  ];

  it('explains a property, the last assignment winning', () => {
    expect(explanationText(analysis, shown('board-1.10', 'Zeta'), 'quick', history, plain)).to.equal(`quick = on for Zeta on board-1.10, accelerator kvm

 1  off  property default
    set at  cpu.c:10
    in      init < new
 2  on  model table  (wins)
    set at  cpu.c:20
    data    table.c:5
    in      load`);
    expect(JSON.parse(explanationJson(analysis, shown('board-1.10', 'Zeta'), 'quick', history))).to.deep.include({
      property: 'quick', value: true, assignments: [
        { value: false, at: 'cpu.c:10', data: [], stack: ['init', 'new'], what: 'property default' },
        { value: true, at: 'cpu.c:20', data: ['table.c:5'], stack: ['load'], what: 'model table' },
      ],
    });
  });
});

describe('lists', () => {
  it('of machine types', () => {
    expect(machinesText(analysis.machines(), plain)).to.equal(`Machine type  Alias  CPUs  Default CPU type
board-1.9             255  plain-cpu         deprecated
board-1.10    board   255  plain-cpu         default
none                    1

3 machine types`);
  });

  it('of models, sorted, with QMP names in JSON', () => {
    expect(modelsText(analysis.models('board-1.10'), 'board-1.10', plain)).to.match(/^Zeta +Zeta-v1$/m).and.match(/^bare +static$/m);
    expect(JSON.parse(definitionsJson(analysis.models('board-1.9')))[0]).to.deep.equal({ name: 'Zeta', typename: 'zeta-cpu', static: false });
  });

  it('of properties', () => {
    expect(propertiesText(analysis.properties('board-1.9', 'bare'), plain)).to.match(/^readable-only +number +read-only$/m).and.match(/\n7 properties$/);
  });
});

describe('compat properties', () => {
  it('keep their order and say where they come from', () => {
    const properties = analysis.compatProperties('board-1.9');
    expect(JSON.parse(compatJson(new Map([['board-1.9', properties], ['a', []]])))).to.deep.equal({
      'a': [],
      'board-1.9': [
        { 'qom-type': 'zeta-cpu', 'property': 'quick', 'value': 'off' },
        { 'qom-type': 'disk', 'property': 'serial', 'value': '', 'at': 'hw/i386/pc.c:101' },
      ],
    });
    expect(compatText('board-1.9', properties, plain)).to.include('disk.serial     ""     hw/i386/pc.c:101');
  });
});

describe('diagnostics', () => {
  it('are one line with place and reason, each once', () => {
    expect(diagnosticLine(analysis.diagnostics[0]!)).to.equal('a.c:3: asm statement (affects CPU state)');
    expect(distinct([...analysis.diagnostics, ...analysis.diagnostics])).to.have.length(1);
  });
});
