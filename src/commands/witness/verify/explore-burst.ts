/** Every interleaving of one burst of updates on one per-NUMA slot. */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import type { SearchClock } from './search-clock.ts';
import { isOver, keptFromReader, type SlotState, slotSteps } from './slot-burst.ts';
import { type Extremes, noteError, type ScheduleStep, type SlotStepName } from './state-graph.ts';

export interface BurstExploration {
  /** Errors while the burst runs and after it; the slot's largest magnitude when it is over. */
  readonly during: WorstCase;
  readonly after: Pages;
  /** Values that the slot can have when the burst is over, ascending. */
  readonly ends: readonly Pages[];
  readonly states: number;
  readonly transitions: number;
  readonly complete: boolean;
  /** The way to a state beyond either limit, null where there is none. */
  readonly beyond: readonly ScheduleStep[] | null;
}

export interface BurstSearch {
  readonly batch: Pages;
  readonly inFlight: InFlight;
  /** Errors that would be beyond the closed forms: at any time, and the slot at the end. */
  readonly during: WorstCase;
  readonly after: Pages;
  readonly mostStates: number;
}

/** How a state was first reached. */
interface Reached {
  readonly state: SlotState;
  readonly from: Reached | null;
  readonly step: SlotStepName;
  readonly pages: Pages;
}

const keyOf = ({ slot, waiting, toMove, toSubtract }: SlotState) =>
  `${slot} ${waiting} ${toMove} ${toSubtract}`;

function wayTo(end: Reached): ScheduleStep[] {
  const way: ScheduleStep[] = [];
  for (let at: Reached | null = end; at !== null; at = at.from) {
    way.push({ slot: { step: at.step, pages: at.pages } });
  }
  return way.reverse();
}

/** States expanded between two looks at the clock. */
const LOOK_EVERY = 4096;

/** From each of these values of the slot; stops at the first state beyond a limit. */
export async function exploreBurst(
  starts: readonly Pages[],
  { batch, inFlight, during: limit, after: limitAfter, mostStates }: BurstSearch,
  clock: SearchClock,
): Promise<BurstExploration> {
  const { updates, pages: most } = inFlight;
  const stack = starts.map((slot): Reached => {
    const state = { slot, waiting: updates, toMove: [], toSubtract: [] };
    return { state, from: null, step: 'start', pages: slot };
  });
  const seen = new Set(stack.map(({ state }) => keyOf(state)));
  const during: Extremes = { under: 0, over: 0 };
  const ends = new Set<Pages>();
  let after = 0;
  let transitions = 0;
  let expanded = 0;
  let complete = true;
  let beyond: readonly ScheduleStep[] | null = null;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { state } = at;
    noteError(during, -keptFromReader(state));
    if (isOver(state)) {
      ends.add(state.slot);
      after = Math.max(after, Math.abs(state.slot));
    }
    if (during.under > limit.under || during.over > limit.over || after > limitAfter) {
      beyond = wayTo(at);
      complete = false;
      break;
    }
    for (const { step, pages, next } of slotSteps(state, batch, most)) {
      transitions += 1;
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      stack.push({ state: next, from: at, step, pages });
    }
    expanded += 1;
    if (expanded % LOOK_EVERY !== 0) continue;
    const pause = clock.heartbeat(seen.size);
    if (pause !== undefined) await pause;
    complete = !clock.expired() && seen.size <= mostStates;
    if (!complete) break;
  }
  return {
    ...{ during, after, ends: [...ends].sort((a, b) => a - b) },
    ...{ states: seen.size, transitions, complete, beyond },
  };
}
