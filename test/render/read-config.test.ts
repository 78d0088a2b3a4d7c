import { expect } from 'chai';
import { ConfigError, readConfig } from '../../analyzer/render/read-config.js';
import { renderConfigs } from '../../analyzer/render/configs.js';
import { analysisOf } from './recording.js';
import { small } from './small.js';

describe('reading a configuration back', () => {
  it('gives what generate wrote: driver, model, machine type, and every property', () => {
    const { files, links } = renderConfigs([{ analysis: analysisOf(small), pairs: [{ machine: 'board-1.9', model: 'Zeta-v1' }] }], { mode: 'base', format: 'readconfig', target: 'x86_64', template: undefined });
    const text = files.get([...links.values()][0]!)!;
    const config = readConfig(text, 'a.cfg');
    expect(config).to.include({ driver: 'bare-cpu', cpu: 'bare', machine: 'board-1.9' });
    expect(Object.fromEntries(config.settings.map(({ property, value }) => [property, value]))).to.include({ quick: 'on', depth: '-1', mask: '18446744073709551600', name: 'Zeta (fast)' });
  });

  it('passes over sections that are not for a CPU, and needs no header', () => {
    const config = readConfig('[machine]\n  type = "pc"\n[drive "a"]\n  file = "x"\n\n[global]\n  driver = "base-cpu"\n  property = "fast"\n  value = "on"\n', 'a.cfg');
    expect(config).to.deep.equal({ driver: 'base-cpu', cpu: undefined, machine: undefined, settings: [{ property: 'fast', value: 'on' }] });
  });

  it('refuses what is no configuration of one CPU, naming file and line', () => {
    expect(() => readConfig('[global]\n  driver = fast\n', 'a.cfg')).to.throw(ConfigError, 'a.cfg:2: neither a section nor key = "value"');
    expect(() => readConfig('[machine]\n  type = "pc"\n', 'a.cfg')).to.throw(ConfigError, 'it has no [global] section');
    expect(() => readConfig('[global]\n  driver = "a"\n[global]\n  driver = "b"\n', 'a.cfg')).to.throw(ConfigError, 'sections for a, b');
  });
});
