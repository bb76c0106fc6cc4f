/**
 * The carry tree (lib/percpu_counter_tree.c).
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
 *
 * Two loops: over 32-bit ints (the binary tree of RFC v2 and the n-ary one of v4), and over longs with
 * the significant-bits test (the series of 2026, v17 and later).
 */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  countsInLongs,
  exponentOf,
  type ItemMapping,
  itemMappings,
  type TreeMapping,
  type TreeShape,
  type TreeVersion,
} from '../../kernel/tree-shape.ts';
import { stretchEnd, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { fillReadings, pushInner, type Readings, setReading } from '../../update/readings.ts';
import type { Counters } from '../scheme.ts';
import { touch } from '../touch.ts';

/** Items of all levels stand in one array; level l (1 … nrLevels) begins at its base. */
function levelBases(shape: TreeShape): readonly number[] {
  let base = 0;
  return shape.levelItems.map((items) => {
    base += items;
    return base - items;
  });
}

/** The items of each level as the golden vectors list them: level 1 … the approximate sum. */
function itemsByLevel(shape: TreeShape, items: ArrayLike<number>): number[][] {
  const bases = levelBases(shape);
  return shape.levelItems.map((count, i) =>
    Array.from({ length: count }, (_, item) => items[bases[i]! + item]!),
  );
}

/**
 * Appends `count` changes of a 32-bit reading, from `before` on. It goes around at most once: a run
 * moves fewer than 2^31 pages.
 */
function pushIntRun(
  readings: Readings,
  update: number,
  firstAdd: number,
  before: number,
  count: number,
  step: number,
): void {
  const last = before + count * step;
  if (last === (last | 0)) {
    pushInner(readings, update, firstAdd, before + step, count, step);
    return;
  }
  const room = step > 0 ? 2 ** 31 - 1 - before : before + 2 ** 31;
  const fitting = Math.min(count, Math.floor(room / Math.abs(step)));
  if (fitting > 0) pushInner(readings, update, firstAdd, before + step, fitting, step);
  if (fitting === count) return;
  const wrapped = (before + (fitting + 1) * step) | 0;
  pushInner(readings, update, firstAdd + fitting * Math.abs(step), wrapped, count - fitting, step);
}

/** Level 0 carries often once it has done so so often, and at one of so many updates. */
const OFTEN = 16;

/**
 * Goes on from row `from` as long as level 0 makes no carry, the reading what it is: a loop of its own,
 * in which the compiler keeps all in registers. @returns the first row that makes one.
 */
function withoutCarry(
  counts: Int32Array,
  { integers, stride: ofPages }: UpdateColumns,
  order: number,
  from: number,
  to: number,
): number {
  let u = from | 0;
  for (; u < to; u++) {
    const c = integers[u]!;
    const before = counts[c]!;
    const after = (before + integers[(ofPages + u) | 0]!) | 0;
    if (before >> order !== after >> order) break;
    counts[c] = after;
  }
  return u;
}

/** Over 32-bit ints. */
function createIntTreeCounters(
  shape: TreeShape,
  mapping: TreeMapping,
  numbering: Int32Array | null,
): Counters {
  const { nrCpuIds, nrLevels } = shape;
  const nrItems = shape.levelItems.reduce((sum, items) => sum + items, 0);
  const level0Of: (Int32Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);
  const itemsOf: (Int32Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);

  const batchOrder = Int32Array.from(shape.levelBatches, exponentOf);
  // By level; level 0 has no items.
  const bases = Int32Array.from([0, ...levelBases(shape)]);
  const itemMapping: readonly ItemMapping[] = itemMappings(shape, mapping);
  const itemShift = Int32Array.from([0, ...itemMapping.map(({ shift }) => shift)]);
  const itemMask = Int32Array.from([0, ...itemMapping.map(({ mask }) => mask)]);

  const order0 = batchOrder[0] ?? 0;
  const topBatch = shape.levelBatches[nrLevels - 1] ?? 1;
  const topOrder = exponentOf(topBatch);
  const sumIndex = nrItems - 1;

  function level0(member: number): Int32Array {
    level0Of[member] ??= new Int32Array(nrCpuIds);
    return level0Of[member];
  }

  /** All levels' items and the approximate sum, and one more, see applyStretch(). */
  function items(member: number): Int32Array {
    itemsOf[member] ??= new Int32Array(nrItems + 1);
    return itemsOf[member];
  }

  /** By the loop for updates that do not carry as long as carries are few. */
  function applyStretch(
    updates: UpdateColumns,
    from: number,
    to: number,
    readings: Readings,
  ): void {
    const m = updates.member[from]!;
    const counts = level0(m);
    touch(counts, updates.cpu, from, to);
    const tree = items(m);
    let reading = tree[sumIndex]!;
    readings.lowest = Math.min(readings.lowest, reading);
    readings.highest = Math.max(readings.highest, reading);
    let carries = 0;
    let u = from;
    /** From here on all read the same. */
    let since = from;
    while (u < to && carries < OFTEN + (u - from) / OFTEN) {
      u = withoutCarry(counts, updates, order0, u, to);
      if (u === to) break;
      applyRows(updates, u, u + 1, readings);
      carries += 1;
      if (tree[sumIndex] !== reading) {
        fillReadings(readings.after, since, u, reading);
        reading = tree[sumIndex]!;
        since = u;
      }
      u += 1;
    }
    fillReadings(readings.after, since, u, reading);
    if (u < to) applyRows(updates, u, to, readings);
  }

  /** Names of its own for all that the loop reads: the compiler keeps them in registers. */
  function applyRows(updates: UpdateColumns, from: number, to: number, readings: Readings): void {
    const { integers, stride: ofPages } = updates;
    const ofKind = 3 * ofPages;
    const { after: readingAfter } = readings;
    const { fault } = KIND;
    const m = updates.member[from]!;
    const counts = level0(m);
    const tree = items(m);
    const numbers = numbering;
    const levels = nrLevels;
    const orders = batchOrder;
    const starts = bases;
    const shifts = itemShift;
    const masks = itemMask;
    const order = order0;
    const residueMask = (1 << order) - 1;
    // With one level only, an item that passes every carry on stands in for the level between.
    const through = levels === 1;
    const order1 = through ? order : orders[1]!;
    const start1 = through ? sumIndex + 1 : starts[1]!;
    const shift1 = through ? 0 : shifts[1]!;
    const mask1 = through ? 0 : masks[1]!;
    let reading = tree[sumIndex]!;
    let lowest = reading;
    let highest = reading;
    for (let u = from | 0; u < to; u++) {
      const c = integers[u]!;
      const delta = integers[(ofPages + u) | 0]!;
      const before = counts[c]!;
      const after = (before + delta) | 0;
      counts[c] = after;
      let carry = ((after >> order) - (before >> order)) << order;
      // Level 1 without a branch: whether a run of pages carries is anyone's guess.
      const number = numbers === null ? c : numbers[c]!;
      const item1 = start1 + ((number >> shift1) & mask1);
      const before1 = tree[item1]!;
      const after1 = (before1 + carry) | 0;
      tree[item1] = after1;
      carry = ((after1 >> order1) - (before1 >> order1)) << order1;
      if (carry === 0) {
        readingAfter[u] = reading;
        continue;
      }
      let residues = (before & residueMask) + (before1 & ((1 << order1) - 1));
      for (let level = 2; level < levels && carry !== 0; level++) {
        const item = starts[level]! + ((number >> shifts[level]!) & masks[level]!);
        const itemOrder = orders[level]!;
        const itemBefore = tree[item]!;
        const itemAfter = (itemBefore + carry) | 0;
        tree[item] = itemAfter;
        residues += itemBefore & ((1 << itemOrder) - 1);
        carry = ((itemAfter >> itemOrder) - (itemBefore >> itemOrder)) << itemOrder;
      }
      if (carry !== 0 && integers[(ofKind + u) | 0] === fault) {
        const step = delta > 0 ? topBatch : -topBatch;
        const first = delta > 0 ? topBatch - residues : residues + 1;
        pushIntRun(readings, u, first, reading, Math.abs(carry) >> topOrder, step);
      }
      reading = (reading + carry) | 0;
      if (reading < lowest) lowest = reading;
      if (reading > highest) highest = reading;
      readingAfter[u] = reading;
    }
    tree[sumIndex] = reading;
    readings.lowest = Math.min(readings.lowest, lowest);
    readings.highest = Math.max(readings.highest, highest);
  }

  function apply(updates: UpdateColumns, readings: Readings): void {
    for (let u = 0; u < updates.length; ) {
      const end = stretchEnd(updates, u);
      if (end === u) {
        setReading(readings, u, items(updates.member[u]!)[sumIndex]!);
        u += 1;
      } else {
        applyStretch(updates, u, end, readings);
        u = end;
      }
    }
  }

  /** One CPU: every add is a change, as with one shared counter. */
  function applyOneCpu(updates: UpdateColumns, readings: Readings): void {
    const { length, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const counts = level0(member[u]!);
      const before = counts[0]!;
      if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) {
        const delta = pages[u]!;
        counts[0] = before + delta;
        if (kind[u] === KIND.fault && delta !== 0) {
          pushIntRun(readings, u, 1, before, Math.abs(delta), Math.sign(delta));
        }
      }
      setReading(readings, u, counts[0]!);
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

  return {
    ...{ apply: nrLevels === 0 ? applyOneCpu : apply, preciseSum, state },
    ...{ wraps: true, membersApart: true },
  };
}

/**
 * Over longs. What differs from ints: counts are doubles, exact within 2^53, so that a CPU may drift
 * past 2^31; and an intermediate item is passed by when a carry is a whole number of that level's
 * batches, which changes what stands in the items but never the approximate sum.
 */
function createLongTreeCounters(
  shape: TreeShape,
  mapping: TreeMapping,
  numbering: Int32Array | null,
): Counters {
  const { nrCpuIds, nrLevels, levelBatches } = shape;
  const nrItems = shape.levelItems.reduce((sum, items) => sum + items, 0);
  const level0Of: (Float64Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);
  const itemsOf: (Float64Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);
  const batches = Float64Array.from(levelBatches);
  const bases = levelBases(shape);
  const itemOf = itemMappings(shape, mapping);
  const topBatch = levelBatches[nrLevels - 1] ?? 1;
  const sumIndex = nrItems - 1;

  function level0(member: number): Float64Array {
    level0Of[member] ??= new Float64Array(nrCpuIds);
    return level0Of[member];
  }

  function items(member: number): Float64Array {
    itemsOf[member] ??= new Float64Array(Math.max(nrItems, 1));
    return itemsOf[member];
  }

  /** What the member reads. */
  function readingOf(m: number): number {
    return nrLevels === 0 ? level0(m)[0]! : items(m)[sumIndex]!;
  }

  function addOne(
    readings: Readings,
    u: number,
    m: number,
    c: number,
    delta: number,
    run: boolean,
  ): void {
    const counts = level0(m);
    const before = counts[c]!;
    const after = before + delta;
    counts[c] = after;
    if (nrLevels === 0) {
      const step = Math.sign(delta);
      if (run) pushInner(readings, u, 1, before + step, Math.abs(delta), step);
      return;
    }
    const batch0 = batches[0]!;
    let carry = batch0 * (Math.floor(after / batch0) - Math.floor(before / batch0));
    if (carry === 0) return;

    const tree = items(m);
    const number = numbering === null ? c : numbering[c]!;
    let residues = before - batch0 * Math.floor(before / batch0);
    for (let level = 1; level < nrLevels; level++) {
      const { shift, mask } = itemOf[level - 1]!;
      const item = bases[level - 1]! + ((number >> shift) & mask);
      const batch = batches[level]!;
      const itemBefore = tree[item]!;
      residues += itemBefore - batch * Math.floor(itemBefore / batch);
      // The carries of single-page adds are one batch of the level below: never a multiple of this.
      if (!run && carry % batch === 0) continue;
      const itemAfter = itemBefore + carry;
      tree[item] = itemAfter;
      carry = batch * (Math.floor(itemAfter / batch) - Math.floor(itemBefore / batch));
      if (carry === 0) return;
    }
    const reading = tree[sumIndex]!;
    tree[sumIndex] = reading + carry;
    if (!run) return;
    const step = delta > 0 ? topBatch : -topBatch;
    const first = delta > 0 ? topBatch - residues : residues + 1;
    pushInner(readings, u, first, reading + step, carry / step, step);
  }

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { length, cpu, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      const m = member[u]!;
      const delta = pages[u]!;
      if (k < FIRST_KIND_WITHOUT_PAGES && delta !== 0) {
        addOne(readings, u, m, cpu[u]!, delta, k === KIND.fault);
      }
      setReading(readings, u, readingOf(m));
    }
  }

  function preciseSum(member: number): number {
    let sum = 0;
    for (const count of level0Of[member] ?? []) sum += count;
    return sum;
  }

  function state(member: number): unknown {
    return {
      level0: Array.from(level0(member)),
      items: nrLevels === 0 ? [] : itemsByLevel(shape, items(member)),
    };
  }

  return { apply, preciseSum, wraps: false, membersApart: true, state };
}

/** Counters at zero of a version; `numbering` gives each CPU's number in the tree (null: its id). */
export function createTreeCounters(
  version: TreeVersion,
  shape: TreeShape,
  mapping: TreeMapping,
  numbering: Int32Array | null,
): Counters {
  const create = countsInLongs(version) ? createLongTreeCounters : createIntTreeCounters;
  return create(shape, mapping, numbering);
}
