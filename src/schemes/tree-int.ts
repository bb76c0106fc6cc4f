/**
 * The carry tree over 32-bit counters: the binary tree of RFC v2 and the n-ary one of v4
 * (lib/percpu_counter_tree.c).
 *
 *   level 0      0   1   2   3   4   5   6   7     one full running value a CPU, never reset
 *                 \   \   \   \ /   /   /   /
 *   level 1          0   1   2   3                 CPU & 3: CPUs 0 and 4 share item 0, …
 *                     \   \ /   /
 *   level 2            0       1                   CPU & 1
 *                        \   /
 *   sum                    0                       the approximate sum
 *
 * An add v at level 0 makes the carry B·(⌊after/B⌋ − ⌊before/B⌋); a carry that is not 0 is added
 * one level up, where batches are B·2^(arity orders so far), and so on; what leaves the last level
 * is added to the approximate sum. Every carry is a floor division, so a settled tree never reads
 * above the truth:
 *
 *   preciseSum − Σ residues ≤ approximateSum ≤ preciseSum
 *
 * with residues 0 … B−1 at level 0 and 0 … B_l − B_{l−1} (multiples of B_{l−1}) at level l. With 8
 * CPUs and B = 32 that is 8·31 + 4·32 + 2·64 = 504 pages under, where the patch states ± 768.
 *
 * A run of single-page adds is one sum of carries (floors telescope); only where it crosses the top
 * batch does the reading move, first after B_top − R adds upwards or R + 1 downwards, R being the
 * residues on the CPU's path, and then every B_top adds.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import {
  exponentOf,
  type ItemMapping,
  itemMappings,
  type TreeMapping,
  type TreeShape,
} from '../kernel/tree-shape.ts';
import {
  type ChangePoints,
  pushChange,
  pushChangeRun,
  type UpdateColumns,
} from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';
import type { Counters } from './scheme.ts';

/** Items of all levels stand in one array; level l (1 … nrLevels) begins at its base. */
export function levelBases(shape: TreeShape): readonly number[] {
  let base = 0;
  return shape.levelItems.map((items) => {
    base += items;
    return base - items;
  });
}

/** The items of each level as the golden vectors list them: level 1 … the approximate sum. */
export function itemsByLevel(shape: TreeShape, items: ArrayLike<number>): number[][] {
  const bases = levelBases(shape);
  return shape.levelItems.map((count, i) =>
    Array.from({ length: count }, (_, item) => items[bases[i]! + item]!),
  );
}

/** `numbering` gives the CPU's number in the tree (null: its id). */
export function createIntTreeCounters(
  shape: TreeShape,
  mapping: TreeMapping,
  numbering: Int32Array | null,
): Counters {
  const { nrCpuIds, nrLevels } = shape;
  const nrItems = shape.levelItems.reduce((sum, items) => sum + items, 0);
  const level0Of: (Int32Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);
  const itemsOf: (Int32Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);

  const batchOrder = Int32Array.from(shape.levelBatches, exponentOf);
  const bases = Int32Array.from(levelBases(shape));
  const itemMapping: readonly ItemMapping[] = itemMappings(shape, mapping);
  const itemShift = Int32Array.from(itemMapping, ({ shift }) => shift);
  const itemMask = Int32Array.from(itemMapping, ({ mask }) => mask);

  const order0 = batchOrder[0] ?? 0;
  const topBatch = shape.levelBatches[nrLevels - 1] ?? 1;
  const sumIndex = nrItems - 1;

  function level0(member: number): Int32Array {
    level0Of[member] ??= new Int32Array(nrCpuIds);
    return level0Of[member];
  }

  /** With one CPU there are no items: the approximate sum is the CPU's counter. */
  function items(member: number): Int32Array {
    itemsOf[member] ??= new Int32Array(Math.max(nrItems, 1));
    return itemsOf[member];
  }

  function apply(updates: UpdateColumns, changes: ChangePoints): void {
    const { length, cpu, pages, kind, member } = updates;
    let m = -1;
    let counts: Int32Array = new Int32Array(0);
    let tree: Int32Array = new Int32Array(0);
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) continue;
      if (member[u] !== m) {
        m = member[u]!;
        counts = level0(m);
        tree = items(m);
      }
      const c = cpu[u]!;
      const delta = pages[u]!;
      const before = counts[c]!;
      const after = (before + delta) | 0;
      counts[c] = after;
      let carry = ((after >> order0) - (before >> order0)) << order0;
      if (carry === 0 || nrLevels === 0) continue;

      const number = numbering === null ? c : numbering[c]!;
      let residues = before & ((1 << order0) - 1);
      for (let level = 1; level < nrLevels; level++) {
        const item = bases[level - 1]! + ((number >> itemShift[level - 1]!) & itemMask[level - 1]!);
        const order = batchOrder[level]!;
        const itemBefore = tree[item]!;
        const itemAfter = (itemBefore + carry) | 0;
        tree[item] = itemAfter;
        residues += itemBefore & ((1 << order) - 1);
        carry = ((itemAfter >> order) - (itemBefore >> order)) << order;
        if (carry === 0) break;
      }
      if (carry === 0) continue;

      const reading = tree[sumIndex]!;
      tree[sumIndex] = reading + carry;
      if (k !== KIND.fault) {
        pushChange(changes, u, 1, m, tree[sumIndex]!);
      } else {
        const first = delta > 0 ? topBatch - residues : residues + 1;
        const step = delta > 0 ? topBatch : -topBatch;
        const count = carry / step;
        let value = reading;
        for (let i = 0; i < count; i++) {
          value = (value + step) | 0;
          pushChange(changes, u, first + i * topBatch, m, value);
        }
      }
    }
  }

  /** One CPU: every add is a change, as with one shared counter. */
  function applyOneCpu(updates: UpdateColumns, changes: ChangePoints): void {
    const { length, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const delta = pages[u]!;
      if (kind[u]! >= FIRST_KIND_WITHOUT_PAGES || delta === 0) continue;
      const m = member[u]!;
      const counts = level0(m);
      const before = counts[0]!;
      counts[0] = before + delta;
      const adds = kind[u] === KIND.fault ? Math.abs(delta) : 1;
      pushChangeRun(changes, u, 1, 1, adds, m, before, delta / adds);
    }
  }

  function preciseSum(member: number): number {
    let sum = 0;
    for (const count of level0Of[member] ?? []) sum = (sum + count) | 0;
    return sum;
  }

  function state(member: number): unknown {
    return {
      level0: Array.from(level0(member)),
      items: nrLevels === 0 ? [] : itemsByLevel(shape, items(member)),
    };
  }

  return { apply: nrLevels === 0 ? applyOneCpu : apply, preciseSum, wraps: true, state };
}
