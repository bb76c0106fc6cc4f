/** Builders of update columns, and readers of what schemes make of them. */
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import type { Counters } from '../../src/schemes/scheme.ts';
import {
  type ChangePoints,
  createChangePoints,
  createUpdateColumns,
  type UpdateColumns,
} from '../../src/update/columns.ts';
import type { UpdateSource } from '../../src/update/source.ts';

export interface Update {
  readonly thread?: number;
  readonly cpu?: number;
  readonly pages: number;
  readonly kind: number;
  readonly member?: number;
}

export function columnsOf(updates: readonly Update[]): UpdateColumns {
  const columns = createUpdateColumns(Math.max(updates.length, 1));
  updates.forEach(({ thread = 0, cpu = 0, pages, kind, member = MEMBER.anon }, u) => {
    columns.thread[u] = thread;
    columns.cpu[u] = cpu;
    columns.pages[u] = pages;
    columns.kind[u] = kind;
    columns.member[u] = member;
    columns.operationEnd[u] = 1;
    columns.threads = Math.max(columns.threads, thread + 1);
  });
  columns.length = updates.length;
  return columns;
}

/** Applies a whole stream as one batch. */
export function changesOf(counters: Counters, columns: UpdateColumns, adds: number): ChangePoints {
  const changes = createChangePoints(adds);
  counters.apply(columns, changes);
  return changes;
}

/** What one member reads after each update, unclamped. */
export function readingsAfterEach(
  changes: ChangePoints,
  nrUpdates: number,
  member: number = MEMBER.anon,
): number[] {
  const readings: number[] = [];
  let reading = 0;
  let i = 0;
  for (let u = 0; u < nrUpdates; u++) {
    for (; i < changes.length && changes.update[i] === u; i++) {
      if (changes.member[i] === member) reading = changes.reading[i]!;
    }
    readings.push(reading);
  }
  return readings;
}

/** A source that hands out recorded updates in batches of `cut`. */
export function arraySource(
  updates: readonly Update[],
  operationEnds: readonly boolean[],
  cut: number,
): UpdateSource {
  let next = 0;
  return {
    operations: null,
    fill(columns) {
      const batch = columnsOf(updates.slice(next, next + cut));
      for (const name of ['thread', 'cpu', 'pages', 'kind', 'member'] as const) {
        columns[name].set(batch[name].subarray(0, batch.length));
      }
      for (let u = 0; u < batch.length; u++) {
        columns.operationEnd[u] = operationEnds[next + u] ? 1 : 0;
      }
      columns.length = batch.length;
      columns.threads = Math.max(columns.threads, batch.threads);
      next += batch.length;
    },
  };
}
