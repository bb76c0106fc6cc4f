/**
 * Schedules of a tree too large to enumerate: one that attains the in-flight bound on either side,
 * and random ones, over full running values.
 */

import type { TreeShape } from '../../../kernel/tree-shape.ts';
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import { below, type RandomState, seedRandom } from '../../../workload/random.ts';
import type { SearchClock } from './search-clock.ts';
import { type Extremes, noteError, type ScheduleStep } from './state-graph.ts';
import type { HeldCarry, TreeSteps } from './tree-steps.ts';

export interface InFlightTree {
  readonly shape: TreeShape;
  readonly create: () => TreeSteps;
  /** The CPUs, and their numbers in the tree. */
  readonly cpus: ArrayLike<number>;
  readonly numbers: ArrayLike<number>;
  /** Pages that each CPU faults to fill every residue: the settled witness. */
  readonly fill: readonly Pages[];
  readonly inFlight: InFlight;
}

/** Plays steps and notes the error after each; at most so many updates are ever under way. */
function createPlayer({ create, cpus, numbers }: InFlightTree, tell: (step: ScheduleStep) => void) {
  const steps = create();
  const extremes: Extremes = { under: 0, over: 0 };
  const note = () => noteError(extremes, steps.approximateSum() - steps.preciseSum());
  function begin(place: number, pages: Pages): HeldCarry | null {
    tell({ begin: { cpu: cpus[place]!, pages } });
    const held = steps.begin(numbers[place]!, pages);
    note();
    return held;
  }
  function advance(carry: HeldCarry): HeldCarry | null {
    const { level, number, pages } = carry;
    tell({ carry: { level, item: steps.item(level, number), pages } });
    const held = steps.advance(carry);
    note();
    return held;
  }
  /** A whole update, of many pages in as many updates as it takes. */
  function settle(place: number, pages: Pages, most: Pages): void {
    for (let left = Math.abs(pages); left > 0; left -= most) {
      let held = begin(place, Math.sign(pages) * Math.min(left, most));
      while (held !== null) held = advance(held);
    }
  }
  return { extremes, begin, advance, settle };
}

type Player = ReturnType<typeof createPlayer>;

/**
 * All residues at their fullest (under) or at 0 (over); then C − 1 times an update of V pages on
 * one CPU is stopped before the sum with the largest carry there is, and its path refilled, or
 * drained, by others that are done; the last update has added its V pages at level 0 alone.
 * @returns the carries that are held at the end.
 */
function playWorst(player: Player, tree: InFlightTree, side: keyof WorstCase): HeldCarry[] {
  const { shape, fill, inFlight } = tree;
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
  const player = createPlayer(tree, () => {});
  playWorst(player, tree, side);
  return player.extremes[side];
}

/** Its steps. */
export function worstSteps(tree: InFlightTree, side: keyof WorstCase): ScheduleStep[] {
  const steps: ScheduleStep[] = [];
  playWorst(
    createPlayer(tree, (step) => steps.push(step)),
    tree,
    side,
  );
  return steps;
}

/** Updates between two changes of what the random schedule favours, and two looks at the clock. */
const PHASE = 256;
const LOOK_EVERY = 4096;

interface Schedules {
  readonly found: WorstCase;
  readonly states: null;
  /** Random steps played. */
  readonly transitions: number;
  readonly complete: boolean;
  readonly beyond: readonly ScheduleStep[] | null;
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

/** Where random steps start from: an empty tree, or the end of a worst schedule. */
const STARTS = ['rest', 'under', 'over'] as const;

type Start = (typeof STARTS)[number];

/** Random steps from one start, as many as are asked for at a time. */
function play(tree: InFlightTree, start: Start, seed: number, told: ScheduleStep[] | null) {
  const random = seedRandom(seed);
  const player = createPlayer(tree, (step) => {
    told?.push(step);
  });
  const held = start === 'rest' ? [] : playWorst(player, tree, start);
  let growPerCent = 50;
  let done = 0;
  return {
    extremes: player.extremes,
    done: () => done,
    /** Until so many more are done, or it is told to stop. */
    go(steps: number, stop: (extremes: WorstCase) => boolean) {
      for (const end = done + steps; done < end && !stop(player.extremes); done++) {
        if (done % PHASE === 0) growPerCent = 20 + below(random, 61);
        randomStep(player, tree, held, growPerCent, random);
      }
    },
  };
}

/**
 * So many random steps from each start; the first stream beyond the bound ends it.
 * @throws what the clock's heartbeat throws.
 */
export async function searchSchedules(
  tree: InFlightTree,
  bound: WorstCase,
  seed: number,
  steps: number,
  clock: SearchClock,
): Promise<Schedules> {
  const isBeyond = ({ under, over }: WorstCase) => under > bound.under || over > bound.over;
  const found: Extremes = { under: 0, over: 0 };
  let transitions = 0;
  for (const start of STARTS) {
    const run = play(tree, start, seed, null);
    while (run.done() < steps && !isBeyond(run.extremes) && !clock.expired()) {
      run.go(LOOK_EVERY, isBeyond);
      const pause = clock.heartbeat(transitions + run.done());
      if (pause !== undefined) await pause;
    }
    transitions += run.done();
    noteError(found, -run.extremes.under);
    noteError(found, run.extremes.over);
    if (isBeyond(found)) {
      const beyond: ScheduleStep[] = [];
      play(tree, start, seed, beyond).go(run.done(), () => false);
      return { found, states: null, transitions, complete: false, beyond };
    }
  }
  const complete = transitions >= STARTS.length * steps;
  return { found, states: null, transitions, complete, beyond: null };
}
