/** A replay seen in windows of operations: whether the errors have come to rest. */
import { createUpdateColumns } from '../update/columns.ts';
import { clearReadings, createReadings } from '../update/readings.ts';
import type { UpdateSource } from '../update/source.ts';
import { createLedger, enter } from './ledger.ts';
import { afresh, createObserver, observe, observedErrors } from './observer.ts';
import type { Heartbeat, NamedCounters } from './replay.ts';
import type { ObservedErrors } from './tally.ts';

/** What was observed between two looks; operations are counted from the window's first. */
export interface Window {
  /** Operations since the start of the replay. */
  readonly operations: number;
  /** Clamped errors, in the order of the counters. */
  readonly clamped: readonly ObservedErrors[];
}

/**
 * Windows of at least so many operations each (a window ends with a batch), until the source ends.
 * The caller stops it by leaving the loop.
 */
export async function* replayWindows(
  source: UpdateSource,
  nrCpuIds: number,
  schemes: readonly NamedCounters[],
  operationsPerWindow: number,
  heartbeat: Heartbeat,
): AsyncGenerator<Window> {
  const columns = createUpdateColumns();
  const readings = createReadings();
  const ledger = createLedger(nrCpuIds);
  let observers = schemes.map(createObserver);
  let windowStart = 0;
  for (;;) {
    await source.fill(columns);
    enter(ledger, columns);
    schemes.forEach(({ counters }, i) => {
      clearReadings(readings);
      counters.apply(columns, readings);
      observe(observers[i]!, columns, readings, ledger);
    });
    await heartbeat(ledger.operations);
    const ended = columns.length === 0;
    if (ended && ledger.operations === windowStart) return;
    if (!ended && ledger.operations - windowStart < operationsPerWindow) continue;
    yield {
      operations: ledger.operations,
      clamped: observers.map((observer) => observedErrors(observer).clamped),
    };
    if (ended) return;
    windowStart = ledger.operations;
    // What is read goes on; what was observed begins anew.
    observers = observers.map(afresh);
  }
}
