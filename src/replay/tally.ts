/** Errors as they are gathered: extremes over every add, sum and distribution over operations. */
import type { UpdateColumns } from '../update/columns.ts';
import {
  announce,
  type CountPage,
  createHistogram,
  type Histogram,
  nearestRank,
  pageOf,
  percentiles,
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

export function createTally(magnitudes = createHistogram()): Tally {
  return {
    low: 0,
    lowAt: 0,
    high: 0,
    highAt: 0,
    samples: 0,
    sum: 0n,
    magnitudes,
  };
}

/** Adds what a part showed to the whole; operations are those of the part that was off the most. */
export function addTally(total: Tally, part: Tally): void {
  if (part.low < total.low) {
    total.low = part.low;
    total.lowAt = part.lowAt;
  }
  if (part.high > total.high) {
    total.high = part.high;
    total.highAt = part.highAt;
  }
  total.samples += part.samples;
  total.sum += part.sum;
}

/** Enters an error that stands in an operation, as an extreme if it is one. */
export function noteError(tally: Tally, error: number, operation: number): void {
  if (error < tally.low) {
    tally.low = error;
    tally.lowAt = operation;
  }
  if (error > tally.high) {
    tally.high = error;
    tally.highAt = operation;
  }
}

/** Enters the error at the end of one row, in the distribution if it `counts`. @returns its page there. */
function tallyRow(tally: Tally, error: number, operation: number, counts: boolean): CountPage {
  noteError(tally, error, operation);
  const magnitude = Math.abs(error);
  const page = pageOf(tally.magnitudes, magnitude);
  if (counts) page.counts[magnitude - page.first]! += 1;
  return page;
}

/**
 * The ends of a batch's updates (at least one): extremes, and the distribution where an operation
 * ends. `everyRowEnds`: there is one at every row. Returns the operations that ended.
 */
export function tallyEnds(
  tally: Tally,
  reading: Float64Array,
  truth: Float64Array,
  { length, operationEnd }: UpdateColumns,
  everyRowEnds: boolean,
  operationsBefore: number,
): number {
  let sum = 0;
  let ended = 0;
  announce(tally.magnitudes, length);
  for (let u = 0; u < length; ) {
    const error = reading[u]! - truth[u]!;
    const ends = operationEnd[u]!;
    const { first, counts } = tallyRow(tally, error, operationsBefore + ended + 1, ends !== 0);
    sum += error * ends;
    ended += ends;
    u += 1;

    // From here on, as long as no error is beyond the extremes so far, nor beyond the page.
    const last = first + counts.length - 1;
    let low = first === 0 || error < 0 ? -last : first;
    if (low < tally.low) low = tally.low;
    let high = first === 0 || error > 0 ? last : -first;
    if (high > tally.high) high = tally.high;
    const from = u;
    if (everyRowEnds) {
      // Two rows in a go: what the loop itself costs is as much as a row.
      for (; u + 1 < length; u += 2) {
        const one = reading[u]! - truth[u]!;
        const other = reading[u + 1]! - truth[u + 1]!;
        if (one < low || one > high || other < low || other > high) break;
        counts[((Math.abs(one) | 0) - first) | 0]! += 1;
        counts[((Math.abs(other) | 0) - first) | 0]! += 1;
        sum += one + other;
      }
      ended += u - from;
    } else {
      for (; u < length; u++) {
        const error = reading[u]! - truth[u]!;
        if (error < low || error > high) break;
        if (operationEnd[u] === 0) continue;
        counts[((Math.abs(error) | 0) - first) | 0]! += 1;
        sum += error;
        ended += 1;
      }
    }
  }
  // A batch's sum is exact in a double.
  tally.sum += BigInt(sum);
  tally.samples += ended;
  return ended;
}

/** The largest errors on either side, magnitudes in pages. */
export interface Extremes {
  readonly under: number;
  readonly over: number;
  /** The operation in which the extreme was first reached (1 = the first); null where it is 0. */
  readonly underAtOperation: number | null;
  readonly overAtOperation: number | null;
}

/** What a replay observed of one reading; magnitudes in pages, the mean signed. */
export interface ObservedErrors extends Extremes {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

function first(extreme: number, tallies: readonly { value: number; at: number }[]): number | null {
  if (extreme === 0) return null;
  return Math.min(...tallies.filter(({ value }) => value === extreme).map(({ at }) => at));
}

/** The extremes of several tallies together. */
export function extremesOf(tallies: readonly Tally[]): Extremes {
  const low = Math.min(...tallies.map((tally) => tally.low));
  const high = Math.max(...tallies.map((tally) => tally.high));
  return {
    under: low === 0 ? 0 : -low,
    over: high,
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

/** The errors of several tallies together, but for the percentiles; of no operation at all zero. */
export function errorsOf(tallies: readonly Tally[]): Omit<ObservedErrors, 'p50' | 'p99'> {
  const samples = tallies.reduce((sum, tally) => sum + tally.samples, 0);
  const sum = tallies.reduce((total, tally) => total + tally.sum, 0n);
  const { under, over, ...atOperations } = extremesOf(tallies);
  return { under, over, mean: samples === 0 ? 0 : Number(sum) / samples, ...atOperations };
}

/** Parts of a million, from the least magnitude to the largest: closer where tails are. */
export const QUANTILES: readonly number[] = [
  ...[0, 10_000, 20_000, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000, 350_000, 400_000],
  ...[450_000, 500_000, 550_000, 600_000, 650_000, 700_000, 750_000, 800_000, 850_000, 900_000],
  ...[950_000, 980_000, 990_000, 995_000, 999_000, 999_900, 1_000_000],
];

/** The magnitudes at the quantiles of QUANTILES, nearest rank; 0 of nothing. */
export function quantilesOf(tallies: readonly Tally[]): readonly number[] {
  const samples = tallies.reduce((sum, tally) => sum + tally.samples, 0);
  if (samples === 0) return QUANTILES.map(() => 0);
  const ranks = QUANTILES.map((part) => nearestRank(part / 10_000, samples));
  return valuesAtRanks(
    tallies.map(({ magnitudes }) => magnitudes),
    ranks,
  );
}

/** The errors of several tallies together: of no operation at all, zero throughout. */
export function summarise(tallies: readonly Tally[]): ObservedErrors {
  const samples = tallies.reduce((sum, tally) => sum + tally.samples, 0);
  const histograms = tallies.map((tally) => tally.magnitudes);
  const { under, over, mean, ...atOperations } = errorsOf(tallies);
  return { under, over, mean, ...percentiles(histograms, samples), ...atOperations };
}
