/**
 * One slot of the per-NUMA atomics under updates that overlap: each adds and sees the sum, moves
 * what it saw to the shared value if that reaches the batch, and then subtracts it: three steps,
 * any order between updates.
 */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import type { ScheduleStep, SlotStepName } from './result.ts';
import { type Extremes, noteError, type StateGraph } from './search.ts';

/** Updates that have not begun, and those that have seen a full slot: before and after the move. */
export interface SlotState {
  readonly slot: Pages;
  readonly waiting: number;
  /** What each saw, in ascending order. */
  readonly toMove: readonly Pages[];
  readonly toSubtract: readonly Pages[];
}

const inserted = (values: readonly Pages[], value: Pages) =>
  [...values, value].sort((a, b) => a - b);

const without = (values: readonly Pages[], value: Pages) => {
  const place = values.indexOf(value);
  return [...values.slice(0, place), ...values.slice(place + 1)];
};

/** An update's first step: its add, and the comparison of what that returns. */
export function beginOnSlot(state: SlotState, pages: Pages, batch: Pages): SlotState {
  const slot = state.slot + pages;
  const toMove = Math.abs(slot) >= batch ? inserted(state.toMove, slot) : state.toMove;
  return { ...state, slot, waiting: state.waiting - 1, toMove };
}

/** Its second: what it saw goes to the shared value. */
export function moveToShared(state: SlotState, seen: Pages): SlotState {
  return {
    ...state,
    toMove: without(state.toMove, seen),
    toSubtract: inserted(state.toSubtract, seen),
  };
}

/** Its third. */
export function subtractFromSlot(state: SlotState, seen: Pages): SlotState {
  return { ...state, slot: state.slot - seen, toSubtract: without(state.toSubtract, seen) };
}

/** What a reader lacks of this slot: what was moved is in the shared value, subtracted or not. */
export function keptFromReader({ slot, toSubtract }: SlotState): Pages {
  return toSubtract.reduce((sum, seen) => sum - seen, slot);
}

export function isOver({ waiting, toMove, toSubtract }: SlotState): boolean {
  return waiting === 0 && toMove.length === 0 && toSubtract.length === 0;
}

/** The updates have yet to begin, each of at most so many pages. */
function restingSlot(slot: Pages, { updates }: InFlight): SlotState {
  return { slot, waiting: updates, toMove: [], toSubtract: [] };
}

/** A step of one of the updates: of its own pages, or of what it saw. */
interface SlotStep {
  readonly step: SlotStepName;
  readonly pages: Pages;
  readonly next: SlotState;
}

/** All that can happen next. */
function slotSteps(state: SlotState, batch: Pages, most: Pages): SlotStep[] {
  const steps: SlotStep[] = [];
  for (let magnitude = 1; state.waiting > 0 && magnitude <= most; magnitude++) {
    for (const pages of [magnitude, -magnitude]) {
      steps.push({ step: 'add', pages, next: beginOnSlot(state, pages, batch) });
    }
  }
  for (const pages of new Set(state.toMove)) {
    steps.push({ step: 'move', pages, next: moveToShared(state, pages) });
  }
  for (const pages of new Set(state.toSubtract)) {
    steps.push({ step: 'subtract', pages, next: subtractFromSlot(state, pages) });
  }
  return steps;
}

const keyOf = ({ slot, waiting, toMove, toSubtract }: SlotState) =>
  `${slot} ${waiting} ${toMove} ${toSubtract}`;

interface BurstStates extends StateGraph<ScheduleStep> {
  /** By number, as far as they were found. */
  readonly found: readonly SlotState[];
}

/** Every interleaving of one burst; the first states are those of slots at these values. */
export function burstStates(
  slots: readonly Pages[],
  batch: Pages,
  inFlight: InFlight,
): BurstStates {
  const found = slots.map((slot) => restingSlot(slot, inFlight));
  const numbers = new Map(found.map((state, number) => [keyOf(state), number]));
  function numberOf(state: SlotState): number {
    const key = keyOf(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, found.length);
    return found.push(state) - 1;
  }
  let asked = -1;
  let steps: readonly SlotStep[] = [];
  function stepsFrom(state: number): readonly SlotStep[] {
    if (state !== asked) steps = slotSteps(found[state]!, batch, inFlight.pages);
    asked = state;
    return steps;
  }
  return {
    found,
    states: null,
    order: 'depth',
    starts: slots.length,
    begin: (start) => [{ slot: { step: 'start', pages: slots[start]! } }],
    moves: (state) => stepsFrom(state).length,
    step: (state, move) => numberOf(stepsFrom(state)[move]!.next),
    error: (state) => 0 - keptFromReader(found[state]!),
    tell(state, move) {
      const { step, pages } = stepsFrom(state)[move]!;
      return { slot: { step, pages } };
    },
  };
}

/** One update that lands one page below the batch, where nothing moves. */
function filledSlot(batch: Pages, pages: Pages): SlotState {
  const add = Math.min(pages, 2 * batch - 2);
  return beginOnSlot(restingSlot(batch - 1 - add, { updates: 1, pages }), add, batch);
}

/**
 * The worst order of one burst: from a slot one page below the batch, all add before any moves, and
 * all move before any subtracts. @returns the largest error on the way, and the slot at the end.
 */
export function worstBurst(batch: Pages, inFlight: InFlight) {
  const { updates, pages } = inFlight;
  let state = restingSlot(batch - 1, inFlight);
  const during: Extremes = { under: 0, over: 0 };
  const take = (next: SlotState) => {
    state = next;
    noteError(during, -keptFromReader(state));
  };
  take(state);
  while (state.waiting > 0) take(beginOnSlot(state, pages, batch));
  while (state.toMove.length > 0) take(moveToShared(state, state.toMove[0]!));
  while (state.toSubtract.length > 0) take(subtractFromSlot(state, state.toSubtract[0]!));
  const end = updates === 1 ? filledSlot(batch, pages) : state;
  return { during: Math.max(during.under, during.over), after: Math.abs(end.slot) };
}

/**
 * Steps of one burst that leave a reader as far off as one can on this side: all have added and none moved;
 * or, where that is more, all have moved and subtracted, which leaves what they moved too much.
 */
export function* burstSchedule(
  batch: Pages,
  inFlight: InFlight,
  side: keyof WorstCase,
): Generator<{ readonly step: SlotStepName; readonly pages: Pages }> {
  const { updates, pages } = inFlight;
  const toTheEnd = worstBurst(batch, inFlight).after > batch - 1 + updates * pages;
  const sign = (side === 'under') === toTheEnd ? -1 : 1;
  let state = restingSlot(sign * (batch - 1), inFlight);
  yield { step: 'start', pages: state.slot };
  while (state.waiting > 0) {
    state = beginOnSlot(state, sign * pages, batch);
    yield { step: 'add', pages: sign * pages };
  }
  if (!toTheEnd) return;
  for (const seen of state.toMove) yield { step: 'move', pages: seen };
  for (const seen of state.toMove) yield { step: 'subtract', pages: seen };
}
