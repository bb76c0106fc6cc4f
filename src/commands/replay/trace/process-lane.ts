/** One process of a trace with counters of its own under each scheme. */
import { IN_RSS } from '../../../kernel/rss-stat.ts';
import type { SchemeSpec } from '../../../kernel/scheme-spec.ts';
import { appendRows } from '../../../recorded/record-rows.ts';
import { type RecordedUpdate, rowShapes } from '../../../recorded/recorded.ts';
import { createSeenTally, type SeenUpdates } from '../../../recorded/seen-updates.ts';
import { createLedger, enter, enterBefore, usersOf } from '../../../replay/ledger.ts';
import { observe } from '../../../replay/observer.ts';
import { type BatchListener, demandAgreement, type NamedCounters } from '../../../replay/replay.ts';
import { createCounters, formatScheme } from '../../../schemes/registry.ts';
import type { Counters } from '../../../schemes/scheme.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { Pages } from '../../../units.ts';
import { createUpdateColumns } from '../../../update/columns.ts';
import { clearReadings, type Readings, setReading } from '../../../update/readings.ts';
import { closeProcess, type ErrorPool, errorsOf, observerOf } from './pooled-errors.ts';
import type { Intake } from './process-choice.ts';
import type { ProcessErrors } from './process-result.ts';
import { createThreadNumbers } from './thread-numbers.ts';

/** Updates gathered before the schemes see them; many processes may be alive at once. */
export const LANE_UPDATES = 512;

/** What a process made of its updates. */
export interface LaneResult {
  readonly operations: number;
  readonly updates: number;
  readonly usedCpus: Int32Array;
  readonly usedThreads: number;
  readonly rssPages: Pages;
  readonly seen: SeenUpdates;
  readonly observed: readonly { readonly clamped: ProcessErrors; readonly raw: ProcessErrors }[];
}

export interface Lane extends Intake {
  /** The process is at its end. @throws LedgerMismatch where a scheme has lost or made pages. */
  close(): LaneResult;
}

export interface LaneRequest {
  readonly topology: Topology;
  readonly schemes: readonly SchemeSpec[];
  /** In the order of the schemes. */
  readonly pools: readonly ErrorPool[];
  /** Are told each batch before the schemes are. */
  readonly listeners: readonly BatchListener[];
  /** Room that all lanes use in turn. */
  readonly readings: Readings;
}

/** Counters whose readings and sums have so many pages more in each member. */
function withOffsets(counters: Counters, offsets: Float64Array): Counters {
  return {
    ...counters,
    apply(updates, readings) {
      counters.apply(updates, readings);
      const { after, inner, side } = readings;
      const { length, member } = updates;
      for (let u = 0; u < length; u++) setReading(readings, u, after[u]! + offsets[member[u]!]!);
      for (let i = 0; i < inner.length; i++) {
        inner.reading[i]! += offsets[member[inner.update[i]!]!]!;
      }
      for (let i = 0; i < side.length; i++) side.reading[i]! += offsets[side.member[i]!]!;
    },
    preciseSum: (member) => counters.preciseSum(member) + offsets[member]!,
  };
}

export function openLane({ topology, schemes, pools, listeners, readings }: LaneRequest): Lane {
  const ledger = createLedger(topology.nrCpuIds);
  const columns = createUpdateColumns(LANE_UPDATES);
  const observers = pools.map(observerOf);
  const offsets = new Float64Array(ledger.members.length);
  const counters: readonly NamedCounters[] = schemes.map((spec) => ({
    name: formatScheme(spec),
    counters: withOffsets(createCounters(topology, spec), offsets),
  }));
  const tally = createSeenTally();
  const threads = createThreadNumbers();

  function flush(): void {
    if (columns.length === 0) return;
    columns.threads = threads.count();
    for (const listen of listeners) listen(columns);
    enter(ledger, columns);
    counters.forEach(({ counters: one }, i) => {
      clearReadings(readings);
      one.apply(columns, readings);
      observe(observers[i]!, columns, readings, ledger);
    });
    columns.length = 0;
  }

  function add(record: RecordedUpdate, cpu: number, line: number): void {
    const shapes = rowShapes(record);
    if (columns.length + shapes.length > LANE_UPDATES) flush();
    tally.note(record, shapes, line);
    appendRows(columns, shapes, record.pages, cpu, threads.of(record));
  }

  return {
    add,
    offset(member, pages) {
      flush();
      offsets[member]! += pages;
      enterBefore(ledger, member, pages);
      for (const { reading } of observers) reading.members[member]! += pages;
    },
    close() {
      flush();
      demandAgreement(ledger, counters);
      const observed = observers.map((observer, i) => {
        closeProcess(pools[i]!, observer);
        return errorsOf(observer);
      });
      return {
        operations: ledger.operations,
        updates: ledger.updates,
        usedCpus: usersOf(ledger.cpus),
        usedThreads: usersOf(ledger.threads).length,
        rssPages: ledger.members.reduce((sum, pages, member) => sum + pages * IN_RSS[member]!, 0),
        seen: tally.seen(),
        observed,
      };
    },
  };
}
