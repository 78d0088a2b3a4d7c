import type { CpuidLeaf, QmpValue, ResolvedCpu } from '../x86/api.js';
import { compareWithAnalysis } from './compare-cpuid.js';
import type { GuestCpuid } from './guest.js';
import { sameValue } from './json.js';

/**
 * What the analysis tells of a configuration on a machine type that is not its own: a board may set a property itself,
 * whatever was set, and no configuration can help that.
 */
export class Told {
  /** Properties that the configuration sets and one of the two machine types decides itself. */
  readonly overridden: readonly string[];

  /**
   * @param here the CPU of the configuration on its own machine type, realized
   * @param there the same on the other
   * @param set what the configuration sets
   * @param leaves what CPUID answers there
   */
  constructor(here: ResolvedCpu, private readonly there: ResolvedCpu, set: readonly string[], private readonly leaves?: readonly CpuidLeaf[]) {
    this.overridden = set.filter((property) => !sameValue(here.properties.get(property), there.properties.get(property)));
  }

  /** Whether a value of the other machine type's CPU is as it was told; only where the machine type decides something itself. */
  property(property: string, value: QmpValue | undefined): boolean {
    if (this.overridden.length === 0) return false;
    return this.there.hostDependent.includes(property) || sameValue(this.there.properties.get(property), value);
  }

  /** The same for what a guest reads there. */
  cpuid(guest: GuestCpuid): boolean {
    return this.overridden.length > 0 && this.leaves !== undefined && compareWithAnalysis(guest, this.leaves).differences.length === 0;
  }

  get reason(): string {
    return `the machine type itself decides ${this.overridden.join(', ')}, as the analysis tells`;
  }
}
