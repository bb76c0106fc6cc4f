/**
 * The two-level scheme step by step: a machine of its own, its states as graphs, settled and with updates
 * stopped between two steps.
 *
 * An update adds to its cell; what that spills it adds to the middle value, and sees the sum; if the sum is a
 * batch or more it exchanges the middle value for 0; and what it got it adds to the shared value.
 */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import type { RecordedUpdate } from '../../../update/record.ts';
import { fillingSpills, type TwoLevelHolding } from '../witness-stream.ts';
import { type PlayedStep, randomSchedules, wholeUpdates } from './played.ts';
import type { ScheduleStep, StreamStep } from './result.ts';
import { FROM_REST, MOST_STATES, type NewGame, type StateGraph } from './search.ts';
import { oneAdd } from './settled-states.ts';

/** An update between two of its steps, and the pages that it has in its hands. */
interface Held {
  readonly next: 'add' | 'exchange' | 'share';
  readonly group: number;
  /** 0 before the exchange: it holds nothing then. */
  readonly pages: Pages;
}

interface Values {
  readonly cells: Pages[];
  readonly middles: Pages[];
}

type Shape = Pick<TwoLevelHolding, 'groups' | 'batch' | 'middle'>;

export function atRest({ groups }: Shape): Values {
  return {
    cells: Array.from(groups, () => 0),
    middles: Array.from(new Set(groups), () => 0),
  };
}

/** The first step, on the CPU of this place; null: that was all. */
export function begin(shape: Shape, { cells }: Values, place: number, pages: Pages): Held | null {
  const sum = cells[place]! + pages;
  const spills = Math.abs(sum) >= shape.batch;
  cells[place] = spills ? 0 : sum;
  return spills ? { next: 'add', group: shape.groups[place]!, pages: sum } : null;
}

/** The next step; null: that was the last. */
export function advance(
  shape: Shape,
  { middles }: Values,
  { next, group, pages }: Held,
): Held | null {
  if (next === 'share') return null;
  const before = middles[group]!;
  if (next === 'exchange') {
    middles[group] = 0;
    return before === 0 ? null : { next: 'share', group, pages: before };
  }
  middles[group] = before + pages;
  const isFull = Math.abs(before + pages) >= shape.middle;
  return isFull ? { next: 'exchange', group, pages: 0 } : null;
}

function totalOf({ cells, middles }: Values, held: readonly Held[]): Pages {
  const counts = [...cells, ...middles].reduce((sum, pages) => sum + pages, 0);
  return held.reduce((sum, { pages }) => sum + pages, counts);
}

/** Settled states: each value of every cell and middle value. */
function nrSettled({ groups, batch, middle }: Shape): number {
  return (2 * batch - 1) ** groups.length * (2 * middle - 1) ** new Set(groups).size;
}

/**
 * Settled states; null where there are too many. Moves are one page and two, either way: pairs of spills of
 * B1 and of B1 + 1 pages take a middle value through every number below its batch, and whatever else an
 * update leaves is one of these states: 0 in the cell or less than B1, less than B2 above it.
 */
export function twoLevelStates(holding: TwoLevelHolding): StateGraph<RecordedUpdate> | null {
  const { cpus, batch, middle } = holding;
  const rest = atRest(holding);
  const sizes = [...rest.cells.map(() => 2 * batch - 1), ...rest.middles.map(() => 2 * middle - 1)];
  const states = nrSettled(holding);
  if (states > MOST_STATES) return null;
  const amounts = [1, -1, 2, -2];
  // Odd sizes: the state of rest, 0 everywhere, is the middle one, and has number 0 as graphs begin there.
  const origin = (states - 1) / 2;
  function valuesOf(state: number): Values {
    let left = (state + origin) % states;
    const values = sizes.map((size) => {
      const value = (left % size) - (size - 1) / 2;
      left = Math.floor(left / size);
      return value;
    });
    return { cells: values.slice(0, cpus.length), middles: values.slice(cpus.length) };
  }
  function numberOf({ cells, middles }: Values): number {
    const values = [...cells, ...middles];
    const number = values.reduceRight(
      (sum, value, i) => sum * sizes[i]! + value + (sizes[i]! - 1) / 2,
      0,
    );
    return (number - origin + states) % states;
  }
  return {
    ...FROM_REST,
    states,
    moves: () => amounts.length * cpus.length,
    step(state, move) {
      const values = valuesOf(state);
      let held = begin(holding, values, move >> 2, amounts[move & 3]!);
      while (held !== null) held = advance(holding, values, held);
      return numberOf(values);
    },
    error: (state) => 0 - totalOf(valuesOf(state), []),
    tell: (_, move) => oneAdd(cpus[move >> 2]!, amounts[move & 3]!),
  };
}

