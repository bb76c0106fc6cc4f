/** Errors as they are gathered: extremes over every add, sum and distribution over operations. */
import type { UpdateColumns } from '../update/columns.ts';
import {
  countBeyond,
  createHistogram,
  type Histogram,
  nearCounts,
  nearestRank,
  valuesAtRanks,
} from './histogram.ts';

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
    magnitudes: createHistogram(),
  };
}

/**
 * The ends of a batch's updates: extremes, and the distribution where an operation ends. Returns the
 * operations that ended.
 */
export function tallyEnds(
  tally: Tally,
  reading: Float64Array,
  truth: Float64Array,
  { length, operationEnd }: UpdateColumns,
  operationsBefore: number,
): number {
  let { low, high } = tally;
  let sum = 0;
  let ended = 0;
  let near = nearCounts(tally.magnitudes, length);
  for (let u = 0; u < length; u++) {
    const error = reading[u]! - truth[u]!;
    if (error < low) {
      low = error;
      tally.low = low;
      tally.lowAt = operationsBefore + ended + 1;
    } else if (error > high) {
      high = error;
      tally.high = high;
      tally.highAt = operationsBefore + ended + 1;
    }
    if (operationEnd[u] === 0) continue;
    sum += error;
    ended += 1;
    const magnitude = Math.abs(error);
    if (magnitude < near.length) near[magnitude | 0]! += 1;
    else near = countBeyond(tally.magnitudes, magnitude);
  }
  // A batch's sum is exact in a double.
  tally.sum += BigInt(sum);
  tally.samples += ended;
  return ended;
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
