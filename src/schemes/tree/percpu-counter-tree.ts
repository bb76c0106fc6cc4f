/**
 * One percpu_counter_tree as a library: add, approximate and precise sum, set, accuracy range and
 * the four compare functions, faults included, as the kernel has them (lib/percpu_counter_tree.c).
 */
import { countsInLongs, type TreeParameters, treeShape } from '../../kernel/tree-shape.ts';
import { createUpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import { createReadings } from '../../update/readings.ts';
import type { WorstCase } from '../bound.ts';
import { createTreeCounters } from './counters.ts';

type Comparison = -1 | 0 | 1;

export interface PercpuCounterTree {
  readonly version: TreeParameters['version'];
  /** How far the approximate sum may be off, settled, as the kernel states it; pages. */
  readonly range: WorstCase;
  add(cpu: number, pages: number): void;
  approximateSum(): number;
  preciseSum(): number;
  /** Makes the precise sum v by a bias; the approximate sum keeps its error. */
  set(v: number): void;
  bias(): number;
}

/**
 * A counter at zero over nr_cpu_ids CPUs, in the kernel's own mapping.
 * @throws InputError as treeShape().
 */
export function createPercpuCounterTree(
  nrCpuIds: number,
  parameters: TreeParameters,
): PercpuCounterTree {
  const shape = treeShape(nrCpuIds, parameters);
  const { version, batch } = parameters;
  const counters = createTreeCounters(version, shape, 'kernel', null);
  const row = createUpdateColumns(1);
  const readings = createReadings(1);
  row.length = 1;
  row.kind[0] = KIND.remote;
  const isLong = countsInLongs(version);
  const wrap = isLong ? (value: number) => value : (value: number) => value | 0;
  let approximate = 0;
  let bias = 0;
  return {
    version,
    range: {
      under: batch * shape.multiplier,
      over: (isLong ? batch - 1 : batch) * shape.multiplier,
    },
    add(cpu, pages) {
      row.cpu[0] = cpu;
      row.pages[0] = pages;
      counters.apply(row, readings);
      approximate = readings.after[0]!;
    },
    approximateSum: () => wrap(approximate + bias),
    preciseSum: () => wrap(counters.preciseSum(0) + bias),
    set(v) {
      bias = wrap(v - counters.preciseSum(0));
    },
    bias: () => bias,
  };
}

/** max(0, approximate sum): what a reader of the counter is told. */
export function approximateSumPositive(counter: PercpuCounterTree): number {
  return Math.max(0, counter.approximateSum());
}

/**
 * Adds the range of a counter to `range`: that of several counters together, as a sum of RSS needs it. So
 * from version 17 on; what the others publish is one counter's.
 */
export function approximateAccuracyRange(
  { range: own }: PercpuCounterTree,
  range: { under: number; over: number },
): void {
  range.under += own.under;
  range.over += own.over;
}

/** The range of precise sums that an approximate sum is compatible with. */
export function approximateMinMaxRange(
  approximateSum: number,
  { under, over }: WorstCase,
): { min: number; max: number } {
  return { min: approximateSum - over, max: approximateSum + under };
}

/**
 * compare_delta() of one version. Callers name the side above first, and 17-fixed takes it so; 4, 17 and
 * mm-tree take it for the side below.
 */
function compareOf({ version }: Pick<PercpuCounterTree, 'version'>) {
  return (delta: number, above: number, below: number): Comparison =>
    version === '17-fixed' ? compareDelta(delta, below, above) : compareDelta(delta, above, below);
}

/** 0 while −below ≤ delta ≤ above, else the sign of delta. */
function compareDelta(delta: number, below: number, above: number): Comparison {
  if (delta >= 0) return delta <= above ? 0 : 1;
  return -delta <= below ? 0 : -1;
}

/** The sign of a difference, never −0. */
function signOf(difference: number): Comparison {
  if (difference === 0) return 0;
  return difference < 0 ? -1 : 1;
}

/**
 * v against the counter by its approximate sum: 0 where the range leaves it open.
 * Version 4 answers with the sign of counter − v, the others with that of v − counter, which can be as
 * high as under: 17 and mm-tree test over there, and the reverse, 17-fixed under.
 */
export function approximateCompareValue(counter: PercpuCounterTree, v: number): Comparison {
  const { under, over } = counter.range;
  const difference = v - counter.approximateSum();
  return compareOf(counter)(counter.version === 4 ? -difference : difference, under, over);
}

/** v against the counter, by the precise sum where the approximate one leaves it open. */
export function preciseCompareValue(counter: PercpuCounterTree, v: number): Comparison {
  const approximate = approximateCompareValue(counter, v);
  if (approximate !== 0) return approximate;
  const difference = v - counter.preciseSum();
  return signOf(counter.version === 4 ? -difference : difference);
}

/** Two counters of one version, 4 or later: RFC v2 compares with values only. */
function demandPair(a: PercpuCounterTree, b: PercpuCounterTree): void {
  if (a.version === 2 || a.version !== b.version) {
    throw new RangeError(`tree versions ${a.version} and ${b.version} cannot be compared`);
  }
}

/**
 * a against b by approximate sums: 0 where their ranges leave it open.
 * In 17 and mm-tree the sides are the wrong way round for counters of different batch: with equal sums
 * a − b is at least −(a.under + b.over), and a.over + b.under is tested.
 * @throws RangeError for version 2, which has no such function, or two versions.
 */
export function approximateCompare(a: PercpuCounterTree, b: PercpuCounterTree): Comparison {
  demandPair(a, b);
  return compareOf(a)(
    a.approximateSum() - b.approximateSum(),
    a.range.over + b.range.under,
    a.range.under + b.range.over,
  );
}

/**
 * a against b, with as few precise sums as decide it, the wider range first. Version 4 tests
 * "a > b" twice and answers −1 to it: it never says 1, and 0 where a < b.
 * @throws RangeError as approximateCompare().
 */
export function preciseCompare(a: PercpuCounterTree, b: PercpuCounterTree): Comparison {
  demandPair(a, b);
  const approximateA = a.approximateSum();
  const approximateB = b.approximateSum();
  const descending = approximateA >= approximateB;
  const aIsWider = descending ? b.range.over < a.range.under : b.range.under < a.range.over;
  let countA = approximateA;
  let countB = approximateB;
  let open = approximateCompare(a, b) === 0;
  if (open && aIsWider) {
    countA = a.preciseSum();
    open = compareOf(a)(countA - countB, b.range.under, b.range.over) === 0;
    if (open) countB = b.preciseSum();
  } else if (open) {
    countB = b.preciseSum();
    open = compareOf(a)(countA - countB, a.range.over, a.range.under) === 0;
    if (open) countA = a.preciseSum();
  }
  if (a.version === 4) return countA > countB ? -1 : 0;
  return signOf(countA - countB);
}
