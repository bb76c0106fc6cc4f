/** Feeds updates to schemes, batch by batch, keeps the ledger of truth and observes the errors. */
import { Contradiction } from '../errors.ts';
import { MEMBERS } from '../kernel/rss-stat.ts';
import type { Counters } from '../schemes/scheme.ts';
import type { Pages } from '../units.ts';
import { type ByMember, createByMember, inBatchOrder, sortByMember } from '../update/by-member.ts';
import {
  createUpdateColumns,
  inParts,
  rowsOf,
  type UpdateColumns,
  type UpdateSource,
} from '../update/columns.ts';
import { clearReadings, createReadings, type Readings } from '../update/readings.ts';
import { closeWindow, createWindows, operationsPerWindow, type Windows } from './burn-in.ts';
import { createLedger, enter, type Ledger, usersOf } from './ledger.ts';
import {
  createObserver,
  type Distribution,
  observe,
  observedDistribution,
  observedErrors,
  tellKnown,
} from './observer.ts';
import { clampedRss } from './rss-columns.ts';
import type { Bucket } from './series.ts';
import { type Observed, type Stages, stage, type WarmedUp } from './stages.ts';
import type { ObservedErrors } from './tally.ts';
import { rowsToEnd, type WarmUp } from './warm-up.ts';

/** A scheme's precise sum is not what the ledger holds: a fault of this program. */
export class LedgerMismatch extends Contradiction {
  override readonly name = 'LedgerMismatch';
}

interface NamedCounters {
  readonly name: string;
  readonly counters: Counters;
}

/** Called after each batch with the operations done; a promise is awaited, and may reject. */
export type Heartbeat = (operations: number) => Promise<void> | undefined;

/** Is told each batch before the schemes are. */
export type BatchListener = (updates: UpdateColumns) => void;

/** Several schemes that count the same updates, beside the truth. */
export interface Trial extends Observed {
  readonly schemes: readonly NamedCounters[];
  readonly listeners: readonly BatchListener[];
  /** Room that the schemes use in turn, and other trials between two steps. */
  readonly readings: Readings;
  readonly byMember: ByMember;
  /** Someone besides the observers reads the changes inside of runs: none is left out. */
  readonly areAllChangesRead?: true;
}

/** A trial of counters that start at zero. */
function createTrial(
  nrCpuIds: number,
  schemes: readonly NamedCounters[],
  listeners: readonly BatchListener[] = [],
): Trial {
  const observers = schemes.map(createObserver);
  return {
    ledger: createLedger(nrCpuIds),
    schemes,
    listeners,
    observers,
    readings: createReadings(),
    byMember: createByMember(),
  };
}

/** Takes a trial through one batch. */
export function step(trial: Trial, columns: UpdateColumns): void {
  const { ledger, schemes, listeners, observers, readings, byMember } = trial;
  enter(ledger, columns);
  for (const listen of listeners) listen(columns);
  const isMixed = ledger.onlyMember === null && sortByMember(byMember, columns);
  schemes.forEach(({ counters }, i) => {
    clearReadings(readings);
    if (trial.areAllChangesRead !== true) tellKnown(observers[i]!, columns, readings, ledger);
    if (isMixed && counters.membersApart === true) {
      counters.apply(byMember.columns, readings);
      inBatchOrder(byMember, readings);
    } else {
      counters.apply(columns, readings);
    }
    observe(observers[i]!, columns, readings, ledger);
  });
}

/**
 * As step(), in parts where a warm-up ends within the batch. What is done at an end says where the
 * next one is.
 */
export function stepTo(
  trial: Trial,
  columns: UpdateColumns,
  end: () => WarmUp | null,
  atEnd: () => void,
): void {
  let rest = columns;
  for (let next = end(); next !== null && rest.length > 0; next = end()) {
    const rows = rowsToEnd(next, rest, trial.ledger);
    if (rows === null) break;
    step(trial, rowsOf(rest, 0, rows));
    atEnd();
    rest = rowsOf(rest, rows, rest.length);
  }
  if (rest.length > 0) step(trial, rest);
}

/** 32-bit counters agree modulo this. */
const WORD = 2 ** 32;

/** @throws LedgerMismatch where a scheme's precise sum is not what the ledger holds. */
export function demandAgreement({ ledger, schemes }: Pick<Trial, 'ledger' | 'schemes'>): void {
  for (const { name, counters } of schemes) {
    MEMBERS.forEach((memberName, member) => {
      const precise = counters.preciseSum(member);
      const truth = ledger.members[member]!;
      const difference = precise - truth;
      if ((counters.wraps ? difference % WORD : difference) !== 0) {
        throw new LedgerMismatch(
          `${name}: the precise sum of ${memberName} pages is ${precise}, the ledger holds ${truth}`,
        );
      }
    });
  }
}

/** Operations that are looked at together. */
interface Span {
  /** Those before it. */
  from: number;
  /** So many at the least: it ends with a batch. */
  length: number;
}

/**
 * Takes batches from a source to its end. Yields the operations done whenever the span is over, and
 * goes on with one as long; a last, shorter stretch is none.
 */
