/**
 * A watchdog that reads a process's RSS now and then, and acts above a budget: when it acts for nothing,
 * and what it does not see, against one that reads the truth at the same moments.
 */
import { IN_RSS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import type { Counters } from '../../schemes/scheme.ts';
import type { Pages } from '../../units.ts';
import {
  createUpdateColumns,
  type UpdateColumns,
  type UpdateSource,
} from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../../update/kinds.ts';
import { clearReadings, createReadings, type Readings } from '../../update/readings.ts';

/** The row of precise sums: they are the same whatever the scheme. */
export const PRECISE = 'precise-sum';

export interface WatchdogRule {
  /** It acts above so many pages. */
  readonly budgetPages: Pages;
  /** Operations between two readings. */
  readonly every: number;
  /** So many readings above the budget in a row make an alarm. */
  readonly consecutive: number;
}

/** What a watchdog made of one run. */
export interface Watched {
  /** Alarms while the truth was within the budget. */
  readonly falseAlarms: number;
  /** Of the overruns, those that it saw, and those that it never saw. */
  readonly seen: number;
  readonly missed: number;
  /** Operations from the alarm of one that reads the truth to its own, over the overruns it saw: sum, most. */
  readonly delays: number;
  readonly longestDelay: number;
  /** The most that the process truly was above the budget, in an overrun, before it was seen; pages. */
  readonly mostUnseen: Pages;
  /** The largest error of a reading, either side, and what was resident then; pages. */
  readonly worst: { readonly error: Pages; readonly resident: Pages };
  /** Readings of 0 with pages resident, and the operation of the first; null: there was none. */
  readonly zeros: number;
  readonly firstZero: number | null;
}

/** Says when so many readings in a row are above the budget, once until one is not. */
export function createAlarm({ budgetPages, consecutive }: WatchdogRule) {
  let above = 0;
  return (reading: Pages): boolean => {
    above = reading > budgetPages ? above + 1 : 0;
    return above === consecutive;
  };
}

interface Watchdog {
  readonly look: (reading: Pages, truth: Pages, operation: number) => void;
  readonly result: () => Watched;
}

/** Holds a watchdog to one that reads the truth. An overrun is from that one's alarm to its end. */
export function createWatchdog(rule: WatchdogRule): Watchdog {
  const isAlarm = createAlarm(rule);
  const isOverrun = createAlarm(rule);
  let [falseAlarms, seenOverruns, missed, mostUnseen] = [0, 0, 0, 0];
  let [delays, longestDelay] = [0, 0];
  let standing = false;
  let overrunSince: number | null = null;
  let seen = false;
  let worst = { error: 0, resident: 0 };
  let zeros = 0;
  let firstZero: number | null = null;

  function noteError(reading: Pages, truth: Pages, operation: number): void {
    const error = Math.abs(reading - truth);
    if (error > worst.error) worst = { error, resident: truth };
    if (reading !== 0 || truth <= 0) return;
    zeros += 1;
    firstZero ??= operation;
  }

  function look(reading: Pages, truth: Pages, operation: number): void {
    noteError(reading, truth, operation);
    const isTrulyAbove = truth > rule.budgetPages;
    if (isOverrun(truth)) {
      overrunSince = operation;
      seen = false;
    }
    if (!isTrulyAbove && overrunSince !== null) {
      if (!seen) missed += 1;
      overrunSince = null;
    }
    if (isAlarm(reading)) {
      standing = true;
      if (!isTrulyAbove) falseAlarms += 1;
    } else if (reading <= rule.budgetPages) {
      standing = false;
    }
    if (overrunSince === null || seen) return;
    if (standing) {
      seen = true;
      seenOverruns += 1;
      delays += operation - overrunSince;
      longestDelay = Math.max(longestDelay, operation - overrunSince);
    } else {
      mostUnseen = Math.max(mostUnseen, truth - rule.budgetPages);
    }
  }

  return {
    look,
    result: () => ({
      falseAlarms,
      seen: seenOverruns,
      missed: missed + (overrunSince !== null && !seen ? 1 : 0),
      delays,
      longestDelay,
      mostUnseen,
      ...{ worst, zeros, firstZero },
    }),
  };
}

/** Calls `look` with the RSS read, members clamped one by one, after every so many operations. */
function lookAt(
  { length, member, operationEnd }: UpdateColumns,
  { after, side }: Readings,
  members: Float64Array,
  operations: number,
  every: number,
  look: (reading: Pages, index: number) => void,
): void {
  let s = 0;
  let done = operations;
  let looks = 0;
  for (let u = 0; u < length; u++) {
    for (; s < side.length && side.update[s] === u; s++) {
      members[side.member[s]!] = side.reading[s]!;
    }
    members[member[u]!] = after[u]!;
    done += operationEnd[u]!;
    if (operationEnd[u] === 0 || done % every !== 0) continue;
    let rss = 0;
    for (let m = 0; m < NR_MEMBERS; m++) rss += IN_RSS[m]! * Math.max(0, members[m]!);
    look(rss, looks);
    looks += 1;
  }
}

/** The truth at the same moments: resident pages after every so many operations. */
function truthsOf(
  { length, member, pages, kind, operationEnd }: UpdateColumns,
  start: { rss: Pages; operations: number },
  every: number,
): { rss: Pages; operation: number }[] {
  const truths: { rss: Pages; operation: number }[] = [];
  for (let u = 0; u < length; u++) {
    if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) start.rss += IN_RSS[member[u]!]! * pages[u]!;
    start.operations += operationEnd[u]!;
    if (operationEnd[u] === 1 && start.operations % every === 0) {
      truths.push({ rss: start.rss, operation: start.operations });
    }
  }
  return truths;
}

/** What watchdogs on these counters, and one on precise sums, make of one stream of updates. */
export async function watch(
  source: UpdateSource,
  counters: readonly Counters[],
  rule: WatchdogRule,
  heartbeat: Heartbeat,
): Promise<{ approximate: Watched[]; precise: Watched; overruns: number; mostPages: Pages }> {
  const columns = createUpdateColumns();
  const readings = createReadings();
  const members = counters.map(() => new Float64Array(NR_MEMBERS));
  const watchdogs = counters.map(() => createWatchdog(rule));
  const exact = createWatchdog(rule);
  const isOverrun = createAlarm(rule);
  const truth = { rss: 0, operations: 0 };
  let [overruns, mostPages] = [0, 0];
  for (;;) {
    await source.fill(columns);
    if (columns.length === 0) break;
    const before = truth.operations;
    const truths = truthsOf(columns, truth, rule.every);
    for (const { rss, operation } of truths) {
      if (isOverrun(rss)) overruns += 1;
      mostPages = Math.max(mostPages, rss);
      exact.look(rss, rss, operation);
    }
    counters.forEach((scheme, i) => {
      clearReadings(readings);
      scheme.apply(columns, readings);
      lookAt(columns, readings, members[i]!, before, rule.every, (reading, index) => {
        const { rss, operation } = truths[index]!;
        watchdogs[i]!.look(reading, rss, operation);
      });
    });
    const beat = heartbeat(truth.operations);
    if (beat !== undefined) await beat;
  }
  return {
    approximate: watchdogs.map(({ result }) => result()),
    precise: exact.result(),
    overruns,
    mostPages,
  };
}
