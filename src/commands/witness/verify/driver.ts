/** Feeds counters one update at a time, so that an adversary sees the reading before it goes on. */
import { MEMBER } from '../../../kernel/rss-stat.ts';
import { createLedger, enter } from '../../../replay/ledger.ts';
import { createObserver, observe, observedErrors } from '../../../replay/observer.ts';
import type { ObservedErrors } from '../../../replay/tally.ts';
import type { Counters } from '../../../schemes/scheme.ts';
import type { Pages } from '../../../units.ts';
import { createUpdateColumns } from '../../../update/columns.ts';
import { KIND } from '../../../update/kinds.ts';
import { clearReadings, createReadings, type Readings } from '../../../update/readings.ts';
import { RECORD_DEFAULTS, type RecordedUpdate, rowShapes } from '../../../update/record.ts';

export interface Driver {
  /** One update. @returns after which of its adds the reading moved. */
  update(
    kind: RecordedUpdate['kind'],
    cpu: number,
    thread: number,
    pages: Pages,
  ): readonly number[];
  /** Anonymous pages. */
  size(): Pages;
  updates(): number;
  observed(): ObservedErrors;
}

/** A fault that takes a page is recorded as the unmap that it stands for: the counters see one add. */
function recordOf(
  kind: RecordedUpdate['kind'],
  cpu: number,
  thread: number,
  pages: Pages,
): RecordedUpdate {
  const record = { kind, cpu, thread, pages, ...RECORD_DEFAULTS };
  return kind === 'fault' && pages < 0
    ? { ...record, kind: 'bulk', pages: -1, repeat: -pages }
    : record;
}

/** After which adds of its only update the reading moved; `before` is what it was. */
function movingAdds({ after, inner }: Readings, run: boolean, before: Pages): number[] {
  if (!run) return after[0] === before ? [] : [1];
  return Array.from({ length: inner.length }, (_, i) =>
    Array.from(
      { length: inner.count[i]! },
      (__, k) => inner.add[i]! + k * Math.abs(inner.step[i]!),
    ),
  ).flat();
}

/** Counters at zero; `tell` is given each update. */
export function createDriver(
  counters: Counters,
  nrCpuIds: number,
  threads: number,
  tell: (record: RecordedUpdate) => void,
): Driver {
  const columns = createUpdateColumns(1);
  const readings = createReadings(1);
  const ledger = createLedger(nrCpuIds);
  const observer = createObserver();
  let reading: Pages = 0;
  columns.threads = threads;
  columns.length = 1;
  columns.member[0] = MEMBER.anon;
  columns.operationEnd[0] = 1;
  return {
    update(kind, cpu, thread, pages) {
      const shape = rowShapes({ kind, member: 'anon' })[0]!;
      columns.kind[0] = shape.kind;
      columns.cpu[0] = cpu;
      columns.thread[0] = thread;
      columns.pages[0] = pages;
      tell(recordOf(kind, cpu, thread, pages));
      enter(ledger, columns);
      clearReadings(readings);
      counters.apply(columns, readings);
      observe(observer, columns, readings, ledger);
      const before = reading;
      reading = readings.after[0]!;
      return movingAdds(readings, shape.kind === KIND.fault, before);
    },
    size: () => ledger.members[MEMBER.anon]!,
    updates: () => ledger.operations,
    observed: () => observedErrors(observer).raw,
  };
}
