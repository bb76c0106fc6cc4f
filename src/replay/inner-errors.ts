/**
 * Errors inside runs of faults, just before and just after the changes of the reading there. In a
 * run of changes reading and truth move by the same pages: the raw error comes back to the same two
 * values at each, so that the first ones tell; clamped, the last ones have to be looked at too, on
 * whichever side of zero the reading is by then.
 */
import { IN_RSS } from '../kernel/rss-stat.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { Readings } from '../update/readings.ts';
import type { RssColumn } from './rss-columns.ts';
import type { Tally } from './tally.ts';

/** The operation that update u belongs to, 1 = the first of all. */
function operationOf(u: number, operationEnd: Uint8Array, operationsBefore: number): number {
  let operation = operationsBefore + 1;
  for (let i = 0; i < u; i++) operation += operationEnd[i]!;
  return operation;
}

/** A batch, the ends of whose updates have been tallied. */
interface Batch {
  readonly column: RssColumn;
  /** The resident set reads what the one member reads that is updated. */
  readonly oneMember: boolean;
  /** The column is of members clamped at zero. */
  readonly clamps: boolean;
  readonly updates: UpdateColumns;
  readonly readings: Readings;
  readonly rssAfter: Float64Array;
  readonly operationsBefore: number;
}

/**
 * Errors below are news; where the end of an update of this batch is the extreme, so is one as large,
 * which may be of an earlier operation. Errors are whole numbers.
 */
function lowNews({ low, lowAt }: Tally, operationsBefore: number): number {
  return low + (lowAt > operationsBefore ? 0.5 : 0);
}

/** As lowNews(), for errors above. */
function highNews({ high, highAt }: Tally, operationsBefore: number): number {
  return high - (highAt > operationsBefore ? 0.5 : 0);
}

/** What a reader sees of a member. */
function seenOf(pages: number, clamps: boolean): number {
  return clamps && pages < 0 ? 0 : pages;
}

/** Enters the errors around the first, the second and the last change of entry i. */
function tallyEntry(
  tally: Tally,
  i: number,
  { column, clamps, updates, readings, rssAfter, operationsBefore }: Batch,
): void {
  const { update, add, reading, count, step } = readings.inner;
  const u = update[i]!;
  const inRss = IN_RSS[updates.member[u]!]!;
  const delta = updates.pages[u]! * inRss;
  /** What each add moves the resident set by. */
  const slope = Math.sign(delta);
  /** What the other members read, once the sync that may come with the change is done. */
  const others = column.after[u]! - seenOf(readings.after[u]!, clamps) * inRss;

  /** What the reader sees before a change. */
  let seen = u === 0 ? column.before : column.after[u - 1]!;
  if (i > 0 && update[i - 1] === u) {
    const reached = reading[i - 1]! + (count[i - 1]! - 1) * step[i - 1]!;
    seen = others + seenOf(reached, clamps) * inRss;
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const last = count[i]! - 1;
  for (let change = 0; change <= last; change = change === 0 ? 1 : Math.max(change + 1, last)) {
    const adds = add[i]! + change * Math.abs(step[i]!);
    const truth = rssAfter[u]! - delta + slope * adds;
    const reached = reading[i]! + change * step[i]!;
    if (change > 0) seen = others + seenOf(reached - step[i]!, clamps) * inRss;
    const before = seen - (truth - slope);
    const behind = others + seenOf(reached, clamps) * inRss - truth;
    low = Math.min(low, before, behind);
    high = Math.max(high, before, behind);
  }
  if (low >= lowNews(tally, operationsBefore) && high <= highNews(tally, operationsBefore)) return;
  const at = operationOf(u, updates.operationEnd, operationsBefore);
  if (low < tally.low || (low === tally.low && at < tally.lowAt)) {
    tally.low = low;
    tally.lowAt = at;
  }
  if (high > tally.high || (high === tally.high && at < tally.highAt)) {
    tally.high = high;
    tally.highAt = at;
  }
}

/**
 * The first entry from `from` on that may be news: of raw errors, and of one member. What follows
 * another entry of its update may always be.
 */
function firstNews(
  from: number,
  low: number,
  high: number,
  { column, updates, readings, rssAfter }: Batch,
): number {
  const { length, update, add, reading, step } = readings.inner;
  const { before, after } = column;
  const { pages } = updates;
  let last = from === 0 ? -1 : update[from - 1]!;
  for (let i = from | 0; i < length; i++) {
    const u = update[i]!;
    if (u === last) return i;
    last = u;
    const delta = pages[u]!;
    const slope = (delta >> 31) | 1;
    const truth = rssAfter[u]! - delta + slope * add[i]!;
    const errorBefore = (u === 0 ? before : after[u - 1]!) - truth + slope;
    const errorBehind = reading[i]! - truth;
    // Before a second change, whether there is one or not.
    const errorNext = errorBehind - step[i]! + slope;
    if (
      errorBefore < low ||
      errorBefore > high ||
      errorBehind < low ||
      errorBehind > high ||
      errorNext < low ||
      errorNext > high
    ) {
      return i;
    }
  }
  return length;
}

/** Enters the extremes inside a batch's runs. */
export function tallyInside(tally: Tally, batch: Batch): void {
  const { length } = batch.readings.inner;
  const { oneMember, clamps, operationsBefore } = batch;
  if (!oneMember || clamps) {
    const { update } = batch.readings.inner;
    const { pages } = batch.updates;
    for (let i = 0; i < length; i++) {
      const u = update[i]!;
      // Of one page there is nothing inside: it begins where the row before ends.
      if (u > 0 && Math.abs(pages[u]!) === 1) continue;
      tallyEntry(tally, i, batch);
    }
    return;
  }
  const next = (from: number) =>
    firstNews(from, lowNews(tally, operationsBefore), highNews(tally, operationsBefore), batch);
  for (let i = next(0); i < length; i = next(i + 1)) tallyEntry(tally, i, batch);
}
