/**
 * An exact histogram of whole numbers ≥ 0: one flat array of counts for the near values, as long as
 * they have needed so far, and pages of counts where far ones fall.
 */

/** Values from here on are far. */
const NEAR_VALUES = 2 ** 20;

const FIRST_LENGTH = 1024;
const PAGE_ORDER = 12;
const PAGE_LENGTH = 1 << PAGE_ORDER;

/** Whole numbers up to here take the processor's integer instructions. */
const LARGEST_INT = 2 ** 31 - 1;

/** Counts of one value that fit 32 bits; beyond, near counts move to doubles. */
const MOST_IN_WORD = 2 ** 32 - 1;

type Counts = Uint32Array | Float64Array;

export interface Histogram {
  /** By value. */
  near: Counts;
  /** Values that will have been counted, at most. */
  promised: number;
  /** The page of far values from PAGE_LENGTH × its number on. */
  readonly far: Map<number, Float64Array>;
  /** The far page last counted in: errors stay near where they were. */
  lastNumber: number;
  lastPage: Float64Array;
}

export function createHistogram(): Histogram {
  return {
    near: new Uint32Array(0),
    promised: 0,
    far: new Map(),
    lastNumber: -1,
    lastPage: new Float64Array(0),
  };
}

/** Counts by value, to which at most `more` will be added; values beyond them go to countBeyond(). */
export function nearCounts(histogram: Histogram, more: number): Counts {
  histogram.promised += more;
  if (histogram.promised > MOST_IN_WORD && histogram.near instanceof Uint32Array) {
    histogram.near = Float64Array.from(histogram.near);
  }
  return histogram.near;
}

function turnTo(histogram: Histogram, number: number): void {
  const page = histogram.far.get(number) ?? new Float64Array(PAGE_LENGTH);
  histogram.far.set(number, page);
  histogram.lastNumber = number;
  histogram.lastPage = page;
}

function countFar(histogram: Histogram, value: number): void {
  if (value > LARGEST_INT) {
    turnTo(histogram, Math.floor(value / PAGE_LENGTH));
    histogram.lastPage[value % PAGE_LENGTH]! += 1;
    return;
  }
  const int = value | 0;
  if (int >> PAGE_ORDER !== histogram.lastNumber) turnTo(histogram, int >> PAGE_ORDER);
  histogram.lastPage[int & (PAGE_LENGTH - 1)]! += 1;
}

/** Counts a value that the near counts do not reach. @returns the near counts from now on. */
export function countBeyond(histogram: Histogram, value: number): Counts {
  if (value >= NEAR_VALUES) {
    countFar(histogram, value);
    return histogram.near;
  }
  let length = FIRST_LENGTH;
  while (length <= value) length *= 2;
  const longer =
    histogram.near instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
  longer.set(histogram.near);
  longer[value]! += 1;
  histogram.near = longer;
  return longer;
}

/** Counts one value. */
export function countValue(histogram: Histogram, value: number): void {
  const near = nearCounts(histogram, 1);
  if (value < near.length) near[value]! += 1;
  else countBeyond(histogram, value);
}

/** Stretches of counts, each from a value on, in order of the values. */
function* stretches(histograms: readonly Histogram[]): Generator<[number, Counts[]]> {
  yield [0, histograms.map(({ near }) => near)];
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
    const length = counts.reduce((longest, count) => Math.max(longest, count.length), 0);
    for (let place = 0; place < length && values.length < ranks.length; place++) {
      for (const count of counts) seen += count[place] ?? 0;
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
