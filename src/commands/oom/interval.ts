/**
 * How many pages a row of the OOM killer's table may truly have, given how far its counters can be off.
 * Each member was clamped at 0 before it was printed, so a member that shows 0 hides up to its whole bound.
 */
import type { OomTask } from '../../recorded/oom/report.ts';
import type { WorstCase } from '../../schemes/bound.ts';
import type { Pages } from '../../units.ts';
import { tablePages } from './badness.ts';

/** Both ends included, pages. */
export interface Interval {
  readonly low: Pages;
  readonly high: Pages;
}

/** How far one member can be off, and three members together (per-thread: no further than one). */
export interface CounterBounds {
  readonly member: WorstCase;
  readonly rss: WorstCase;
  /** Of the swap entries' counter. */
  readonly swap: WorstCase;
}

export const NO_ERROR: WorstCase = { under: 0, over: 0 };

/** The truth behind max(0, approximate sum). */
export function behindClamp(shown: Pages, { under, over }: WorstCase): Interval {
  return { low: Math.max(0, shown - over), high: shown + under };
}

function sum(intervals: readonly Interval[]): Interval {
  return intervals.reduce(
    (total, { low, high }) => ({ low: total.low + low, high: total.high + high }),
    {
      low: 0,
      high: 0,
    },
  );
}

const atMost = ({ low, high }: Interval, most: Pages): Interval => ({
  low: Math.min(low, most),
  high: Math.min(high, most),
});

/**
 * Resident pages. Two exact figures of the same row bound them from above: total_vm, as every resident
 * page lies in a mapping; and the page tables, as each anonymous page, huge pages' deposited tables
 * included, has an entry in a table of pageSize / 8 entries. A huge page of a file needs no such table,
 * so files are bounded by total_vm alone.
 */
export function residentInterval(task: OomTask, bounds: CounterBounds, pageSize: number): Interval {
  const { rss, members, totalVm } = task;
  const entries = (tablePages(task, pageSize) * pageSize) / 8;
  const together = behindClamp(rss, bounds.rss);
  if (members === null) return atMost(together, totalVm);
  const anon = behindClamp(members.anon, bounds.member);
  const separately = sum([
    entries === 0 ? anon : atMost(anon, entries),
    behindClamp(members.file, bounds.member),
    behindClamp(members.shmem, bounds.member),
  ]);
  const both = {
    low: Math.max(separately.low, together.low),
    high: Math.min(separately.high, together.high),
  };
  return atMost(both, totalVm);
}

/** Swap entries; a machine without swap has none, whatever the counter shows. */
export function swapInterval(
  { swapents }: OomTask,
  bounds: CounterBounds,
  hasSwap: boolean,
): Interval {
  return hasSwap ? behindClamp(swapents, bounds.swap) : { low: 0, high: 0 };
}
