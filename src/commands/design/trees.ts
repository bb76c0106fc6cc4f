/**
 * All trees of an order, without those that a known design rules out. Each figure of a tree is a sum, or a
 * largest, over its levels from the CPUs up of what the arities so far decide, and no level takes anything
 * away: so the figures of a beginning are least figures of every tree that begins so, and where a design
 * dominates them it dominates all of these.
 */
import { CACHE_LINE } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  countOrder,
  DEFAULT_TREE,
  mostStatedPages,
  type TreeMapping,
} from '../../kernel/tree-shape.ts';
import { type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Bytes, Pages } from '../../units.ts';
import type { Figures, Purpose } from './objectives.ts';
import { compositions, treeDesign } from './space.ts';

/** Of items that 2^order leaves share: how many have CPUs, and the most CPUs that one has. */
interface Shares {
  readonly items: number;
  readonly most: number;
}

/** Trees that differ in nothing but arities. */
export interface TreeKind {
  readonly batch: Pages;
  readonly mapping: TreeMapping;
  readonly order: number;
  /** The most that a tree's counters have room for: batch × levels × 2^order is its stated bound. */
  readonly mostLevels: number;
  readonly cpus: number;
  /** By the order of leaves below an item, 0 … order. */
  readonly online: readonly Shares[];
  readonly used: readonly Shares[];
  readonly usedCpus: number;
  /** Of a tree without items. */
  readonly memory: Bytes;
  readonly inFlight: Purpose['inFlight'];
  readonly preciseReads: number;
}

function sharesOf(numbers: Int32Array, order: number, mapping: TreeMapping): Shares[] {
  return Array.from({ length: order + 1 }, (_, leaves) => {
    const counts = new Int32Array(2 ** (order - leaves));
    for (const number of numbers) {
      counts[mapping === 'kernel' ? number & (counts.length - 1) : number >> leaves]! += 1;
    }
    let items = 0;
    let most = 0;
    for (const count of counts) {
      if (count > 0) items += 1;
      if (count > most) most = count;
    }
    return { items, most };
  });
}

/** Null of a machine with one CPU, whose tree has no levels. */
export function treeKind(batch: Pages, mapping: TreeMapping, purpose: Purpose): TreeKind | null {
  const { topology, size, threads, inFlight, used } = purpose;
  const order = countOrder(topology.nrCpuIds);
  if (order === 0) return null;
  const spec = treeDesign([order], batch, mapping);
  const scheme = schemeOf(spec);
  const sharesAmong = (cpus: CpuIds) => {
    const holding = scheme.holding(spec, topology, cpus, threads);
    return holding.kind === 'tree' ? sharesOf(holding.numbers, order, mapping) : [];
  };
  const { online } = topology;
  const { total, items } = scheme.memory(spec, size, threads);
  const most = mostStatedPages(DEFAULT_TREE.version);
  return {
    mostLevels: Math.floor(most / (batch * 2 ** order)),
    ...{ batch, mapping, order, inFlight, cpus: online.length, memory: total - items },
    online: sharesAmong(online),
    used: sharesAmong(used ?? online),
    usedCpus: (used ?? online).length,
    preciseReads: scheme.preciseSum(spec, topology)!.reads,
  };
}

/**
 * The least figures of all trees whose arities begin so, and the very figures of the one whose last arity
 * takes all the leaves that are left.
 *   worst = (B − 1)·CPUs + Σ items·(B_l − B_{l−1}) over the levels below the sum (schemes/tree/bound.ts),
 *   in flight (C − 1)·P + V more, touches = Σ 1/B_{l−1}, and a line's part of these by who shares it.
 */
export function leastFigures(kind: TreeKind, beginning: readonly number[]): Figures {
  const { batch, order, cpus, online, used, usedCpus, memory, inFlight } = kind;
  let worst = (batch - 1) * cpus;
  let worstUsed = (batch - 1) * usedCpus;
  let [touches, busiest, items, below] = [0, 0, 0, batch];
  let leaves = 0;
  for (const arity of beginning) {
    leaves += arity;
    const above = below * 2 ** arity;
    const { items: nrItems, most } = online[leaves]!;
    worst += nrItems * (above - below);
    worstUsed += used[leaves]!.items * (above - below);
    touches += 1 / below;
    busiest = Math.max(busiest, most / below / cpus);
    items += 2 ** (order - leaves);
    below = above;
  }
  const { updates, pages } = inFlight;
  const carry = below * Math.ceil(pages / below);
  return {
    worst,
    used: worstUsed,
    // A tree reads low only.
    centred: Math.ceil(worst / 2),
    centredUsed: Math.ceil(worstUsed / 2),
    inFlight: updates === 0 ? worst : worst + (updates - 1) * carry + pages,
    touches: touches + 1 / below,
    // The sum is everyone's, and its batch at most that of a last arity of 2.
    busiest: Math.max(busiest, 2 / batch / 2 ** order),
    memory: memory + NR_MEMBERS * CACHE_LINE * (items + 1),
    reads: 1,
    precise: kind.preciseReads,
  };
}

/** Of the tree whose arities these and the rest are. */
export function wholeFigures(kind: TreeKind, beginning: readonly number[]): Figures {
  const least = leastFigures(kind, beginning);
  const leaves = beginning.reduce((sum, arity) => sum + arity, 0);
  return { ...least, busiest: Math.max(least.busiest, 1 / (kind.batch * 2 ** leaves)) };
}

/** Trees that were seen or ruled out, all at once. */
interface Passed {
  readonly trees: number;
  readonly isCut: boolean;
}

interface TreeVisitor {
  /** Whether no tree that begins so can be on the front. */
  cuts(least: Figures): boolean;
  visit(figures: Figures, design: SchemeSpec): void;
}

/** Every tree of at most so many levels, or a beginning that rules out all of its trees. */
export function* visitTrees(
  kind: TreeKind,
  mostLevels: number,
  { cuts, visit }: TreeVisitor,
): Generator<Passed> {
  const { order, batch, mapping } = kind;
  function* from(beginning: readonly number[], left: number): Generator<Passed> {
    const levels = Math.min(mostLevels, kind.mostLevels) - beginning.length;
    if (levels < 1) return;
    if (cuts(leastFigures(kind, beginning))) {
      yield { trees: compositions(left, levels), isCut: true };
      return;
    }
    visit(wholeFigures(kind, beginning), treeDesign([...beginning, left], batch, mapping));
    yield { trees: 1, isCut: false };
    for (let arity = 1; arity < left; arity++) {
      yield* from([...beginning, arity], left - arity);
    }
  }
  yield* from([], order);
}

/** How many trees visitTrees() sees or rules out. */
export function treesOf(kind: TreeKind, mostLevels: number): number {
  return compositions(kind.order, Math.min(mostLevels, kind.mostLevels));
}
