/** Builders of update columns, and readers of what schemes make of them. */
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import type { Counters } from '../../src/schemes/scheme.ts';
import {
  createUpdateColumns,
  type UpdateColumns,
  type UpdateSource,
} from '../../src/update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../../src/update/kinds.ts';
import { createReadings, type Readings } from '../../src/update/readings.ts';

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
  columns.uniform =
    new Set(columns.member.subarray(0, updates.length)).size === 1 &&
    updates.every(({ kind }) => kind < FIRST_KIND_WITHOUT_PAGES);
  return columns;
}

/** Applies a whole stream as one batch. */
export function readingsOf(counters: Counters, columns: UpdateColumns): Readings {
  const readings = createReadings(Math.max(columns.length, 1));
  counters.apply(columns, readings);
  return readings;
}

/** What one member reads after each update, unclamped. */
export function readingsAfterEach(
  { after, side }: Readings,
  columns: UpdateColumns,
  member: number = MEMBER.anon,
): number[] {
  let reading = 0;
  let s = 0;
  return Array.from({ length: columns.length }, (_, u) => {
    for (; s < side.length && side.update[s] === u; s++) {
      if (side.member[s] === member) reading = side.reading[s]!;
    }
    if (columns.member[u] === member) reading = after[u]!;
    return reading;
  });
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
      columns.uniform = batch.uniform;
      columns.threads = Math.max(columns.threads, batch.threads);
      next += batch.length;
    },
  };
}
