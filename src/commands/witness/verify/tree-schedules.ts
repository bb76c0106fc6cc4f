/**
 * Schedules of a tree too large to enumerate: one that attains the in-flight bound on either side,
 * and random ones. Full running values and floor divisions, nothing of a scheme's counters.
 */
import { carryOf, itemMappings, itemOf as itemOfNumber } from '../../../kernel/tree-shape.ts';
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import type { CpuIds } from '../../../topology/cpulist.ts';
import type { PageSize, Pages } from '../../../units.ts';
import { witnessStream } from '../witness-stream.ts';
import { type PlayedStep, randomSchedules, wholeUpdates } from './played.ts';
import type { StreamStep } from './result.ts';
import type { NewGame } from './search.ts';

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

/** Places of CPUs, each with the pages that fill the residues which it is the first to fill. */
function fillOf(holding: TreeHolding, cpus: CpuIds, pageSize: PageSize): Pages[] {
  const filling = witnessStream(holding, 'under', pageSize, cpus, 1)?.records() ?? [];
  const filled = new Map(Array.from(filling, ({ cpu, pages }) => [cpu, pages]));
  return Array.from(cpus, (cpu) => filled.get(cpu) ?? 0);
}

export function inFlightTreeOf(
  holding: TreeHolding,
  cpus: CpuIds,
  pageSize: PageSize,
  inFlight: InFlight,
): InFlightTree {
  return { ...holding, cpus, fill: fillOf(holding, cpus, pageSize), inFlight };
}

/** A tree's CPUs, and at most so many updates of theirs at once. */
interface InFlightTree extends TreeHolding {
  readonly cpus: ArrayLike<number>;
  /** Pages that each CPU faults to fill every residue: the settled witness. */
  readonly fill: readonly Pages[];
  readonly inFlight: InFlight;
}

/** Takes steps; whole updates of many pages are one. */
function createPlayer(tree: InFlightTree) {
  const { cpus, numbers } = tree;
  const steps = createTreeSteps(tree);
  const played = (step: StreamStep): PlayedStep => ({ step, error: steps.error() });
  function whole(place: number, pages: Pages): void {
    let held = steps.begin(numbers[place]!, pages);
    while (held !== null) held = steps.advance(held);
  }
  return {
    *begin(place: number, pages: Pages): Generator<PlayedStep, HeldCarry | null> {
      const held = steps.begin(numbers[place]!, pages);
      yield played({ begin: { cpu: cpus[place]!, pages } });
      return held;
    },
    *advance(carry: HeldCarry): Generator<PlayedStep, HeldCarry | null> {
      const { level, pages } = carry;
      const held = steps.advance(carry);
      yield played({ carry: { level, item: steps.itemOf(carry), pages } });
      return held;
    },
    /** Pages in as many whole updates as it takes, of so many each and the rest. */
    *settle(place: number, pages: Pages, most: Pages): Generator<PlayedStep> {
      const times = Math.floor(Math.abs(pages) / most);
      for (const [each, repeat] of [
        [Math.sign(pages) * most, times],
        [pages - Math.sign(pages) * most * times, 1],
      ] as const) {
        if (each === 0 || repeat === 0) continue;
        for (let i = 0; i < repeat; i++) whole(place, each);
        yield played(wholeUpdates(cpus[place]!, each, repeat));
      }
    },
  };
}

/**
 * All residues at their fullest (under) or at 0 (over); then C − 1 times an update of V pages on
 * one CPU is stopped before the sum with the largest carry there is, and its path refilled, or
 * drained, by others that are done; the last update has added its V pages at level 0 alone.
 * @returns the carries that are held at the end.
 */
function* playWorst(
  player: ReturnType<typeof createPlayer>,
  { shape, fill, inFlight }: InFlightTree,
  side: keyof WorstCase,
): Generator<PlayedStep, HeldCarry[]> {
  const sign = side === 'under' ? 1 : -1;
  const most = inFlight.pages;
  if (side === 'under') {
    for (const [place, pages] of fill.entries()) yield* player.settle(place, pages, most);
  }
  const stalled: HeldCarry[] = [];
  for (let update = 1; update <= inFlight.updates; update++) {
    let held = yield* player.begin(0, sign * most);
    if (update < inFlight.updates) {
      while (held !== null && held.level < shape.nrLevels) held = yield* player.advance(held);
      yield* player.settle(0, (held?.pages ?? 0) - sign * most, most);
    }
    if (held !== null) stalled.push(held);
  }
  return stalled;
}

/** The schedule that attains what updates in flight can do on one side, step by step. */
export function worstTree(tree: InFlightTree, side: keyof WorstCase): Generator<PlayedStep> {
  return playWorst(createPlayer(tree), tree, side);
}

/** So many random steps from rest, and from the end of the worst schedule of either side. */
export function randomTree(tree: InFlightTree, seed: number, steps: number): NewGame<StreamStep> {
  const { inFlight, cpus } = tree;
  return randomSchedules({
    ...{ inFlight, cpus: cpus.length, seed, steps },
    newPlayer: () => createPlayer(tree),
    playWorst: (player, side) => playWorst(player, tree, side),
  });
}