interface Flight {
  readonly values: Values;
  readonly held: readonly Held[];
}

interface Move {
  readonly step: ScheduleStep;
  readonly after: Flight;
}

const tellStep = ({ next, group, pages }: Held): ScheduleStep => ({
  middle: { step: next, group, pages },
});

function movesFrom({ values, held }: Flight, holding: TwoLevelHolding, inFlight: InFlight): Move[] {
  const moves: Move[] = [];
  const take = (step: ScheduleStep, rest: readonly Held[], act: (copy: Values) => Held | null) => {
    const copy = { cells: [...values.cells], middles: [...values.middles] };
    const next = act(copy);
    moves.push({ step, after: { values: copy, held: next === null ? rest : [...rest, next] } });
  };
  for (let n = 1; held.length < inFlight.updates && n <= inFlight.pages; n++) {
    for (const pages of [n, -n]) {
      for (const [place, cpu] of holding.cpus.entries()) {
        take({ begin: { cpu, pages } }, held, (copy) => begin(holding, copy, place, pages));
      }
    }
  }
  for (const [i, one] of held.entries()) {
    const rest = held.filter((_, j) => j !== i);
    take(tellStep(one), rest, (copy) => advance(holding, copy, one));
  }
  return moves;
}

const keyOf = ({ values: { cells, middles }, held }: Flight) =>
  `${cells} ${middles} ${held
    .map(({ next, group, pages }) => `${next}${group}:${pages}`)
    .sort()
    .join()}`;

/** Middle values that settled updates of any size can have left: each combination of them. */
function startsOf(holding: TwoLevelHolding): Values[] {
  const rest = atRest(holding);
  const most = holding.middle > holding.batch ? holding.middle - 1 : 0;
  return rest.middles.reduce<Values[]>(
    (starts, _, group) =>
      starts.flatMap((start) =>
        Array.from({ length: 2 * most + 1 }, (__, i) => ({
          ...start,
          middles: start.middles.with(group, i - most),
        })),
      ),
    [rest],
  );
}

/**
 * Every interleaving of at most so many updates at once, from every middle value; numbered as found. Null
 * where settled states alone are more than `mostStates`.
 */
export function inFlightTwoLevel(
  holding: TwoLevelHolding,
  inFlight: InFlight,
  mostStates: number,
): StateGraph<ScheduleStep> | null {
  if (nrSettled(holding) > mostStates) return null;
  const found: Flight[] = startsOf(holding).map((values) => ({ values, held: [] }));
  const starts = found.length;
  const numbers = new Map(found.map((flight, number) => [keyOf(flight), number]));
  function numberOf(flight: Flight): number {
    const key = keyOf(flight);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, found.length);
    return found.push(flight) - 1;
  }
  let asked = -1;
  let moves: readonly Move[] = [];
  function movesOf(state: number): readonly Move[] {
    if (state !== asked) moves = movesFrom(found[state]!, holding, inFlight);
    asked = state;
    return moves;
  }
  return {
    states: null,
    order: 'breadth',
    starts,
    begin: (start) =>
      found[start]!.values.middles.map((pages, group) => ({
        middle: { step: 'start', group, pages },
      })),
    moves: (state) => movesOf(state).length,
    step: (state, move) => numberOf(movesOf(state)[move]!.after),
    error: (state) => 0 - totalOf(found[state]!.values, found[state]!.held),
    tell: (state, move) => movesOf(state)[move]!.step,
  };
}

