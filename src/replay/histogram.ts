/**
 * An exact histogram of whole numbers ≥ 0: one flat array of counts for the near values, of which the
 * system backs only the parts that are touched, and pages of counts where far ones fall.
 */

/** Counts of one value that fit 32 bits; beyond, near counts move to doubles. */
const MOST_IN_WORD = 2 ** 32 - 1;

/** Values below this are near. */
export const NEAR_VALUES = 2 ** 20;

const PAGE_LENGTH = 4096;

export interface Histogram {
  /** Empty until a value is counted. */
  near: Uint32Array | Float64Array;
  /** Values that will have been counted, at most. */
  promised: number;
  /** The page of far values from PAGE_LENGTH × its number on. */
  readonly far: Map<number, Float64Array>;
}

export function createHistogram(): Histogram {
  return { near: new Uint32Array(0), promised: 0, far: new Map() };
}

/** The counts of near values, by value, to which at most `more` will be added. */
export function nearCounts(histogram: Histogram, more: number): Uint32Array | Float64Array {
  if (histogram.near.length === 0) histogram.near = new Uint32Array(NEAR_VALUES);
  histogram.promised += more;
  if (histogram.promised > MOST_IN_WORD && histogram.near instanceof Uint32Array) {
    histogram.near = Float64Array.from(histogram.near);
  }
  return histogram.near;
}

/** Counts a value that is not near. */
export function countFar({ far }: Histogram, value: number): void {
  const number = Math.floor(value / PAGE_LENGTH);
  let page = far.get(number);
  if (page === undefined) {
    page = new Float64Array(PAGE_LENGTH);
    far.set(number, page);
  }
  page[value % PAGE_LENGTH]! += 1;
}

/** Stretches of counts, each from a value on, in order of the values. */
function* stretches(
  histograms: readonly Histogram[],
): Generator<[number, (Uint32Array | Float64Array)[]]> {
  const near = histograms.map((histogram) => histogram.near).filter(({ length }) => length > 0);
  if (near.length > 0) yield [0, near];
  const numbers = new Set(histograms.flatMap(({ far }) => [...far.keys()]));
  for (const number of [...numbers].sort((a, b) => a - b)) {
    yield [number * PAGE_LENGTH, histograms.flatMap(({ far }) => far.get(number) ?? [])];
  }
}

/**
 * The value at each rank (1 = the smallest) over several histograms together.
 * Ranks ascend; a rank beyond the count has no value and is an error of the caller's.
 */
export function valuesAtRanks(
  histograms: readonly Histogram[],
  ranks: readonly number[],
): number[] {
  const values: number[] = [];
  let seen = 0;
  for (const [first, counts] of stretches(histograms)) {
    const length = counts[0]!.length;
    for (let place = 0; place < length && values.length < ranks.length; place++) {
      for (const count of counts) seen += count[place]!;
      while (values.length < ranks.length && seen >= ranks[values.length]!) {
        values.push(first + place);
      }
    }
  }
  if (values.length < ranks.length) throw new RangeError('rank beyond the number of samples');
  return values;
}

/** The nearest rank of a percentile among so many samples: ⌈percent × samples / 100⌉. */
export function nearestRank(percent: number, samples: number): number {
  return Math.max(1, Math.ceil((percent * samples) / 100));
}
