import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  announce,
  countValue,
  createHistogram,
  nearestRank,
  pageOf,
  valuesAtRanks,
} from '../../../src/replay/histogram.ts';

function histogramOf(values: readonly number[]) {
  const histogram = createHistogram();
  for (const value of values) {
    countValue(histogram, value);
  }
  return histogram;
}

describe('percentiles of the paged histogram', () => {
  it('are those of the sorted values, however far they spread and over however many histograms', () => {
    const value = fc.oneof(
      fc.nat(100),
      fc.nat(2 ** 30),
      fc.maxSafeNat().map((n) => n % 2 ** 45),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.array(value), (a, b) => {
        const sorted = [...a, ...b].sort((x, y) => x - y);
        const ranks = [1, 50, 99, 100].map((percent) => nearestRank(percent, sorted.length));
        expect(valuesAtRanks([histogramOf(a), histogramOf(b)], ranks)).toEqual(
          ranks.map((rank) => sorted[rank - 1]),
        );
      }),
    );
  });

  it('stay right where 32 bits would not hold a count', () => {
    const histogram = histogramOf([3, 5]);
    announce(histogram, 2 ** 32);
    pageOf(histogram, 5).counts[5] = 2 ** 32;
    countValue(histogram, 5);
    countValue(histogram, 2000);
    expect(valuesAtRanks([histogram], [1, 2, 2 ** 32 + 2, 2 ** 32 + 3])).toEqual([3, 5, 5, 2000]);
  });

  it('have no value beyond the last', () => {
    expect(() => valuesAtRanks([histogramOf([1, 2])], [3])).toThrow(RangeError);
  });
});
