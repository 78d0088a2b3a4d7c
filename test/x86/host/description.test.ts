import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OfferedFeatures } from '../../../analyzer/x86/host/offered.js';
import { readHost } from '../../../analyzer/x86/host/read.js';
import type { HostDescription } from '../../../analyzer/x86/host/description.js';

describe('descriptions of a host', () => {
  let directory: string;
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'host-')); });
  afterEach(() => rmSync(directory, { recursive: true }));

  function read(text: string): HostDescription {
    writeFileSync(join(directory, 'host'), text);
    return readHost(join(directory, 'host'), join(directory, 'map'));
  }

  describe('a QMP reply', () => {
    it('says of each boolean whether the host has it, and nothing of what it lacks', () => {
      const host = read('{"return": {"model": {"name": "base", "props": {"warp": true, "fold": false, "level": 13, "vendor": "GenuineIntel"}}}}');
      expect(['warp', 'fold', 'level', 'other'].map((f) => host.offers(f))).to.deep.equal([true, false, undefined, undefined]);
      expect(host).to.include({ vendor: 'GenuineIntel', caveat: undefined, unmigratable: false });
    });

    it('in a conversation: what was asked for as host counts, and max does not; what one of them has, the host has', () => {
      const asked = (model: object): string => JSON.stringify({ execute: 'query-cpu-model-expansion', arguments: { type: 'static', model } });
      const said = (props: object): string => JSON.stringify({ return: { model: { name: 'base', props } }, id: 'x"}{' });
      const host = read([
        '{"QMP": {"version": {}}}', asked({ name: 'host' }), said({ warp: true, fold: false, migratable: true }),
        asked({ name: 'host', props: { migratable: false } }), said({ warp: true, fold: true, migratable: false }),
        '{"execute": "query-cpus"}', '{"return": []}', asked({ name: 'max' }), said({ warp: false, glide: true }),
      ].join('\n'));
      expect(['warp', 'fold', 'glide'].map((f) => host.offers(f))).to.deep.equal([true, true, undefined]);
      expect(host.unmigratable).to.equal(true);
    });
  });

  describe('a dump of the cpuid tool', () => {
    const dump = `CPU 0:
   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
   0x00000007 0x01: eax=0x00000010 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
CPU 1:
   0x00000000 0x00: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
`;

    it('is what CPUID answers on the first CPU', () => {
      const host = read(dump);
      expect(host.vendor).to.equal('GenuineIntel');
      expect(host.cpuid).to.deep.include({ leaf: 7, subleaf: 1, eax: 16, ebx: 0, ecx: 0, edx: 0 });
      expect(host.cpuid).to.have.length(2);
      expect(host.caveat).to.include('KVM');
    });

    it('is complete: a leaf that is not there answers zeros', () => {
      const facts = new OfferedFeatures(read(dump));
      expect(facts.cpuid(0, 0)).to.include({ eax: 13 });
      expect(facts.cpuid(7, 1)).to.include({ eax: 16 });
      expect(facts.cpuid(0x14, 0)).to.deep.equal({ eax: 0, ebx: 0, ecx: 0, edx: 0 });
      expect(facts.supported.complete).to.equal(true);
    });
  });

  describe("libvirt's XML", () => {
    const capabilities = `<domainCapabilities><cpu><mode name='host-passthrough' supported='yes'/>
      <mode name='host-model' supported='yes'><model fallback='forbid'>Beta</model><vendor>AMD</vendor>
      <feature policy='require' name='fast_io'/><feature policy='disable' name='fold'/></mode></cpu></domainCapabilities>`;

    function map(): void {
      const files: Record<string, string> = {
        'index.xml': "<cpus><arch name='x86'><include filename='all.xml'/></arch><arch name='arm'><include filename='arm.xml'/></arch></cpus>",
        'all.xml': `<cpus><vendor name='AMD' string='AuthenticAMD'/>
          <feature name='warp'><cpuid eax_in='0x01' edx='1'/></feature><feature name='fold'><cpuid eax_in='0x01' edx='2'/></feature>
          <feature name='zoom'><cpuid eax_in='0x01' edx='4'/><alias name='zooom'/></feature><feature name='glide'><cpuid eax_in='0x01' edx='8'/></feature>
          <feature name='clock'><cpuid eax_in='0x40000001' eax='1'/></feature>
          <model name='Alpha'><feature name='warp'/><feature name='glide'/></model>
          <model name='Beta'><model name='Alpha'/><feature name='fold'/><feature name='zoom'/><feature name='glide' removed='yes'/></model></cpus>`,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    }

    it("is read with libvirt's CPU map: its model, what it adds and takes away, in either spelling", () => {
      map();
      writeFileSync(join(directory, 'caps'), capabilities);
      const host = readHost(join(directory, 'caps'), directory);
      expect(['warp', 'zoom', 'zooom', 'fast-io', 'fold', 'glide', 'clock', 'new'].map((f) => host.offers(f))).to.deep.equal([true, true, true, true, false, false, undefined, undefined]);
      expect(host.vendor).to.equal('AuthenticAMD');
    });

    it('is refused where it is of another architecture', () => {
      expect(() => read("<capabilities><host><cpu><arch>ppc64</arch><model>Alpha</model></cpu></host></capabilities>")).to.throw('it describes a host of architecture ppc64');
      expect(() => read(capabilities.replace('<cpu>', '<arch>s390x</arch><cpu>'))).to.throw('it describes a host of architecture s390x');
      expect(read(capabilities.replace('<cpu>', '<arch>i686</arch><cpu>')).kind).to.equal('libvirt XML');
    });

    it('without the map says what it states, and which model it names', () => {
      const host = read(capabilities);
      expect(['fast-io', 'fold', 'warp'].map((f) => host.offers(f))).to.deep.equal([true, false, undefined]);
      expect(host.caveat).to.include('Beta').and.include('--cpu-map');
    });

    it("may be capabilities with the host's CPU, or CPU data", () => {
      expect(read("<capabilities><host><cpu><arch>x86_64</arch><model>Alpha</model><feature name='warp'/></cpu></host><guest/></capabilities>").offers('warp')).to.equal(true);
      const data = read("<!-- a host -->\n<cpudata arch='x86'><cpuid eax_in='0x0' ecx_in='0x0' eax='0x1' ebx='0x68747541' ecx='0x444d4163' edx='0x69746e65'/><msr index='0x10a' eax='0x1' edx='0x0'/></cpudata>");
      expect(data.vendor).to.equal('AuthenticAMD');
    });
  });

  it('what is none of these is refused in one line that names the file', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['hello', /host does not describe a host: it is neither/],
      ['{"return": {}}', /no reply to query-cpu-model-expansion/],
      ['{"return": {"model": {"name": ', /its JSON ends early/],
      ['<a><b></a>', /it is not XML/],
      ['<domain><name>x</name></domain>', /neither domain capabilities/],
      ['   0x00000001 0x00: eax=0x0000000d ebx=0x00000000 ecx=0x00000000 edx=0x00000000', /no CPUID leaf 0/],
    ];
    for (const [text, message] of wrong) expect(() => read(text), text).to.throw(message);
    expect(() => readHost(join(directory, 'nothing'), '')).to.throw(/^cannot read .*nothing: no such file or directory$/);
  });
});
