/**
 * The errors of a replay over its operations: of each bucket of them the extremes over every add, however
 * few buckets there are.
 */
import type { Pages } from '../units.ts';
import { type Observer, sharingObserver } from './observer.ts';
import { clampedRss, rawRss } from './rss-columns.ts';
import type { Tally } from './tally.ts';

/** Signed pages, approximate − precise: from the error that the bucket begins with to that it ends with. */
export interface BucketErrors {
  readonly min: Pages;
  readonly max: Pages;
  readonly last: Pages;
}

export interface Bucket {
  /** Operations, 1 = the first of the replay. */
  readonly fromOperation: number;
  readonly toOperation: number;
  readonly clamped: BucketErrors;
  readonly raw: BucketErrors;
}

/** The last operation of each of so many buckets as like as can be, at the most one an operation. */
export function bucketEnds(
  buckets: number,
  operationsBefore: number,
  operations: number,
): number[] {
  const count = Math.min(buckets, operations - operationsBefore);
  return Array.from(
    { length: count },
    (_, i) => operationsBefore + Math.floor(((i + 1) * (operations - operationsBefore)) / count),
  );
}

/** An observer of one bucket, whose distribution is another's too: any error is an extreme at first. */
export function bucketObserver(whole: Observer): Observer {
  const observer = sharingObserver(whole);
  for (const tally of [observer.both, observer.clampedOnly, observer.rawOnly]) {
    tally.low = Number.POSITIVE_INFINITY;
    tally.high = Number.NEGATIVE_INFINITY;
  }
  return observer;
}

function errorsOf(one: Tally, other: Tally, last: Pages): BucketErrors {
  return { min: Math.min(one.low, other.low), max: Math.max(one.high, other.high), last };
}

/** What an observer has seen of a bucket at whose end so many pages are resident. */
export function bucketOf(
  { both, clampedOnly, rawOnly, reading }: Observer,
  fromOperation: number,
  toOperation: number,
  rss: Pages,
): Bucket {
  return {
    fromOperation,
    toOperation,
    clamped: errorsOf(both, clampedOnly, clampedRss(reading) - rss),
    raw: errorsOf(both, rawOnly, rawRss(reading) - rss),
  };
}
