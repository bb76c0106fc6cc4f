/** Errors as they are gathered: extremes over every add, sum and distribution over operations. */
import { createHistogram, type Histogram, nearestRank, valuesAtRanks } from './histogram.ts';

/** Signed pages, approximate − precise. */
export interface Tally {
  /** The most negative error seen, or 0; and the operation (1 = the first) it was first seen in. */
  low: number;
  lowAt: number;
  high: number;
  highAt: number;
  /** Operations counted in `sum` and `magnitudes`. */
  samples: number;
  sum: bigint;
  /** The part of the sum that is not yet in `sum`: a batch's, exact in a double. */
  batchSum: number;
  /** |error| at the end of operations. */
  readonly magnitudes: Histogram;
}

export function createTally(): Tally {
  return {
    low: 0,
    lowAt: 0,
    high: 0,
    highAt: 0,
    samples: 0,
    sum: 0n,
    batchSum: 0,
    magnitudes: createHistogram(),
  };
}

/** Moves the batch's sum to the exact one. */
export function closeBatch(tally: Tally): void {
  if (tally.batchSum === 0) return;
  tally.sum += BigInt(tally.batchSum);
  tally.batchSum = 0;
}

/** What a replay observed of one reading; magnitudes in pages, the mean signed. */
export interface ObservedErrors {
  readonly under: number;
  readonly over: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  /** The operation in which the extreme was first reached (1 = the first); null where it is 0. */
  readonly underAtOperation: number | null;
  readonly overAtOperation: number | null;
}

function first(extreme: number, tallies: readonly { value: number; at: number }[]): number | null {
  if (extreme === 0) return null;
  return Math.min(...tallies.filter(({ value }) => value === extreme).map(({ at }) => at));
}

/** The errors of several tallies together: of no operation at all, zero throughout. */
export function summarise(tallies: readonly Tally[]): ObservedErrors {
  const samples = tallies.reduce((sum, tally) => sum + tally.samples, 0);
  const low = Math.min(...tallies.map((tally) => tally.low));
  const high = Math.max(...tallies.map((tally) => tally.high));
  const sum = tallies.reduce((total, tally) => total + tally.sum, 0n);
  const [p50 = 0, p99 = 0] =
    samples === 0
      ? []
      : valuesAtRanks(
          tallies.map((tally) => tally.magnitudes),
          [nearestRank(50, samples), nearestRank(99, samples)],
        );
  return {
    under: low === 0 ? 0 : -low,
    over: high,
    mean: samples === 0 ? 0 : Number(sum) / samples,
    p50,
    p99,
    underAtOperation: first(
      low,
      tallies.map(({ low: value, lowAt: at }) => ({ value, at })),
    ),
    overAtOperation: first(
      high,
      tallies.map(({ high: value, highAt: at }) => ({ value, at })),
    ),
  };
}