async function* walk(
  source: UpdateSource,
  take: (columns: UpdateColumns) => void,
  ledger: Ledger,
  span: Span,
  heartbeat: Heartbeat,
): AsyncGenerator<number, void> {
  const columns = createUpdateColumns();
  for (;;) {
    const filling = source.fill(columns);
    if (filling !== undefined) await filling;
    if (columns.length === 0) return;
    take(columns);
    const pause = heartbeat(ledger.operations);
    if (pause !== undefined) await pause;
    if (ledger.operations - span.from >= span.length) {
      span.from = ledger.operations;
      yield span.from;
    }
  }
}

export interface Replay {
  readonly operations: number;
  readonly updates: number;
  /** CPUs and threads that updates ran on. */
  readonly usedCpus: Int32Array;
  readonly usedThreads: number;
  /** RSS at the end, and the most that it was after any update; pages. */
  readonly rss: Pages;
  readonly largestRss: Pages;
  /** Null where no warm-up was asked for, and where it did not end. */
  readonly warmedUp: WarmedUp | null;
  /** The buckets asked for, in the order of the counters given. */
  readonly series: readonly (readonly Bucket[])[];
  /** Behind the warm-up, likewise. */
  readonly observed: readonly { readonly clamped: ObservedErrors; readonly raw: ObservedErrors }[];
  /** Likewise; null where nobody asked. */
  readonly distributions: readonly Distribution[] | null;
  /** RSS as a reader sees it at the end, pages, likewise. */
  readonly read: readonly Pages[];
  /** The operation from which on a reader has seen 0, where it sees 0 at the end, likewise. */
  readonly zeroSince: readonly (number | null)[];
  /** Behind the warm-up; null where the source's length is not known beforehand. */
  readonly windows: Windows | null;
}

/**
 * Replays a source to its end through counters that start at zero, and observes all of it but for a
 * warm-up.
 * @throws LedgerMismatch where a scheme has lost or made pages.
 */
export async function replay(
  source: UpdateSource,
  nrCpuIds: number,
  schemes: readonly NamedCounters[],
  heartbeat: Heartbeat,
  listeners: readonly BatchListener[] = [],
  stages: Stages = {},
): Promise<Replay> {
  const trial = createTrial(nrCpuIds, schemes, listeners);
  const { ledger } = trial;
  const span: Span = { from: 0, length: Number.POSITIVE_INFINITY };
  let windows = createWindows(schemes.length, 0);
  const { end, atEnd, sums, staged } = stage(trial, source.operations, stages, (from) => {
    windows = createWindows(schemes.length, from);
    const left = source.operations === null ? null : source.operations - from;
    Object.assign(span, { from, length: operationsPerWindow(left) });
  });
  const take = (columns: UpdateColumns) => {
    for (const part of inParts(columns, ledger.updates)) stepTo(trial, part, end, atEnd);
  };
  for await (const operations of walk(source, take, ledger, span, heartbeat)) {
    closeWindow(windows, sums(), operations);
  }
  demandAgreement(trial);
  return {
    operations: ledger.operations,
    updates: ledger.updates,
    usedCpus: usersOf(ledger.cpus),
    usedThreads: usersOf(ledger.threads).length,
    rss: ledger.rss,
    largestRss: ledger.largestRss,
    warmedUp: staged.warmedUp,
    series: staged.series,
    observed: staged.whole.map(observedErrors),
    distributions: stages.distribution === true ? staged.whole.map(observedDistribution) : null,
    read: trial.observers.map(({ reading }) => clampedRss(reading)),
    zeroSince: trial.observers.map(({ zeroSince }) => zeroSince),
    windows: source.operations === null ? null : windows,
  };
}

/** What was observed in a window alone; its extremes' operations are counted from its first. */
export interface Window {
  /** Operations since the start of the replay. */
  readonly operations: number;
  /** Clamped errors, in the order of the counters. */
  readonly clamped: readonly ObservedErrors[];
}

/**
 * Windows of at least so many operations each (a window ends with a batch) but the last, until the
 * source ends. The caller stops it by leaving the loop.
 */
export async function* replayWindows(
  source: UpdateSource,
  nrCpuIds: number,
  schemes: readonly NamedCounters[],
  operationsInWindow: number,
  heartbeat: Heartbeat,
): AsyncGenerator<Window> {
  const trial = createTrial(nrCpuIds, schemes);
  const windowTo = (operations: number): Window => ({
    operations,
    clamped: trial.observers.map((observer) => observedErrors(observer).clamped),
  });
  let last = 0;
  const take = (columns: UpdateColumns) => step(trial, columns);
  const span = { from: 0, length: operationsInWindow };
  for await (const operations of walk(source, take, trial.ledger, span, heartbeat)) {
    yield windowTo(operations);
    last = operations;
    // What is read goes on; what was observed begins anew, operations from 1 on.
    trial.observers = trial.observers.map(({ reading }) => ({ ...createObserver(), reading }));
  }
  if (trial.ledger.operations > last) yield windowTo(trial.ledger.operations);
}
