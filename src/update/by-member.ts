/**
 * Rows of a batch in the order of their members: a process's members take turns at nearly every update,
 * and loops over stretches of one member would hardly begin.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { createUpdateColumns, type UpdateColumns } from './columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from './kinds.ts';
import type { Readings } from './readings.ts';

/** Room for a batch's rows, member by member. */
export interface ByMember {
  readonly columns: UpdateColumns;
  /** Where in the batch each row stands. */
  readonly row: Int32Array;
  /** What the rows' members read, in this order. */
  readonly after: Float64Array;
}

export function createByMember(capacity?: number): ByMember {
  const columns = createUpdateColumns(capacity);
  const { length } = columns.cpu;
  return { columns, row: new Int32Array(length), after: new Float64Array(length) };
}

/** Puts a batch's rows in this order. @returns false, where rows without pages have to keep their place. */
export function sortByMember({ columns, row }: ByMember, updates: UpdateColumns): boolean {
  const { length, thread, cpu, pages, kind, member, operationEnd } = updates;
  const firstWithout = FIRST_KIND_WITHOUT_PAGES;
  const places = new Int32Array(NR_MEMBERS + 1);
  for (let u = 0; u < length; u++) {
    if (kind[u]! >= firstWithout) return false;
    places[member[u]! + 1]! += 1;
  }
  for (let m = 1; m < NR_MEMBERS; m++) places[m]! += places[m - 1]!;
  const { thread: threads, cpu: cpus, pages: ofPages } = columns;
  const { kind: kinds, member: members, operationEnd: ends } = columns;
  for (let u = 0; u < length; u++) {
    const m = member[u]!;
    const place = places[m]!;
    places[m] = place + 1;
    row[place] = u;
    threads[place] = thread[u]!;
    cpus[place] = cpu[u]!;
    ofPages[place] = pages[u]!;
    kinds[place] = kind[u]!;
    members[place] = m;
    ends[place] = operationEnd[u]!;
  }
  columns.length = length;
  columns.threads = updates.threads;
  return true;
}

/** What was read in the order of members, in that of the batch; changes inside runs only name their row anew. */
export function inBatchOrder({ columns, row, after: sorted }: ByMember, readings: Readings): void {
  const { after, inner } = readings;
  const { length } = columns;
  const updateOf = inner.update;
  const changes = inner.length;
  sorted.set(after.subarray(0, length));
  for (let i = 0; i < length; i++) after[row[i]!] = sorted[i]!;
  for (let i = 0; i < changes; i++) updateOf[i] = row[updateOf[i]!]!;
}
