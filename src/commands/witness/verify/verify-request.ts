/** What `witness --verify` is asked. */
import type { InFlight } from '../../../schemes/worst-case.ts';
import type { Direction } from '../../../workload/adversary.ts';
import type { WitnessRequest } from '../witness.ts';

export interface VerifyRequest extends Omit<WitnessRequest, 'direction'> {
  /** The sides of the truth that are checked. */
  readonly directions: readonly Direction[];
  /** Also with so many updates at once; null: settled alone. */
  readonly inFlight: InFlight | null;
  readonly seed: number;
  /** The time limit, for the result; the clock keeps it. */
  readonly seconds: number;
}
