import type { QmpValue } from '../x86/api.js';
import { FILTERED, UNAVAILABLE, wordBits, WORDS } from './filtering.js';
import { sameValue } from './json.js';
import type { SeenCpu } from './seen-cpu.js';

/**
 * What an accelerator offers may hang on the machine type (its interrupt controller, for instance): a feature that a configuration
 * asks for is then there on one and left out on the other, which QEMU itself names. No configuration can help that; `enforce` refuses to start.
 */
export class Offered {
  /** Features that one of the two CPUs asks for in vain. */
  private readonly names: ReadonlySet<string>;
  private readonly bits: ReadonlySet<string>;

  constructor(private readonly named: SeenCpu, private readonly made: SeenCpu) {
    this.names = apart(namesOf(named), namesOf(made));
    this.bits = apart(wordBits(named.properties[FILTERED]), wordBits(made.properties[FILTERED]));
  }

  /** Whether a property differs for no other reason. */
  property(property: string): boolean {
    if (this.bits.size === 0) return false;
    if (property === UNAVAILABLE || property === FILTERED) return true;
    if (property === WORDS) return sameValue(this.asked(this.named), this.asked(this.made));
    return this.names.has(property);
  }

  /** Whether a register of a CPUID leaf differs for no other reason. */
  register(leaf: number, subleaf: number, register: string, a: number, b: number): boolean {
    for (let bit = 0, changed = (a ^ b) >>> 0; changed !== 0; bit++, changed >>>= 1) {
      if ((changed & 1) !== 0 && ![String(subleaf), 'undefined'].some((index) => this.bits.has(`${register.toUpperCase()}/${leaf}/${index}/${bit}`))) return false;
    }
    return true;
  }

  get reason(): string {
    return `the accelerator does not offer ${[...this.names].join(', ')} on both machine types`;
  }

  /** All bits that were asked for. */
  private asked({ properties }: SeenCpu): string[] {
    return [...new Set([...wordBits(properties[WORDS]), ...wordBits(properties[FILTERED])])].sort();
  }
}

function namesOf({ properties }: SeenCpu): ReadonlySet<string> {
  const list: QmpValue | undefined = properties[UNAVAILABLE];
  return new Set(Array.isArray(list) ? list.map(String) : []);
}

function apart(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  return new Set([...[...a].filter((entry) => !b.has(entry)), ...[...b].filter((entry) => !a.has(entry))]);
}
