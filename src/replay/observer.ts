/**
 * Sets a scheme's readings against the ledger and finds the error of the RSS reading. Knows nothing
 * of how schemes count: the same for all of them.
 *
 * Between two changes the reading is constant, so over one update the error is monotone and its
 * extremes are at the ends of such stretches: looking there is looking at every add.
 *
 * A reader sees each member clamped at zero. While no member reads below zero the clamped and the
 * raw reading are one, and are tallied once.
 */
import type { Pages } from '../units.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { Readings } from '../update/readings.ts';
import { tallyInside } from './inner-errors.ts';
import type { Ledger } from './ledger.ts';
import {
  clampedRss,
  createMemberReadings,
  isOneMember,
  type MemberReadings,
  type RssColumn,
  rawRss,
  rssColumns,
} from './rss-columns.ts';
import { tallySteady } from './steady.ts';
import {
  addTally,
  createTally,
  type Extremes,
  extremesOf,
  noteError,
  type ObservedErrors,
  quantilesOf,
  summarise,
  type Tally,
  tallyEnds,
} from './tally.ts';

export interface Observer {
  readonly reading: MemberReadings;
  /** Errors of batches in which both readings are one, and of each in the others. */
  readonly both: Tally;
  readonly clampedOnly: Tally;
  readonly rawOnly: Tally;
  /** Operations ended before this batch. */
  operations: number;
  /** The operation from which on a reader has seen 0; null where it sees pages now. */
  zeroSince: number | null;
}

export function createObserver(): Observer {
  return {
    reading: createMemberReadings(),
    both: createTally(),
    clampedOnly: createTally(),
    rawOnly: createTally(),
    operations: 0,
    zeroSince: null,
  };
}

/** An observer whose distribution is another's too. */
export function sharingObserver({ both, clampedOnly, rawOnly }: Observer): Observer {
  return {
    reading: createMemberReadings(),
    both: createTally(both.magnitudes),
    clampedOnly: createTally(clampedOnly.magnitudes),
    rawOnly: createTally(rawOnly.magnitudes),
    operations: 0,
    zeroSince: null,
  };
}

/**
 * An observer that has seen nothing, behind one that has: it goes on with the other's readings and
 * operations, and the error that it begins with, against so many resident pages, is its first.
 */
export function takenOver(
  { reading, operations, zeroSince }: Observer,
  by: Observer,
  rss: Pages,
): Observer {
  noteError(by.rawOnly, rawRss(reading) - rss, operations + 1);
  noteError(by.clampedOnly, clampedRss(reading) - rss, operations + 1);
  return { ...by, reading, operations, zeroSince };
}

/** Since which operation the column has been 0 at the batch's end; `since`: at the end of the one before. */
function zeroSinceOf(
  { after, steady }: RssColumn,
  { length, operationEnd }: UpdateColumns,
  everyRowEnds: boolean,
  operationsBefore: number,
  since: number | null,
): number | null {
  // Seldom is there more than one row to look at, where it is not known that all are alike.
  let last = steady === 0 ? -1 : length - 1;
  while (last >= 0 && after[last] === 0) last -= 1;
  if (last === length - 1) return null;
  if (last < 0 && since !== null) return since;
  if (everyRowEnds) return operationsBefore + last + 2;
  let operation = operationsBefore + 1;
  for (let u = 0; u <= last; u++) operation += operationEnd[u]!;
  return operation;
}

const TALLIES = ['both', 'clampedOnly', 'rawOnly'] as const;

/** Adds what one observer saw to another; their distribution is one. */
export function addObserved(whole: Observer, part: Observer): void {
  for (const name of TALLIES) addTally(whole[name], part[name]);
}

/** Sum of the clamped errors at the ends of operations, pages. */
export function clampedSum({ both, clampedOnly }: Observer): bigint {
  return both.sum + clampedOnly.sum;
}

/** Known errors are so small that no scheme's loop has to think of overflows. */
const MOST_KNOWN = 2 ** 29;

/** Tells a scheme which errors are known before it applies a batch that the ledger has entered. */
export function tellKnown(
  { reading, both }: Observer,
  { pages }: UpdateColumns,
  { known }: Readings,
  { onlyMember, rssAfter }: Ledger,
): void {
  if (!isOneMember(reading, onlyMember)) return;
  const error = reading.members[onlyMember]! - (rssAfter[0]! - pages[0]!);
  if (Math.max(-both.low, both.high, Math.abs(error)) > MOST_KNOWN) return;
  known.error = error;
  known.low = both.low;
  known.high = both.high;
}

/** Observes one batch that the ledger has entered and the scheme has applied. */
export function observe(
  observer: Observer,
  updates: UpdateColumns,
  readings: Readings,
  ledger: Ledger,
): void {
  if (updates.length === 0) return;
  const { length } = updates;
  const { rssAfter, truths, onlyMember, everyRowEnds } = ledger;
  const { raw, clamped, same, oneMember } = rssColumns(
    observer.reading,
    updates,
    readings,
    onlyMember,
  );
  const { operations } = observer;
  const look = (tally: Tally, column: RssColumn, clamps: boolean) => {
    const { after, steady } = column;
    const isDone =
      steady !== null && everyRowEnds && tallySteady(tally, steady, truths, rssAfter, length);
    const ended = isDone
      ? length
      : tallyEnds(tally, after, rssAfter, updates, everyRowEnds, operations);
    tallyInside(tally, {
      column,
      clamps,
      oneMember,
      updates,
      readings,
      rssAfter,
      operationsBefore: operations,
    });
    observer.operations = operations + ended;
  };
  observer.zeroSince = zeroSinceOf(clamped, updates, everyRowEnds, operations, observer.zeroSince);
  if (same) {
    look(observer.both, raw, false);
  } else {
    look(observer.rawOnly, raw, false);
    look(observer.clampedOnly, clamped, true);
  }
}

/** The errors of what a reader sees, and of the raw counters. */
export function observedErrors({ both, clampedOnly, rawOnly }: Observer): {
  clamped: ObservedErrors;
  raw: ObservedErrors;
} {
  return { clamped: summarise([both, clampedOnly]), raw: summarise([both, rawOnly]) };
}

/** Quantiles of the magnitude over operations, of both. */
export interface Distribution {
  readonly clamped: readonly number[];
  readonly raw: readonly number[];
}

export function observedDistribution({ both, clampedOnly, rawOnly }: Observer): Distribution {
  return { clamped: quantilesOf([both, clampedOnly]), raw: quantilesOf([both, rawOnly]) };
}

/** The extremes of both. */
export function observedExtremes({ both, clampedOnly, rawOnly }: Observer): {
  clamped: Extremes;
  raw: Extremes;
} {
  return { clamped: extremesOf([both, clampedOnly]), raw: extremesOf([both, rawOnly]) };
}
