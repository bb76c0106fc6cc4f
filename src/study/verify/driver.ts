/** Feeds counters one update at a time, so that an adversary sees the reading before it goes on. */
import { MEMBER } from '../../kernel/rss-stat.ts';
import { createLedger, enter } from '../../replay/ledger.ts';
import { createObserver, observe, observedErrors } from '../../replay/observer.ts';
import type { ObservedErrors } from '../../replay/tally.ts';
import type { Counters } from '../../schemes/scheme.ts';
import type { Pages } from '../../units/pages.ts';
import {
  ADDS_PER_BATCH,
  addsOf,
  createChangePoints,
  createUpdateColumns,
} from '../../update/columns.ts';
import { RECORD_DEFAULTS, type RecordedUpdate, rowShapes } from '../../update/recorded.ts';

export interface Driver {
  /** One update of at most ADDS_PER_BATCH adds. @returns after which of its adds the reading moved. */
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

/** Counters at zero; `tell` is given each update. */
export function createDriver(
  counters: Counters,
  nrCpuIds: number,
  threads: number,
  tell: (record: RecordedUpdate) => void,
): Driver {
  const columns = createUpdateColumns(1);
  const changes = createChangePoints(ADDS_PER_BATCH);
  const ledger = createLedger(nrCpuIds);
  const observer = createObserver();
  columns.threads = threads;
  columns.length = 1;
  columns.member[0] = MEMBER.anon;
  columns.operationEnd[0] = 1;
  return {
    update(kind, cpu, thread, pages) {
      const shape = rowShapes({ kind, member: 'anon' })[0]!;
      if (addsOf(shape.kind, pages) > ADDS_PER_BATCH) throw new RangeError('too long a run');
      columns.kind[0] = shape.kind;
      columns.cpu[0] = cpu;
      columns.thread[0] = thread;
      columns.pages[0] = pages;
      tell(recordOf(kind, cpu, thread, pages));
      enter(ledger, columns);
      changes.length = 0;
      counters.apply(columns, changes);
      observe(observer, columns, changes, ledger);
      return Array.from(changes.add.subarray(0, changes.length));
    },
    size: () => ledger.members[MEMBER.anon]!,
    updates: () => ledger.operations,
    observed: () => observedErrors(observer).raw,
  };
}
