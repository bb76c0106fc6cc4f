/** Updates that meet on one slot of the per-NUMA atomics: one burst of them, and burst after burst. */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import { type ClosedForms, slotBatch } from './closed-forms.ts';
import { exploreBurst } from './explore-burst.ts';
import type { Check } from './result.ts';
import type { SearchClock } from './search-clock.ts';
import { worstBurst } from './slot-burst.ts';
import { judge } from './verdict.ts';
import type { VerifyRequest } from './verify-request.ts';

/** States of one burst that are enumerated at most. */
const MOST_BURST_STATES = 2_000_000;

/** Bursts one after the other. */
const BURSTS = 4;

/** Settled slots: each value below the batch is reached by single pages. */
function settledSlots(batch: Pages): Pages[] {
  return Array.from({ length: 2 * batch - 1 }, (_, i) => i - batch + 1);
}

/** The largest magnitude of a slot after one burst, two, …, as far as the states are few enough. */
export async function growthOverBursts(
  batch: Pages,
  inFlight: InFlight,
  clock: SearchClock,
): Promise<Pages[]> {
  const largest: Pages[] = [];
  let starts: readonly Pages[] = settledSlots(batch);
  const search = { batch, inFlight, ...UNLIMITED, mostStates: MOST_BURST_STATES };
  while (largest.length < BURSTS) {
    const burst = await exploreBurst(starts, search, clock);
    if (!burst.complete) break;
    largest.push(burst.after);
    starts = burst.ends;
  }
  return largest;
}

const both = (pages: Pages): WorstCase => ({ under: pages, over: pages });

const UNLIMITED = {
  during: both(Number.POSITIVE_INFINITY),
  after: Number.POSITIVE_INFINITY,
};

/** During and after one burst from every settled state of the slot. */
export async function checkBurst(
  request: VerifyRequest,
  inFlight: InFlight,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check[]> {
  const batch = slotBatch(request);
  const inBurst = forms.inBurst(batch, inFlight);
  const afterBurst = forms.afterBurst(batch, inFlight);
  const worst = worstBurst(batch, inFlight);
  const burst = await exploreBurst(
    settledSlots(batch),
    { batch, inFlight, during: both(inBurst), after: afterBurst, mostStates: MOST_BURST_STATES },
    clock,
  );
  const { states, transitions, beyond } = burst;
  const checkOf = (
    check: Check['check'],
    bound: Pages,
    witness: Pages,
    found: WorstCase,
  ): Check => {
    const isBeyond = Math.max(found.under, found.over) > bound;
    const searched = {
      exhaustive: burst.complete,
      complete: burst.complete || !clock.expired(),
      stream: isBeyond ? beyond : null,
    };
    return judge(
      {
        check,
        bound: both(bound),
        witness: both(witness),
        found,
        states,
        transitions,
        ...searched,
      },
      request.directions,
    );
  };
  return [
    checkOf('burst', inBurst, Math.max(worst.during.under, worst.during.over), burst.during),
    checkOf('after-burst', afterBurst, worst.after, both(burst.after)),
  ];
}
