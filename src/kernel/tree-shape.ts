/**
 * The shape of a percpu_counter_tree: levels, arities, items, batches
 * (lib/percpu_counter_tree.c; RFC v4 of July 2025 unless said otherwise).
 */
import { InputError } from '../errors.ts';
import { MAX_NR_CPU_IDS } from './nr-cpus.ts';
import { RSS_STAT_BATCH_SIZE } from './rss-stat.ts';

/**
 * Which posting of the series: 2 is the binary tree of April 2025, 4 the n-ary one with 32-bit
 * counters and one ± inaccuracy, 17 the series of 2026 with longs, an under and an over range, and
 * the significant-bits test. Two states followed, which count as 17 does: 17-fixed, mm-unstable of 20
 * March 2026, whose compare functions have their sides the right way round (16019e325c90), and mm-tree,
 * a later one without that fix (linux-mm, c245093b5186).
 */
export const TREE_VERSIONS = [2, 4, 17, '17-fixed', 'mm-tree'] as const;

export type TreeVersion = (typeof TREE_VERSIONS)[number];

/** Counts in longs, an under and an over range, the significant-bits test: 17 and what followed it. */
export function countsInLongs(version: TreeVersion): boolean {
  return version !== 2 && version !== 4;
}

/** How a CPU finds its items: by the low bits of its number, its high bits, or its place in hwloc's order. */
export const TREE_MAPPINGS = ['kernel', 'high', 'logical'] as const;

export type TreeMapping = (typeof TREE_MAPPINGS)[number];

export interface TreeParameters {
  /** B, a power of two ≥ 2, in pages. */
  readonly batch: number;
  readonly version: TreeVersion;
  /** Arities from level 0 up, each a power of two ≥ 2; null: the version's own. */
  readonly arities: readonly number[] | null;
  readonly mapping: TreeMapping;
}

export const DEFAULT_TREE: TreeParameters = {
  batch: RSS_STAT_BATCH_SIZE,
  version: 4,
  arities: null,
  mapping: 'kernel',
};

export interface TreeShape {
  readonly nrCpuIds: number;
  /** log2 of the leaves: ⌈log2 nr_cpu_ids⌉, or of the product of given arities. */
  readonly order: number;
  /** log2 of the arity of each level, 0 … nrLevels − 1. */
  readonly arityOrders: readonly number[];
  /** Levels below the approximate sum: level 0 and the intermediate ones. */
  readonly nrLevels: number;
  /** B_l for l = 0 … nrLevels − 1, pages: the step of the carry that leaves level l. */
  readonly levelBatches: readonly number[];
  /** Items of the levels 1 … nrLevels; the last is the approximate sum alone. */
  readonly levelItems: readonly number[];
  /** Σ over levels of items × B_l / B = nrLevels × 2^order: the stated range is B times this. */
  readonly multiplier: number;
}

/** log2 of the arities by order (per_nr_cpu_order_config[]), at most 5 levels. */
const N_ARITY_ORDERS: readonly (readonly number[])[] = [
  [],
  [1],
  [1, 1],
  [1, 1, 1],
  [2, 1, 1],
  [2, 2, 1],
  [2, 2, 2],
  [3, 2, 2],
  [3, 3, 2],
  [3, 3, 3],
  [3, 3, 2, 2],
  [3, 3, 3, 2],
  [3, 3, 3, 3],
  [3, 3, 3, 2, 2],
  [3, 3, 3, 3, 2],
  [3, 3, 3, 3, 3],
  [4, 3, 3, 3, 3],
  [4, 4, 3, 3, 3],
  [4, 4, 4, 3, 3],
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4, 4],
];

/** The widest stated range whose arithmetic stays inside the counters, pages: 32 bits, or doubles. */
export function mostStatedPages(version: TreeVersion): number {
  return countsInLongs(version) ? 2 ** 51 : 2 ** 31;
}

/** Of whole numbers from 1 to 2^31 − 1. */
export function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

/** The exponent of a power of two up to 2^31, by bits. */
export function exponentOf(powerOfTwo: number): number {
  return 31 - Math.clz32(powerOfTwo);
}

/** get_count_order(): the least order with 2^order ≥ count, of a count from 1 to 2^32. */
export function countOrder(count: number): number {
  return 32 - Math.clz32(count - 1);
}

function arityOrdersOf(nrCpuIds: number, { version, arities }: TreeParameters): readonly number[] {
  if (arities !== null) return arities.map(exponentOf);
  const order = countOrder(nrCpuIds);
  if (version === 2) return new Array<number>(order).fill(1);
  return N_ARITY_ORDERS[order] ?? [];
}

/**
 * The tree that nr_cpu_ids and the parameters give.
 * @throws InputError where the CPUs are more than the table or the given arities cover, or the
 *   batches would leave 32-bit counters.
 */
export function treeShape(nrCpuIds: number, parameters: TreeParameters): TreeShape {
  if (nrCpuIds > MAX_NR_CPU_IDS) {
    throw new InputError(`tree: nr_cpu_ids is ${nrCpuIds}: the kernel's table ends at 1,048,576`);
  }
  const arityOrders = arityOrdersOf(nrCpuIds, parameters);
  const order = arityOrders.reduce((sum, arityOrder) => sum + arityOrder, 0);
  if (2 ** order < nrCpuIds) {
    const arities = arityOrders.map((arityOrder) => 2 ** arityOrder);
    throw new InputError(
      `tree:arity=${arities.join('x')} covers ${2 ** order} CPUs: nr_cpu_ids is ${nrCpuIds}, so the product must be at least ${2 ** countOrder(nrCpuIds)}`,
    );
  }
  const levelBatches: number[] = [];
  const levelItems: number[] = [];
  let below = 0;
  for (const arityOrder of arityOrders) {
    levelBatches.push(parameters.batch * 2 ** below);
    below += arityOrder;
    levelItems.push(2 ** (order - below));
  }
  const nrLevels = arityOrders.length;
  const multiplier = nrLevels * 2 ** order;
  const most = mostStatedPages(parameters.version);
  if (parameters.batch * multiplier > most) {
    throw new InputError(
      `tree:batch=${parameters.batch} is too large for ${nrCpuIds} CPUs: batch × ${multiplier} must stay within ${most} pages`,
    );
  }
  return { nrCpuIds, order, arityOrders, nrLevels, levelBatches, levelItems, multiplier };
}

/**
 * How a CPU's number becomes its item at levels 1 … nrLevels, see itemOf(). The
 * kernel takes the low bits of the CPU's id, so CPUs that share an item are far apart in number; by high bits
 * neighbours in number share, in logical order neighbours in the machine.
 */
export interface ItemMapping {
  readonly shift: number;
  readonly mask: number;
}

export function itemMappings(shape: TreeShape, mapping: TreeMapping): readonly ItemMapping[] {
  return shape.levelItems.map((items) =>
    mapping === 'kernel'
      ? { shift: 0, mask: items - 1 }
      : { shift: shape.order - exponentOf(items), mask: items - 1 },
  );
}

/** The item of the CPU of this number. */
export function itemOf({ shift, mask }: ItemMapping, number: number): number {
  return (number >> shift) & mask;
}

/** What leaves a counter that goes from one value to another: B·(⌊after/B⌋ − ⌊before/B⌋), pages. */
export function carryOf(before: number, after: number, batch: number): number {
  return batch * (Math.floor(after / batch) - Math.floor(before / batch));
}
