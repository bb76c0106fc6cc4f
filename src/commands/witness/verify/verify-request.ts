/** What `witness --verify` is asked. */
import type { InFlight } from '../../../schemes/bound.ts';
import { schemeOf } from '../../../schemes/registry.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import type { WitnessRequest } from '../witness.ts';
import type { Direction } from '../witness-stream.ts';

export interface VerifyRequest extends Omit<WitnessRequest, 'direction'> {
  /** The sides of the truth that are checked. */
  readonly directions: readonly Direction[];
  /** Also with so many updates at once; null: settled alone. */
  readonly inFlight: InFlight | null;
  readonly seed: number;
  /** The time limit, for the result; the clock keeps it. */
  readonly seconds: number;
}

/** Where the request's CPUs and threads hold pages back. */
export function holdingOf({ spec, topology, cpus }: VerifyRequest): Holding {
  return schemeOf(spec).holding(spec, topology, cpus);
}
