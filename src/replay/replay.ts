/** Feeds updates to schemes, batch by batch, keeps the ledger of truth and observes the errors. */
import { Contradiction } from '../errors.ts';
import { IN_RSS, MEMBERS } from '../kernel/rss-stat.ts';
import type { Counters } from '../schemes/scheme.ts';
import { createUpdateColumns, type UpdateColumns } from '../update/columns.ts';
import { clearReadings, createReadings } from '../update/readings.ts';
import type { UpdateSource } from '../update/source.ts';
import { createDrift, type DriftWindow, follow } from './drift.ts';
import { createLedger, enter, type Ledger, usersOf } from './ledger.ts';
import { createObserver, observe, observedErrors } from './observer.ts';
import type { ObservedErrors } from './tally.ts';

/** A scheme's precise sum is not what the ledger holds: a fault of this program. */
export class LedgerMismatch extends Contradiction {
  override readonly name = 'LedgerMismatch';
}

export interface NamedCounters {
  readonly name: string;
  readonly counters: Counters;
}

export interface Replay {
  readonly operations: number;
  readonly updates: number;
  /** CPUs and threads that updates ran on. */
  readonly usedCpus: Int32Array;
  readonly usedThreads: number;
  /** RSS at the end, pages. */
  readonly rss: number;
  /** In the order of the counters given. */
  readonly observed: readonly { readonly clamped: ObservedErrors; readonly raw: ObservedErrors }[];
  /** Null where the source's length is not known beforehand. */
  readonly windows: readonly DriftWindow[] | null;
}

/** Called after each batch with the operations done; a promise is awaited, and may reject. */
export type Heartbeat = (operations: number) => Promise<void> | undefined;

/** Is told each batch before the schemes are. */
export type BatchListener = (updates: UpdateColumns) => void;

const WORD = 2 ** 32;

/** 32-bit counters agree modulo 2^32. */
function agrees(precise: number, truth: number, wraps: boolean): boolean {
  const difference = precise - truth;
  return wraps ? difference % WORD === 0 : difference === 0;
}

/** @throws LedgerMismatch where a scheme's precise sum is not what the ledger holds. */
export function demandAgreement(ledger: Ledger, schemes: readonly NamedCounters[]): void {
  for (const { name, counters } of schemes) {
    MEMBERS.forEach((memberName, member) => {
      const precise = counters.preciseSum(member);
      const truth = ledger.members[member]!;
      if (!agrees(precise, truth, counters.wraps)) {
        throw new LedgerMismatch(
          `${name}: the precise sum of ${memberName} pages is ${precise}, the ledger holds ${truth}`,
        );
      }
    });
  }
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
  const columns = createUpdateColumns();
  const readings = createReadings();
  const ledger = createLedger(nrCpuIds);
  const observers = schemes.map(createObserver);
  const drift = createDrift(source.operations, schemes.length);
  for (;;) {
    const filling = source.fill(columns);
    if (filling !== undefined) await filling;
    if (columns.length === 0) break;
    enter(ledger, columns);
    for (const listen of listeners) listen(columns);
    schemes.forEach(({ counters }, i) => {
      clearReadings(readings);
      counters.apply(columns, readings);
      observe(observers[i]!, columns, readings, ledger);
    });
    follow(drift, observers, ledger.operations);
    const pause = heartbeat(ledger.operations);
    if (pause !== undefined) await pause;
  }
  demandAgreement(ledger, schemes);
  return {
    operations: ledger.operations,
    updates: ledger.updates,
    usedCpus: usersOf(ledger.cpus),
    usedThreads: usersOf(ledger.threads).length,
    rss: ledger.members.reduce((sum, pages, member) => sum + pages * IN_RSS[member]!, 0),
    observed: observers.map(observedErrors),
    windows: source.operations === null ? null : drift.windows,
  };
}
