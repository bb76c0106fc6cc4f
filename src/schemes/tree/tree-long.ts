/**
 * The carry tree over longs, with the significant-bits test: the series of 2026
 * (lib/percpu_counter_tree.c, v17). Levels and carries are those of tree-int.ts; what differs:
 * counts are doubles, exact within 2^53, so that a CPU may drift past 2^31; and an intermediate
 * item is passed by when a carry is a whole number of that level's batches, which changes what
 * stands in the items but never the approximate sum.
 */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { itemMappings, type TreeMapping, type TreeShape } from '../../kernel/tree-shape.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { pushInner, type Readings, setReading } from '../../update/readings.ts';
import type { Counters } from '../scheme.ts';
import { itemsByLevel, levelBases } from './tree-int.ts';

/** `numbering` gives the CPU's number in the tree (null: its id). */
export function createLongTreeCounters(
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

  return { apply, preciseSum, wraps: false, state };
}
