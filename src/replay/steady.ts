/**
 * Errors of readings that stay what they are over a batch: how often each error stands follows from how
 * often each resident set does, which is counted once for all such readings.
 */
import type { Pages } from '../units.ts';
import { announce, pageOf } from './histogram.ts';
import type { Tally } from './tally.ts';

/** Resident sets that are counted, about the first one of a batch, of batches of as many rows at least. */
const PLACES = 1024;

/** How often each resident set stands at the end of a batch's updates. */
export interface Truths {
  /** Made when the first is counted: most of many processes never do. */
  counts: Int32Array | null;
  /** What the first place counts, and the least and the largest place where there is a count. */
  first: Pages;
  from: number;
  to: number;
  /** Null: not counted yet. False: they are too far apart to be. */
  counted: boolean | null;
}

export function createTruths(): Truths {
  return { counts: null, first: 0, from: 0, to: 0, counted: null };
}

/** Counts each place of a row. @returns whether all rows have one. */
function countPlaces(counts: Int32Array, rss: Float64Array, first: Pages, length: number): boolean {
  const places = PLACES;
  for (let u = 0; u < length; u++) {
    const place = rss[u]! - first;
    if (place < 0 || place >= places) return false;
    counts[place | 0]! += 1;
  }
  return true;
}

/** The first place from one on, in either direction, where there is a count. */
function nextCounted(counts: Int32Array, from: number, direction: 1 | -1): number {
  let place = from;
  while (counts[place] === 0) place += direction;
  return place;
}

function count(truths: Truths, rssAfter: Float64Array, length: number): boolean {
  truths.counts ??= new Int32Array(PLACES);
  const { counts } = truths;
  counts.fill(0);
  truths.first = rssAfter[0]! - PLACES / 2;
  if (!countPlaces(counts, rssAfter, truths.first, length)) return false;
  truths.from = nextCounted(counts, 0, 1);
  truths.to = nextCounted(counts, PLACES - 1, -1);
  return true;
}

/**
 * As tallyEnds() (tally.ts) of a steady reading, where an operation ends at every row. @returns false,
 * and has done nothing, for few rows, where resident sets are far apart, and where an error is beyond
 * the extremes so far.
 */
export function tallySteady(
  tally: Tally,
  reading: Pages,
  truths: Truths,
  rssAfter: Float64Array,
  length: number,
): boolean {
  if (length < PLACES) return false;
  truths.counted ??= count(truths, rssAfter, length);
  const { counts: times, first: firstTruth, from, to } = truths;
  const low = reading - firstTruth - to;
  const high = reading - firstTruth - from;
  if (!truths.counted || times === null || low < tally.low || high > tally.high) return false;
  const { magnitudes } = tally;
  const most = Math.max(-low, high);
  if (pageOf(magnitudes, most).first > Math.max(0, low, -high)) return false;
  announce(magnitudes, length);
  const { first, counts } = pageOf(magnitudes, most);
  let sum = 0;
  let error = high;
  for (let place = from; place <= to; place++) {
    const count = times[place]!;
    counts[((Math.abs(error) | 0) - first) | 0]! += count;
    sum += error * count;
    error -= 1;
  }
  // A batch's sum is exact in a double.
  tally.sum += BigInt(sum);
  tally.samples += length;
  return true;
}
