/** Gathers rounds of looks into what each process's error was; live rounds and recorded ones alike. */
import { lifeName } from '../../recorded/trace/life.ts';
import type { Pages } from '../../units.ts';
import type { Head, ObservedLine, Reading, Round } from './record.ts';
import type { Interval, ObserveResult, ProcessRow } from './result.ts';

export interface Observation {
  take(line: ObservedLine): void;
  /** All processes, the largest error first. */
  result(version: string): ObserveResult;
}

/**
 * approximate − precise at the moment of the precise figure, pages. Without faults in between the
 * approximate figure went one way, so what it was at that moment lies between its two readings.
 */
export function errorOf({
  approximate: { before, behind },
  precise,
}: Pick<Reading, 'approximate' | 'precise'>): Interval | null {
  if (precise === null) return null;
  return {
    low: Math.min(before, behind) - precise,
    high: Math.max(before, behind) - precise,
  };
}

interface Timed {
  readonly seconds: number;
  readonly error: Interval;
}

/** Readings without a fault in between. */
interface Settled {
  readonly readings: number;
  readonly first: Timed;
  readonly last: Timed;
  readonly lowest: Interval;
  readonly highest: Interval;
  readonly sum: Interval;
}

interface Tracked {
  readonly last: Reading;
  readonly life: number;
  readonly round: number;
  readonly readings: number;
  readonly faulted: number;
  readonly mostThreads: number;
  /** Since when it has read 0 with pages resident; null: it does not. */
  readonly zeroSince: number | null;
  readonly settled: Settled | null;
}

function settledWith(settled: Settled | null, now: Timed): Settled {
  const { error } = now;
  if (settled === null) {
    return { readings: 1, first: now, last: now, lowest: error, highest: error, sum: error };
  }
  const { readings, first, lowest, highest, sum } = settled;
  return {
    readings: readings + 1,
    first,
    last: now,
    lowest: error.high < lowest.high ? error : lowest,
    highest: error.low > highest.low ? error : highest,
    sum: { low: sum.low + error.low, high: sum.high + error.high },
  };
}

const readsZero = ({ approximate, precise }: Reading) =>
  approximate.behind === 0 && (precise ?? 0) > 0;

function trackedWith(
  tracked: Tracked | undefined,
  reading: Reading,
  life: number,
  round: number,
  seconds: number,
): Tracked {
  const error = errorOf(reading);
  const settled = tracked?.settled ?? null;
  return {
    last: reading,
    ...{ life, round },
    readings: (tracked?.readings ?? 0) + 1,
    faulted: (tracked?.faulted ?? 0) + Number(reading.faulted),
    mostThreads: Math.max(tracked?.mostThreads ?? 0, reading.threads),
    zeroSince: readsZero(reading) ? (tracked?.zeroSince ?? seconds) : null,
    settled: error === null || reading.faulted ? settled : settledWith(settled, { seconds, error }),
  };
}

function changeOf({ readings, first, last }: Settled): Interval | null {
  if (readings < 2) return null;
  return { low: last.error.low - first.error.high, high: last.error.high - first.error.low };
}

function rowOf(tracked: Tracked, { limit: { of, ...limit } }: Head, rounds: number): ProcessRow {
  const { last, settled, readings, faulted, mostThreads } = tracked;
  const { pid, command, threads, approximate, precise } = last;
  const times = of === 'thread' ? mostThreads : 1;
  const under = times * limit.under;
  const over = times * limit.over;
  return {
    ...{ pid, life: tracked.life, command, threads },
    there: tracked.round === rounds,
    ...{ readings, faulted },
    approximate: approximate.behind,
    precise,
    error: errorOf(last),
    settled: !last.faulted,
    zeroSinceSeconds: tracked.zeroSince,
    lowest: settled?.lowest ?? null,
    highest: settled?.highest ?? null,
    mean:
      settled === null
        ? null
        : { low: settled.sum.low / settled.readings, high: settled.sum.high / settled.readings },
    change: settled === null ? null : changeOf(settled),
    changeSeconds: settled === null ? 0 : settled.last.seconds - settled.first.seconds,
    limit: { under, over },
    beyond: settled !== null && (settled.lowest.high < -under || settled.highest.low > over),
  };
}

/** The least magnitude that an error in the interval has. */
export function leastMagnitude({ low, high }: Interval): Pages {
  return Math.max(low, -high, 0);
}

/** What a process ranks by: its largest error that is sure, else its limit and what it shows. */
function rankOf({ error, lowest, highest }: ProcessRow): Pages {
  return Math.max(...[error, lowest, highest].map((each) => (each ? leastMagnitude(each) : 0)));
}

function ranked(rows: readonly ProcessRow[]): ProcessRow[] {
  return rows.toSorted(
    (a, b) =>
      rankOf(b) - rankOf(a) ||
      b.limit.under - a.limit.under ||
      b.approximate - a.approximate ||
      a.pid - b.pid ||
      a.life - b.life,
  );
}

/** Of the processes that have had a reading's PID, which one it is of: 1 = the first. */
export function createLives(): (reading: Pick<Reading, 'pid' | 'start'>) => number {
  const starts = new Map<number, number[]>();
  return ({ pid, start }) => {
    const known = starts.get(pid) ?? [];
    if (!known.includes(start)) known.push(start);
    starts.set(pid, known);
    return known.indexOf(start) + 1;
  };
}

export function createObservation(head: Head): Observation {
  const tracked = new Map<string, Tracked>();
  const lifeOf = createLives();
  const { format: _, type: __, ...observed } = head;
  let rounds = 0;
  let last: Round | null = null;
  let read = 0;
  let looks = 0;
  let microseconds = 0;
  let longest = 0;

  function takeRound(round: Round): void {
    rounds += 1;
    last = round;
    read = 0;
    looks += round.listed;
    microseconds += round.microseconds;
    longest = Math.max(longest, round.microseconds);
  }

  function takeReading(reading: Reading): void {
    const life = lifeOf(reading);
    const key = lifeName(reading.pid, life);
    const seconds = last?.seconds ?? 0;
    tracked.set(key, trackedWith(tracked.get(key), reading, life, rounds, seconds));
    read += 1;
  }

  return {
    take(line) {
      if (line.type === 'round') takeRound(line);
      else if (line.type === 'reading') takeReading(line);
    },
    result(version) {
      const { type: _, seconds = 0, microseconds: __, ...counts } = last ?? NO_ROUND;
      return {
        format: 'rss-err/observe@1',
        program: { version },
        ...observed,
        ...{ rounds, seconds },
        cost: {
          microsecondsPerProcess: looks === 0 ? 0 : microseconds / looks,
          longestRoundMicroseconds: longest,
        },
        counts: { read, ...counts },
        processes: ranked([...tracked.values()].map((each) => rowOf(each, head, rounds))),
      };
    },
  };
}

const NO_ROUND: Round = {
  ...{ type: 'round', seconds: 0, microseconds: 0 },
  ...{ listed: 0, kernelThreads: 0, exited: 0, unreadable: 0, ended: 0 },
};
