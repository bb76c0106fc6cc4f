/**
 * The cost of the tree (lib/percpu_counter_tree.c): each add writes the CPU's own line, and each
 * carry is one atomic update of an item that has a line to itself, level by level up to the sum.
 */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  carryOf,
  countsInLongs,
  itemMappings,
  itemOf,
  type TreeParameters,
  treeShape,
} from '../../kernel/tree-shape.ts';
import { logicalNumbers } from '../../topology/logical-order.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { type CreateCost, createCounts, createLines } from '../cost.ts';

const keep = (value: number): number => value;

/** Versions 2 and 4 count in 32-bit ints. */
const wrapInt = (value: number): number => value | 0;

/** @throws InputError as treeShape(). */
export const createCostCounters: CreateCost<TreeParameters> = (
  topology,
  parameters,
  distanceOf,
  sharedCounts,
) => {
  const { nrCpuIds } = topology;
  const shape = treeShape(nrCpuIds, parameters);
  const { nrLevels, levelBatches, levelItems } = shape;
  const isLong = countsInLongs(parameters.version);
  const wrap = isLong ? keep : wrapInt;
  const numbering = parameters.mapping === 'logical' ? logicalNumbers(topology) : null;
  const mappings = itemMappings(shape, parameters.mapping);
  // Level l's touches are at l − 1; the sum is the one item of the last level.
  const names = levelItems.map((_, i) => (i === nrLevels - 1 ? 'sum' : `level ${i + 1}`));
  const counts = sharedCounts ?? createCounts(names);
  const { own, shared } = counts;
  const ownLines = createLines(nrCpuIds, distanceOf);
  const itemLines = levelItems.map((items) => createLines(NR_MEMBERS * items, distanceOf));
  const level0 = Array.from({ length: NR_MEMBERS }, () => new Float64Array(nrCpuIds));
  const levels = levelItems.map((items) => new Float64Array(NR_MEMBERS * items));

  /** Carries of a run are all one batch of the level below; else the increment is one carry. */
  function climb(m: number, c: number, carried: number, isRun: boolean): void {
    const number = numbering === null ? c : numbering[c]!;
    let carry = carried;
    for (let level = 1; level <= nrLevels && carry !== 0; level++) {
      const batch = level === nrLevels ? 0 : levelBatches[level]!;
      // From version 17 on a carry passes a level by where the carry does not change its significant bits.
      if (isLong && !isRun && batch !== 0 && carry % batch === 0) continue;
      const item = m * levelItems[level - 1]! + itemOf(mappings[level - 1]!, number);
      const items = levels[level - 1]!;
      const touches = shared[level - 1]!;
      const times = isRun ? Math.abs(carry) / levelBatches[level - 1]! : 1;
      const before = items[item]!;
      const after = wrap(before + carry);
      items[item] = after;
      touches.atomics += times;
      itemLines[level - 1]!.touch(item, c, times, touches.transfers);
      if (batch !== 0) carry = wrap(carryOf(before, after, batch));
    }
  }

  function apply({ length, cpu, pages, kind, member }: UpdateColumns): void {
    const batch = levelBatches[0];
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) continue;
      const c = cpu[u]!;
      const m = member[u]!;
      const adds = addsOf(k, pages[u]!);
      const before = level0[m]![c]!;
      const after = wrap(before + pages[u]!);
      level0[m]![c] = after;
      own.plain += adds;
      ownLines.touch(c, c, adds, own.transfers);
      if (batch === undefined) continue;
      const carry = wrap(carryOf(before, after, batch));
      if (carry !== 0) climb(m, c, carry, k === KIND.fault);
    }
  }

  const precise = (member: number) => level0[member]!.reduce((sum, count) => wrap(sum + count), 0);
  return {
    apply,
    counts,
    reading: nrLevels === 0 ? precise : (member) => levels[nrLevels - 1]![member]!,
    preciseSum: precise,
  };
};
