/** Feeds updates to schemes, batch by batch, keeps the ledger of truth and observes the errors. */
import { Contradiction } from '../errors.ts';
import { MEMBERS } from '../kernel/rss-stat.ts';
import type { Counters } from '../schemes/scheme.ts';
import type { Pages } from '../units.ts';
import { createUpdateColumns, type UpdateColumns, type UpdateSource } from '../update/columns.ts';
import { clearReadings, createReadings, type Readings } from '../update/readings.ts';
import { createLedger, enter, type Ledger, usersOf } from './ledger.ts';
import { afresh, createObserver, type Observer, observe, observedErrors } from './observer.ts';
import { clampedRss } from './rss-columns.ts';
import type { ObservedErrors } from './tally.ts';
import { closeWindow, createWindows, operationsPerWindow, type WindowMeans } from './warm-up.ts';

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
export interface Trial {
  readonly ledger: Ledger;
  readonly schemes: readonly NamedCounters[];
  readonly listeners: readonly BatchListener[];
  /** In the order of the schemes. */
  observers: readonly Observer[];
  /** Room that the schemes use in turn, and other trials between two steps. */
  readonly readings: Readings;
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
  };
}

/** Takes a trial through one batch. */
export function step(trial: Trial, columns: UpdateColumns): void {
  const { ledger, schemes, listeners, observers, readings } = trial;
  enter(ledger, columns);
  for (const listen of listeners) listen(columns);
  schemes.forEach(({ counters }, i) => {
    clearReadings(readings);
    counters.apply(columns, readings);
    observe(observers[i]!, columns, readings, ledger);
  });
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

/**
 * Takes a trial through a source to its end. Yields the operations done whenever a window of at least
 * so many is full (it ends with a batch); a last, shorter stretch is no window.
 */
async function* walk(
  source: UpdateSource,
  trial: Trial,
  operationsInWindow: number,
  heartbeat: Heartbeat,
): AsyncGenerator<number, void> {
  const columns = createUpdateColumns();
  const { ledger } = trial;
  let windowStart = 0;
  for (;;) {
    const filling = source.fill(columns);
    if (filling !== undefined) await filling;
    if (columns.length === 0) return;
    step(trial, columns);
    const pause = heartbeat(ledger.operations);
    if (pause !== undefined) await pause;
    if (ledger.operations - windowStart >= operationsInWindow) {
      windowStart = ledger.operations;
      yield windowStart;
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
  /** In the order of the counters given. */
  readonly observed: readonly { readonly clamped: ObservedErrors; readonly raw: ObservedErrors }[];
  /** RSS as a reader sees it at the end, pages, likewise. */
  readonly read: readonly Pages[];
  /** Null where the source's length is not known beforehand. */
  readonly windows: readonly WindowMeans[] | null;
}

/**
 * Replays a source to its end through counters that start at zero.
 * @throws LedgerMismatch where a scheme has lost or made pages.
 */
export async function replay(
  source: UpdateSource,
  nrCpuIds: number,
  schemes: readonly NamedCounters[],
  heartbeat: Heartbeat,
  listeners: readonly BatchListener[] = [],
): Promise<Replay> {
  let largestRss = 0;
  const seeLargest: BatchListener = ({ length }) => {
    const { rssAfter } = trial.ledger;
    for (let u = 0; u < length; u++) if (rssAfter[u]! > largestRss) largestRss = rssAfter[u]!;
  };
  const trial = createTrial(nrCpuIds, schemes, [seeLargest, ...listeners]);
  const { ledger, observers } = trial;
  const windows = createWindows(schemes.length);
  const length = operationsPerWindow(source.operations);
  for await (const operations of walk(source, trial, length, heartbeat)) {
    closeWindow(windows, observers, operations);
  }
  demandAgreement(trial);
  return {
    operations: ledger.operations,
    updates: ledger.updates,
    usedCpus: usersOf(ledger.cpus),
    usedThreads: usersOf(ledger.threads).length,
    rss: ledger.rss,
    largestRss,
    observed: observers.map(observedErrors),
    read: observers.map(({ reading }) => clampedRss(reading)),
    windows: source.operations === null ? null : windows.closed,
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
  for await (const operations of walk(source, trial, operationsInWindow, heartbeat)) {
    yield windowTo(operations);
    last = operations;
    // What is read goes on; what was observed begins anew.
    trial.observers = trial.observers.map(afresh);
  }
  if (trial.ledger.operations > last) yield windowTo(trial.ledger.operations);
}
