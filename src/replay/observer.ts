/**
 * Walks the ledger and a scheme's change points together and finds the error of the RSS reading.
 * Knows nothing of how schemes count: the same for all of them.
 *
 * Between two change points the reading is constant, so over one update the error is monotone and
 * its extremes are at the ends of such stretches: looking there is looking at every add.
 *
 * A reader sees each member clamped at zero. While no member reads below zero the clamped and the
 * raw reading are one, and are tallied once.
 */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import { addsOf, type ChangePoints, type UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import { histogramPage, pageNumberOf, placeInPage } from './histogram.ts';
import type { Ledger } from './ledger.ts';
import { closeBatch, createTally, type ObservedErrors, summarise, type Tally } from './tally.ts';

export interface Observer {
  /** What each member reads now, unclamped, pages. */
  readonly readings: Float64Array;
  /** Errors while both readings are one, and of each where they differ. */
  readonly both: Tally;
  readonly clampedOnly: Tally;
  readonly rawOnly: Tally;
  /** Operations ended before this batch. */
  operations: number;
}

export function createObserver(): Observer {
  return {
    readings: new Float64Array(NR_MEMBERS),
    both: createTally(),
    clampedOnly: createTally(),
    rawOnly: createTally(),
    operations: 0,
  };
}

/** Notes one error for the extremes. */
function note(tally: Tally, error: number, operation: number): void {
  if (error < tally.low) {
    tally.low = error;
    tally.lowAt = operation;
  }
  if (error > tally.high) {
    tally.high = error;
    tally.highAt = operation;
  }
}

/**
 * The ends of the updates from … to − 1, all under one reading: extremes, and the distribution
 * where an operation ends. Returns the operations that ended.
 */
function span(
  tally: Tally,
  reading: number,
  truth: Float64Array,
  operationEnd: Uint8Array,
  from: number,
  to: number,
  operationsBefore: number,
): number {
  let { low, lowAt, high, highAt } = tally;
  let sum = 0;
  let ended = 0;
  let pageNumber = -1;
  let page: Float64Array = NO_PAGE;
  for (let u = from; u < to; u++) {
    const error = reading - truth[u]!;
    if (error < low) {
      low = error;
      lowAt = operationsBefore + ended + 1;
    } else if (error > high) {
      high = error;
      highAt = operationsBefore + ended + 1;
    }
    if (operationEnd[u] === 1) {
      const magnitude = error < 0 ? -error : error;
      const number = pageNumberOf(magnitude);
      if (number !== pageNumber) {
        pageNumber = number;
        page = histogramPage(tally.magnitudes, number);
      }
      page[placeInPage(magnitude)]! += 1;
      sum += error;
      ended += 1;
    }
  }
  tally.low = low;
  tally.lowAt = lowAt;
  tally.high = high;
  tally.highAt = highAt;
  tally.samples += ended;
  tally.batchSum += sum;
  return ended;
}

const NO_PAGE = new Float64Array(0);

/** Observes one batch that the ledger has entered and the scheme has applied. */
export function observe(
  observer: Observer,
  updates: UpdateColumns,
  changes: ChangePoints,
  ledger: Ledger,
): void {
  const { readings, both, clampedOnly, rawOnly } = observer;
  const { length, pages, kind, member, operationEnd } = updates;
  const { rssAfter } = ledger;
  let raw = 0;
  let clamped = 0;

  function sumReadings(): void {
    raw = 0;
    clamped = 0;
    for (let m = 0; m < NR_MEMBERS; m++) {
      if (IN_RSS[m] === 0) continue;
      raw += readings[m]!;
      clamped += Math.max(0, readings[m]!);
    }
  }

  function noteAt(truth: number): void {
    const operation = observer.operations + 1;
    if (raw === clamped) {
      note(both, raw - truth, operation);
    } else {
      note(rawOnly, raw - truth, operation);
      note(clampedOnly, clamped - truth, operation);
    }
  }

  function spanTo(from: number, to: number): void {
    if (from === to) return;
    const before = observer.operations;
    if (raw === clamped) {
      observer.operations += span(both, raw, rssAfter, operationEnd, from, to, before);
    } else {
      span(rawOnly, raw, rssAfter, operationEnd, from, to, before);
      observer.operations += span(clampedOnly, clamped, rssAfter, operationEnd, from, to, before);
    }
  }

  /** RSS after the a-th add of update u. */
  function truthAt(u: number, a: number): number {
    const after = rssAfter[u]!;
    if (kind[u] !== KIND.fault || IN_RSS[member[u]!] === 0) {
      return after;
    }
    const left = addsOf(kind[u]!, pages[u]!) - a;
    return pages[u]! < 0 ? after + left : after - left;
  }

  sumReadings();
  let u = 0;
  for (let i = 0; i < changes.length; ) {
    const changed = changes.update[i]!;
    const add = changes.add[i]!;
    spanTo(u, changed);
    u = changed;
    // The last add under the old reading; before the first add that was the last update's end.
    if (add > 1) noteAt(truthAt(u, add - 1));
    for (; i < changes.length && changes.update[i] === u && changes.add[i] === add; i++) {
      readings[changes.member[i]!] = changes.reading[i]!;
    }
    sumReadings();
    noteAt(truthAt(u, add));
  }
  spanTo(u, length);
  closeBatch(both);
  closeBatch(clampedOnly);
  closeBatch(rawOnly);
}

/** The errors of what a reader sees, and of the raw counters. */
export function observedErrors({ both, clampedOnly, rawOnly }: Observer): {
  clamped: ObservedErrors;
  raw: ObservedErrors;
} {
  return { clamped: summarise([both, clampedOnly]), raw: summarise([both, rawOnly]) };
}
