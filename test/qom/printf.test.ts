import { expect } from 'chai';
import { Unknown, type Value } from '../../analyzer/c/unknown.js';
import { formatPrintf } from '../../analyzer/qom/printf.js';
import { FakeMachine, HOST_BYTES, HOST_TEXT } from './fake-machine.js';

describe('printf', () => {
  const machine = new FakeMachine();
  const print = (format: string, ...args: Value[]): unknown => formatPrintf(machine, format, args);

  // what glibc prints
  const known: [string, Value[], string][] = [
    ['plain', [], 'plain'],
    ['100%%', [], '100%'],
    ['%d', [-1], '-1'],
    ['%d', [0xffffffff], '-1'],
    ['%u', [-1], '4294967295'],
    ['%x', [-1], 'ffffffff'],
    ['%#x', [255], '0xff'],
    ['%#x', [0], '0'],
    ['%#X', [255], '0XFF'],
    ['%#o', [8], '010'],
    ['%08x', [0xbeef], '0000beef'],
    ['%#010x', [0xbeef], '0x0000beef'],
    ['%-8x|', [0xbeef], 'beef    |'],
    ['%+d % d', [5, 5], '+5  5'],
    ['%.3d', [7], '007'],
    ['%08.3d', [7], '     007'],
    ['%.0d', [0], ''],
    ['%hhx', [0x1ff], 'ff'],
    ['%hhd', [0xff], '-1'],
    ['%hd', [0x18000], '-32768'],
    ['%ld', [-5n], '-5'],
    ['%ld', [0xffff_ffff_ffff_fffbn], '-5'],
    ['%lu', [0xffff_ffff_ffff_ffffn], '18446744073709551615'],
    ['%lx', [-1n], 'ffffffffffffffff'],
    ['0x%016lx', [0x1234n], '0x0000000000001234'],
    ['%llu %zu %ju %td', [1n, 2n, 3n, -4n], '1 2 3 -4'],
    ['%*d|%-*d|', [5, 42, 5, 42], '   42|42   |'],
    ['%*d|', [-5, 42], '42   |'],
    ['%.*f', [2, 3.14159], '3.14'],
    ['%c%c', [65, 66], 'AB'],
    ['%5c|%-5c|', [65, 66], '    A|B    |'],
    ['%p', [0x1234], '0x1234'],
    ['%p', [0], '(nil)'],
    ['%s', [0], '(null)'],
    ['%f', [0.1], '0.100000'],
    ['%.0f %.0f %.0f', [0.5, 1.5, 2.5], '0 2 2'],
    ['%.20f', [0.1], '0.10000000000000000555'],
    ['%e', [123456.789], '1.234568e+05'],
    ['%g %g %g %g', [100000, 1000000, 0.0001, 0.00001], '100000 1e+06 0.0001 1e-05'],
    ['%.2g', [1.5e10], '1.5e+10'],
    ['%5.1f|%-7.2f|%+07.2f', [2.25, -1, 1], '  2.2|-1.00  |+001.00'],
    ['%f %F', [Infinity, NaN], 'inf NAN'],
    ['%a', [0.5], '0x1p-1'],
  ];
  for (const [format, args, expected] of known) {
    it(`"${format}" of ${args.map(String).join(', ')} is "${expected}"`, () => {
      expect(print(format, ...args)).to.equal(expected);
    });
  }

  it('prints strings, with precision as the limit and width as the least', () => {
    const s = machine.text('qemu64');
    expect(print('%s|%10s|%-10s|%.4s|%6.2s', s, s, s, s, s)).to.equal('qemu64|    qemu64|qemu64    |qemu|    qe');
  });

  it('does not read beyond the precision of a string that has no end', () => {
    const bytes = machine.memory.allocate(16);
    machine.memory.writeBytes(bytes, Buffer.from('GenuineIntel####'));
    expect(print('[%.12s]', bytes)).to.equal('[GenuineIntel]');
  });

  it('keeps the unknown characters of a string in their place', () => {
    const vendor = machine.partlyUnknown('a?c', HOST_TEXT);
    const text = print('<%s>', vendor) as (number | Unknown)[];
    expect(text).to.have.length(5);
    expect(text[1]).to.equal(97);
    expect(text[2]).to.be.instanceOf(Unknown);
    expect(text[3]).to.equal(99);
  });

  it('is unknown, for the same reason, where a number or the length of a string is', () => {
    expect((print('%d', HOST_BYTES) as Unknown).origin).to.equal(HOST_BYTES.origin);
    expect((print('%s', machine.partlyUnknown('a?c', HOST_BYTES)) as Unknown).origin).to.equal(HOST_BYTES.origin);
  });
});
