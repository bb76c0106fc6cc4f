/**
 * How many pages a row of the OOM killer's table may truly have, given how far its counters can be off.
 * Each member was clamped at 0 before it was printed, so a member that shows 0 hides up to its whole bound.
 */
import type { OomReport, OomTask } from '../../recorded/oom/report.ts';
import type { WorstCase } from '../../schemes/bound.ts';
import { type Bytes, KIB, type Pages } from '../../units.ts';
import type { Rules } from './badness.ts';

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

const NO_ERROR: WorstCase = { under: 0, over: 0 };

export const NO_ERRORS: CounterBounds = { member: NO_ERROR, rss: NO_ERROR, swap: NO_ERROR };

/** The truth behind max(0, approximate sum). */
function behindClamp(shown: Pages, { under, over }: WorstCase): Interval {
  return { low: Math.max(0, shown - over), high: shown + under };
}

const atMost = ({ low, high }: Interval, most: Pages): Interval => ({
  low: Math.min(low, most),
  high: Math.min(high, most),
});

/** Entries in a row's page tables, all levels as if they were the lowest: more than there are. */
function tableEntries({ pageTableBytes, pageTables }: OomTask, rules: Rules): number | null {
  if (pageTableBytes !== null) return Math.floor(pageTableBytes / rules.entryBytes);
  return pageTables === null ? null : Math.floor((pageTables * rules.pageSize) / rules.entryBytes);
}

/**
 * Resident pages. Two exact figures of the same row bound them from above: total_vm, as every resident
 * page lies in a mapping; and the page tables, as each anonymous page, huge pages' deposited tables
 * included, has an entry in one. A huge page of a file needs no such table, so files are bounded by
 * total_vm alone.
 */
export function residentInterval(task: OomTask, bounds: CounterBounds, rules: Rules): Interval {
  const { rss, members, totalVm } = task;
  const together = behindClamp(rss, bounds.rss);
  if (members === null) return atMost(together, totalVm);
  const entries = tableEntries(task, rules);
  const anon = behindClamp(members.anon, bounds.member);
  const separately = [
    entries === null ? anon : atMost(anon, entries),
    behindClamp(members.file, bounds.member),
    behindClamp(members.shmem, bounds.member),
  ];
  const sum = (side: keyof Interval) => separately.reduce((total, one) => total + one[side], 0);
  const high = Math.min(sum('high'), together.high);
  // A damaged row, or too few CPUs given: what it shows cannot be true, and its tables are exact.
  const low = Math.min(Math.max(sum('low'), together.low), high);
  return atMost({ low, high }, totalVm);
}

/** How much swap is in use, pages: the machine's, or in a cgroup's report the cgroup's; null: not said. */
function usedSwap(report: OomReport, pageSize: Bytes): Pages | null {
  const { totalSwapKb, freeSwapKb, memcgSwapUsageKb } = report;
  const kb = totalSwapKb === null ? memcgSwapUsageKb : totalSwapKb - (freeSwapKb ?? 0);
  return kb === null ? null : Math.max(0, Math.ceil((kb * KIB) / pageSize));
}

/** Swap entries: no more than there is swap in use, whatever the counter shows. */
export function swapInterval(
  { swapents }: OomTask,
  bounds: CounterBounds,
  report: OomReport,
  { pageSize }: Rules,
): Interval {
  const interval = behindClamp(swapents, bounds.swap);
  const used = usedSwap(report, pageSize);
  return used === null ? interval : atMost(interval, used);
}
