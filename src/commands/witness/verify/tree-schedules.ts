/**
 * Schedules of a tree too large to enumerate: one that attains the in-flight bound on either side,
 * and random ones. Full running values and floor divisions, nothing of a scheme's counters.
 */
import { carryOf, itemMappings, itemOf as itemOfNumber } from '../../../kernel/tree-shape.ts';
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import type { Pages } from '../../../units.ts';
import { below, type RandomState, seedRandom } from '../../../workload/contract/random.ts';
import type { ScheduleStep } from './result.ts';
import { type Extremes, type NewGame, noteError } from './search.ts';

export type TreeHolding = Extract<Holding, { kind: 'tree' }>;

/** An update between two levels: its carry is yet to be added at `level` (1 … nrLevels). */
interface HeldCarry {
  readonly number: number;
  readonly level: number;
  readonly pages: Pages;
}

/** A tree whose updates advance one level at a time; a carry that is held is in no counter. */
export function createTreeSteps({ shape, mapping }: Pick<TreeHolding, 'shape' | 'mapping'>) {
  const { nrLevels, levelBatches, levelItems, order } = shape;
  const items = itemMappings(shape, mapping);
  /** Level 0, the items of levels 1 … nrLevels − 1, and the approximate sum. */
  const counts = [2 ** order, ...levelItems].map((length) => new Float64Array(length));
  let precise = 0;

  function itemOf({ level, number }: Pick<HeldCarry, 'level' | 'number'>): number {
    return level === 0 ? number : itemOfNumber(items[level - 1]!, number);
  }

  /** Adds a held carry to its level; null: the update is done. */
  function advance(carry: HeldCarry): HeldCarry | null {
    const { level, number, pages } = carry;
    const counters = counts[level]!;
    const item = itemOf(carry);
    const before = counters[item]!;
    counters[item] = before + pages;
    if (level === nrLevels) return null;
    const more = carryOf(before, before + pages, levelBatches[level]!);
    return more === 0 ? null : { number, level: level + 1, pages: more };
  }

  return {
    /** Adds at level 0 of the CPU of this number; null: nothing is carried, the update is done. */
    begin(number: number, pages: Pages): HeldCarry | null {
      precise += pages;
      return advance({ number, level: 0, pages });
    },
    advance,
    /** Approximate − precise, pages. */
    error: () => counts[nrLevels]![0]! - precise,
    itemOf,
  };
}

/** A tree's CPUs, and at most so many updates of theirs at once. */
export interface InFlightTree extends TreeHolding {
  readonly cpus: ArrayLike<number>;
  /** Pages that each CPU faults to fill every residue: the settled witness. */
  readonly fill: readonly Pages[];
  readonly inFlight: InFlight;
}

/** Makes steps and notes the error after each. */
function createPlayer(tree: InFlightTree, extremes: Extremes, stream: ScheduleStep[] | null) {
  const { cpus, numbers } = tree;
  const steps = createTreeSteps(tree);
  function begin(place: number, pages: Pages): HeldCarry | null {
    stream?.push({ begin: { cpu: cpus[place]!, pages } });
    const held = steps.begin(numbers[place]!, pages);
    noteError(extremes, steps.error());
    return held;
  }
  function advance(carry: HeldCarry): HeldCarry | null {
    const { level, pages } = carry;
    stream?.push({ carry: { level, item: steps.itemOf(carry), pages } });
    const held = steps.advance(carry);
    noteError(extremes, steps.error());
    return held;
  }
  /** A whole update, of many pages in as many updates as it takes. */
  function settle(place: number, pages: Pages, most: Pages): void {
    for (let left = Math.abs(pages); left > 0; left -= most) {
      let held = begin(place, Math.sign(pages) * Math.min(left, most));
      while (held !== null) held = advance(held);
    }
  }
  return { begin, advance, settle };
}

type Player = ReturnType<typeof createPlayer>;

/**
 * All residues at their fullest (under) or at 0 (over); then C − 1 times an update of V pages on
 * one CPU is stopped before the sum with the largest carry there is, and its path refilled, or
 * drained, by others that are done; the last update has added its V pages at level 0 alone.
 * @returns the carries that are held at the end.
 */
function playWorst(
  player: Player,
  { shape, fill, inFlight }: InFlightTree,
  side: keyof WorstCase,
): HeldCarry[] {
  const sign = side === 'under' ? 1 : -1;
  const most = inFlight.pages;
  if (side === 'under') {
    for (const [place, pages] of fill.entries()) player.settle(place, pages, most);
  }
  const stalled: HeldCarry[] = [];
  for (let update = 1; update <= inFlight.updates; update++) {
    let held = player.begin(0, sign * most);
    if (update < inFlight.updates) {
      while (held !== null && held.level < shape.nrLevels) held = player.advance(held);
      player.settle(0, (held?.pages ?? 0) - sign * most, most);
    }
    if (held !== null) stalled.push(held);
  }
  return stalled;
}

/** What the worst schedule of a side reaches there. */
export function attainInFlight(tree: InFlightTree, side: keyof WorstCase): Pages {
  const extremes: Extremes = { under: 0, over: 0 };
  playWorst(createPlayer(tree, extremes, null), tree, side);
  return extremes[side];
}

/** Its steps. */
export function worstSteps(tree: InFlightTree, side: keyof WorstCase): ScheduleStep[] {
  const stream: ScheduleStep[] = [];
  playWorst(createPlayer(tree, { under: 0, over: 0 }, stream), tree, side);
  return stream;
}

/** One step: of what may happen, an update begins or a held carry climbs a level. */
function randomStep(
  player: Player,
  { cpus, inFlight }: InFlightTree,
  held: HeldCarry[],
  growPerCent: number,
  random: RandomState,
): void {
  const begins = held.length < inFlight.updates && (held.length === 0 || below(random, 4) > 0);
  if (begins) {
    const pages = 1 + below(random, inFlight.pages);
    const sign = below(random, 100) < growPerCent ? 1 : -1;
    const carry = player.begin(below(random, cpus.length), sign * pages);
    if (carry !== null) held.push(carry);
    return;
  }
  const which = below(random, held.length);
  const carry = player.advance(held[which]!);
  if (carry === null) held.splice(which, 1);
  else held[which] = carry;
}

/** Steps between two changes of what the random schedule favours. */
const PHASE = 256;

/** Where random steps start from: an empty tree, or the end of a worst schedule. */
const STARTS = ['rest', 'under', 'over'] as const;

/** So many random steps from each start. */
export function randomSchedules(
  tree: InFlightTree,
  seed: number,
  steps: number,
): NewGame<ScheduleStep> {
  return (isRecorded) => {
    const extremes: Extremes = { under: 0, over: 0 };
    let stream: ScheduleStep[] = [];
    let moves = 0;
    function* play(): Generator<void, void, void> {
      for (const start of STARTS) {
        stream = [];
        const random = seedRandom(seed);
        const player = createPlayer(tree, extremes, isRecorded ? stream : null);
        const held = start === 'rest' ? [] : playWorst(player, tree, start);
        let growPerCent = 50;
        for (let done = 0; done < steps; done++) {
          if (done % PHASE === 0) growPerCent = 20 + below(random, 61);
          randomStep(player, tree, held, growPerCent, random);
          moves += 1;
          yield;
        }
      }
    }
    return { play: play(), moves: () => moves, extremes: () => extremes, stream: () => stream };
  };
}
