/** An exact histogram of whole numbers ≥ 0, in pages of counts that exist where values fall. */
const PAGE_ORDER = 12;
const PAGE_LENGTH = 1 << PAGE_ORDER;

export interface Histogram {
  readonly pages: Map<number, Float64Array>;
}

export function createHistogram(): Histogram {
  return { pages: new Map() };
}

/** The page of counts that a value falls in; the value's count is at `value % PAGE_LENGTH`. */
export function histogramPage(histogram: Histogram, pageNumber: number): Float64Array {
  let page = histogram.pages.get(pageNumber);
  if (page === undefined) {
    page = new Float64Array(PAGE_LENGTH);
    histogram.pages.set(pageNumber, page);
  }
  return page;
}

export const pageNumberOf = (value: number): number => Math.floor(value / PAGE_LENGTH);

export const placeInPage = (value: number): number => value % PAGE_LENGTH;

/**
 * The value at each rank (1 = the smallest) over several histograms together.
 * Ranks ascend; a rank beyond the count has no value and is an error of the caller's.
 */
export function valuesAtRanks(
  histograms: readonly Histogram[],
  ranks: readonly number[],
): number[] {
  const pageNumbers = new Set(histograms.flatMap(({ pages }) => [...pages.keys()]));
  const values: number[] = [];
  let seen = 0;
  for (const pageNumber of [...pageNumbers].sort((a, b) => a - b)) {
    const pages = histograms.flatMap((histogram) => histogram.pages.get(pageNumber) ?? []);
    for (let place = 0; place < PAGE_LENGTH; place++) {
      for (const page of pages) seen += page[place]!;
      while (values.length < ranks.length && seen >= ranks[values.length]!) {
        values.push(pageNumber * PAGE_LENGTH + place);
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