/** Takes steps, and keeps Σ of all counts and hands up to date: there may be thousands of cells. */
function createPlayer(holding: TwoLevelHolding) {
  const values = atRest(holding);
  const { cpus } = holding;
  let kept = 0;
  const played = (step: StreamStep): PlayedStep => ({ step, error: 0 - kept });
  function spill(place: number, added: Pages): Held | null {
    kept += added;
    return begin(holding, values, place, added);
  }
  function go(held: Held): Held | null {
    if (held.next === 'share') kept -= held.pages;
    return advance(holding, values, held);
  }
  return {
    /** So many whole updates, one after the other, as one step. */
    *whole(place: number, pages: Pages, repeat: number): Generator<PlayedStep> {
      if (repeat === 0) return;
      for (let i = 0; i < repeat; i++) {
        let held = spill(place, pages);
        while (held !== null) held = go(held);
      }
      yield played(wholeUpdates(cpus[place]!, pages, repeat));
    },
    *begin(place: number, pages: Pages): Generator<PlayedStep, Held | null> {
      const held = spill(place, pages);
      yield played({ begin: { cpu: cpus[place]!, pages } });
      return held;
    },
    *advance(held: Held): Generator<PlayedStep, Held | null> {
      const next = go(held);
      yield played(tellStep(held));
      return next;
    },
  };
}

type Player = ReturnType<typeof createPlayer>;

/** Fills a middle value by updates of at most so many pages. */
function* fillMiddle(
  player: Player,
  holding: TwoLevelHolding,
  place: number,
  own: 1 | -1,
  most: Pages,
): Generator<PlayedStep> {
  const { batch } = holding;
  for (const { pages, times } of fillingSpills(holding, most - 1, 1)) {
    const sign = pages < 0 ? -own : own;
    for (let i = 0; i < times; i++) {
      yield* player.whole(place, sign, batch - 1);
      yield* player.whole(place, sign * (Math.abs(pages) - batch + 1), 1);
    }
  }
}

/**
 * All filled; then C − 1 times as many updates as there may yet be take a full cell each and add it to
 * one middle value before any exchanges it: one of them gets all that and is stalled, the others end, and
 * cell and middle value are refilled. The last update has taken V pages out of a full cell.
 * @returns what the stalled ones have in their hands.
 */
function* playWorst(
  player: Player,
  holding: TwoLevelHolding,
  { updates, pages }: InFlight,
  side: keyof WorstCase,
): Generator<PlayedStep, Held[]> {
  const { groups, batch } = holding;
  const own = side === 'under' ? 1 : -1;
  for (const place of groups.keys()) {
    if (groups.indexOf(groups[place]!) === place) {
      yield* fillMiddle(player, holding, place, own, batch);
    }
  }
  for (const place of groups.keys()) yield* player.whole(place, own, batch - 1);
  const stalled: Held[] = [];
  for (let left = updates; left > 1; left--) {
    const waiting: Held[] = [];
    for (let i = 0; i < left; i++) {
      if (i > 0) yield* player.whole(0, own, batch - 1);
      const spilt = yield* player.begin(0, own * pages);
      const full = spilt === null ? null : yield* player.advance(spilt);
      if (full !== null) waiting.push(full);
    }
    // What the first finds stays in its hands; the others find 0, and end.
    for (const full of waiting) {
      const found = yield* player.advance(full);
      if (found !== null) stalled.push(found);
    }
    yield* fillMiddle(player, holding, 0, own, pages);
    yield* player.whole(0, own, batch - 1);
  }
  const last = updates > 0 ? yield* player.begin(0, own * pages) : null;
  return last === null ? stalled : [...stalled, last];
}

/** The schedule that attains what updates in flight can do on one side, step by step. */
export function worstTwoLevel(
  holding: TwoLevelHolding,
  inFlight: InFlight,
  side: keyof WorstCase,
): Generator<PlayedStep> {
  return playWorst(createPlayer(holding), holding, inFlight, side);
}

/** So many random steps from rest, and from the end of the worst schedule of either side. */
export function randomTwoLevel(
  holding: TwoLevelHolding,
  inFlight: InFlight,
  seed: number,
  steps: number,
): NewGame<StreamStep> {
  return randomSchedules({
    ...{ inFlight, cpus: holding.cpus.length, seed, steps },
    newPlayer: () => createPlayer(holding),
    playWorst: (player, side) => playWorst(player, holding, inFlight, side),
  });
}
