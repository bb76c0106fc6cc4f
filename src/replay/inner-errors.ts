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

/**
 * Enters the extremes inside a batch's runs; the ends of its updates have been tallied. Where the end
 * of an update of this batch is an extreme, an error as large counts too: it may be the earlier one.
 */
export function tallyInside(
  tally: Tally,
  column: RssColumn,
  clamps: boolean,
  { member, pages, operationEnd }: UpdateColumns,
  { after, inner }: Readings,
  rssAfter: Float64Array,
  operationsBefore: number,
): void {
  const { update, add, reading, count, step } = inner;
  // Errors are whole numbers: half a page admits those as large.
  let low = tally.low + (tally.lowAt > operationsBefore ? 0.5 : 0);
  let high = tally.high - (tally.highAt > operationsBefore ? 0.5 : 0);
  let lowUpdate = -1;
  let highUpdate = -1;
  let u = -1;
  /** What the reader saw before the change under way. */
  let seen = 0;

  for (let i = 0; i < inner.length; i++) {
    if (update[i] !== u) {
      u = update[i]!;
      seen = u === 0 ? column.before : column.after[u - 1]!;
    }
    const inRss = IN_RSS[member[u]!]!;
    const delta = pages[u]! * inRss;
    /** What each add moves the resident set by. */
    const slope = delta === 0 ? 0 : delta < 0 ? -1 : 1;
    const own = after[u]!;
    /** What the other members read, once the sync that may come with the change is done. */
    const others = column.after[u]! - (clamps && own < 0 ? 0 : own) * inRss;
    const first = reading[i]!;

    /** The resident set when the change comes. */
    let truth = rssAfter[u]! - delta + slope * add[i]!;
    const before = seen - (truth - slope);
    seen = others + (clamps && first < 0 ? 0 : first) * inRss;
    const behind = seen - truth;
    if (before < low || behind < low) {
      low = Math.min(before, behind);
      lowUpdate = u;
    }
    if (before > high || behind > high) {
      high = Math.max(before, behind);
      highUpdate = u;
    }
    const further = count[i]! - 1;
    if (further === 0) continue;

    const pagesEach = step[i]!;
    const beforeNext = seen - (truth + slope * (Math.abs(pagesEach) - 1));
    if (beforeNext < low) {
      low = beforeNext;
      lowUpdate = u;
    } else if (beforeNext > high) {
      high = beforeNext;
      highUpdate = u;
    }
    const last = first + further * pagesEach;
    if (clamps) {
      const lastButOne = last - pagesEach;
      truth += slope * further * Math.abs(pagesEach);
      const beforeLast = others + Math.max(0, lastButOne) * inRss - (truth - slope);
      const behindLast = others + Math.max(0, last) * inRss - truth;
      if (Math.min(beforeLast, behindLast) < low) {
        low = Math.min(beforeLast, behindLast);
        lowUpdate = u;
      }
      if (Math.max(beforeLast, behindLast) > high) {
        high = Math.max(beforeLast, behindLast);
        highUpdate = u;
      }
    }
    seen = others + (clamps && last < 0 ? 0 : last) * inRss;
  }

  if (lowUpdate >= 0) {
    const operation = operationOf(lowUpdate, operationEnd, operationsBefore);
    if (low < tally.low || operation < tally.lowAt) {
      tally.low = low;
      tally.lowAt = operation;
    }
  }
  if (highUpdate >= 0) {
    const operation = operationOf(highUpdate, operationEnd, operationsBefore);
    if (high > tally.high || operation < tally.highAt) {
      tally.high = high;
      tally.highAt = operation;
    }
  }
}
