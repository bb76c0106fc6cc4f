/** Errors of one scheme over many processes: each has its own extremes, all have one distribution. */
import { createObserver, type Observer } from '../../../replay/observer.ts';
import { createTally, type ObservedErrors, summarise, type Tally } from '../../../replay/tally.ts';
import type { ProcessErrors } from './process-result.ts';

const READINGS = ['both', 'clampedOnly', 'rawOnly'] as const;

export type ErrorPool = Pick<Observer, (typeof READINGS)[number]>;

export function createErrorPool(): ErrorPool {
  return createObserver();
}

/** An observer of one process, whose distribution is the pool's. */
export function observerOf(pool: ErrorPool): Observer {
  const sharing = (tally: Tally): Tally => ({ ...createTally(), magnitudes: tally.magnitudes });
  return {
    ...createObserver(),
    both: sharing(pool.both),
    clampedOnly: sharing(pool.clampedOnly),
    rawOnly: sharing(pool.rawOnly),
  };
}

function add(total: Tally, part: Tally): void {
  if (part.low < total.low) {
    total.low = part.low;
    total.lowAt = part.lowAt;
  }
  if (part.high > total.high) {
    total.high = part.high;
    total.highAt = part.highAt;
  }
  total.samples += part.samples;
  total.sum += part.sum;
}

/** Adds what one process showed to the pool: to be done once, when it has ended. */
export function closeProcess(pool: ErrorPool, observer: Observer): void {
  for (const reading of READINGS) add(pool[reading], observer[reading]);
}

/** Without percentiles: the distribution is not this process's own. */
function processErrors(tallies: readonly Tally[]): ProcessErrors {
  const samples = tallies.reduce((total, tally) => total + tally.samples, 0);
  const {
    p50: _p50,
    p99: _p99,
    ...errors
  } = summarise(tallies.map((tally) => ({ ...tally, samples: 0 })));
  const sum = tallies.reduce((total, tally) => total + tally.sum, 0n);
  return { ...errors, mean: samples === 0 ? 0 : Number(sum) / samples };
}

/** The errors of one process. */
export function errorsOf({ both, clampedOnly, rawOnly }: Observer): {
  clamped: ProcessErrors;
  raw: ProcessErrors;
} {
  return { clamped: processErrors([both, clampedOnly]), raw: processErrors([both, rawOnly]) };
}

/** The errors of all processes: operations are counted in the process that was off the most. */
export function pooledErrors({ both, clampedOnly, rawOnly }: ErrorPool): {
  clamped: ObservedErrors;
  raw: ObservedErrors;
} {
  return { clamped: summarise([both, clampedOnly]), raw: summarise([both, rawOnly]) };
}
