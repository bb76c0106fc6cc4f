/**
 * An exact histogram of whole numbers ≥ 0: one flat array of counts for the near values, as long as
 * they have needed so far, and pages of counts where far ones fall.
 */

/** Values from here on are far. */
const NEAR_VALUES = 2 ** 20;

const FIRST_LENGTH = 1024;
const PAGE_LENGTH = 4096;

/** Counts of one value that fit 32 bits; beyond, near counts move to doubles. */
const MOST_IN_WORD = 2 ** 32 - 1;

type Counts = Uint32Array | Float64Array;

/** The counts of some values in a row, from `first` on. */
export interface CountPage {
  readonly first: number;
  readonly counts: Counts;
}

export interface Histogram {
  near: CountPage;
  /** Values that will have been counted, at most. */
  announced: number;
  /** The page of far values from PAGE_LENGTH × its number on. */
  readonly far: Map<number, CountPage>;
  /** The page last counted in: errors stay near where they were. */
  last: CountPage;
}

export function createHistogram(): Histogram {
  const near = { first: 0, counts: new Uint32Array(0) };
  return { near, announced: 0, far: new Map(), last: near };
}

function setNear(histogram: Histogram, counts: Counts): void {
  const near = { first: 0, counts };
  if (histogram.last === histogram.near) histogram.last = near;
  histogram.near = near;
}

/** To be called before values are counted: at most `more` of them, until the next call. */
export function announce(histogram: Histogram, more: number): void {
  histogram.announced += more;
  const { counts } = histogram.near;
  if (histogram.announced > MOST_IN_WORD && counts instanceof Uint32Array) {
    setNear(histogram, Float64Array.from(counts));
  }
}

function nearPage(histogram: Histogram, value: number): CountPage {
  const { counts } = histogram.near;
  if (value < counts.length) return histogram.near;
  let length = FIRST_LENGTH;
  while (length <= value) length *= 2;
  const longer = counts instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
  longer.set(counts);
  setNear(histogram, longer);
  return histogram.near;
}

function farPage({ far }: Histogram, value: number): CountPage {
  const number = Math.floor(value / PAGE_LENGTH);
  const known = far.get(number);
  if (known !== undefined) return known;
  const page = { first: number * PAGE_LENGTH, counts: new Float64Array(PAGE_LENGTH) };
  far.set(number, page);
  return page;
}

/** The page that a value is counted in, until a value has been counted in another one. */
export function pageOf(histogram: Histogram, value: number): CountPage {
  const { first, counts } = histogram.last;
  if (value < first || value >= first + counts.length) {
    histogram.last = value < NEAR_VALUES ? nearPage(histogram, value) : farPage(histogram, value);
  }
  return histogram.last;
}

/** Counts one value. */
export function countValue(histogram: Histogram, value: number): void {
  announce(histogram, 1);
  const { first, counts } = pageOf(histogram, value);
  counts[value - first]! += 1;
}

/** Stretches of counts, each from a value on, in order of the values. */
function* stretches(histograms: readonly Histogram[]): Generator<[number, Counts[]]> {
  yield [0, histograms.map(({ near }) => near.counts)];
  const numbers = new Set(histograms.flatMap(({ far }) => [...far.keys()]));
  for (const number of [...numbers].sort((a, b) => a - b)) {
    yield [number * PAGE_LENGTH, histograms.flatMap(({ far }) => far.get(number)?.counts ?? [])];
  }
}

/** How many values stand in one array of counts. */
function total(counts: Counts): number {
  let sum = 0;
  for (let place = 0; place < counts.length; place++) sum += counts[place]!;
  return sum;
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
    if (values.length === ranks.length) break;
    const here = counts.reduce((sum, count) => sum + total(count), 0);
    if (seen + here < ranks[values.length]!) {
      seen += here;
      continue;
    }
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

/** The median and the 99th percentile, nearest rank; 0 of nothing. */
export function percentiles(
  histograms: readonly Histogram[],
  samples: number,
): { p50: number; p99: number } {
  const ranks = [nearestRank(50, samples), nearestRank(99, samples)];
  const [p50 = 0, p99 = 0] = samples === 0 ? [] : valuesAtRanks(histograms, ranks);
  return { p50, p99 };
}
