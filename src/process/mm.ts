/** An mm: the four members of one process under one scheme, by the kernel's names. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { createCounters } from '../schemes/registry.ts';
import type { Counters } from '../schemes/scheme.ts';
import type { Topology } from '../topology/topology.ts';
import type { Pages } from '../units.ts';
import { createUpdateColumns, type UpdateColumns } from '../update/columns.ts';
import { createReadings, enterReadings, type Readings } from '../update/readings.ts';

export interface Mm {
  readonly counters: Counters;
  /** What each member's approximate value is, pages, not clamped. */
  readonly readings: Float64Array;
}

/** An mm of which no page is resident yet. @throws InputError as the scheme's createCounters(). */
export function createMm(topology: Topology, spec: SchemeSpec): Mm {
  return { counters: createCounters(topology, spec), readings: new Float64Array(NR_MEMBERS) };
}

/** Applies a batch; `meanwhile`, which is clear, gets how the members read as it goes by. */
export function applyToMm(
  { counters, readings }: Mm,
  updates: UpdateColumns,
  meanwhile: Readings,
): void {
  counters.apply(updates, meanwhile);
  enterReadings(readings, updates, meanwhile);
}

/** Who adds, and how: a kind of src/update/kinds.ts. */
export interface AddContext {
  readonly kind: number;
  readonly cpu: number;
  /** Of the process, 0 = the first. */
  readonly thread: number;
}

/** add_mm_counter(), include/linux/mm.h: signed pages to one member. */
export function addMmCounter(mm: Mm, member: number, pages: Pages, by: AddContext): void {
  const updates = createUpdateColumns(1);
  updates.length = 1;
  updates.threads = by.thread + 1;
  updates.thread[0] = by.thread;
  updates.cpu[0] = by.cpu;
  updates.pages[0] = pages;
  updates.kind[0] = by.kind;
  updates.member[0] = member;
  updates.operationEnd[0] = 1;
  applyToMm(mm, updates, createReadings(1));
}

/** inc_mm_counter(): one page more. */
export function incMmCounter(mm: Mm, member: number, by: AddContext): void {
  addMmCounter(mm, member, 1, by);
}

/** dec_mm_counter(): one page less. */
export function decMmCounter(mm: Mm, member: number, by: AddContext): void {
  addMmCounter(mm, member, -1, by);
}

/** get_mm_counter(): the approximate value, never below 0 (percpu_counter_read_positive). */
export function getMmCounter({ readings }: Mm, member: number): Pages {
  return Math.max(0, readings[member]!);
}

/** get_mm_counter_sum(): the precise sum, never below 0 (commit 82241a83cd15). */
export function getMmCounterSum({ counters }: Mm, member: number): Pages {
  return Math.max(0, counters.preciseSum(member));
}

/** get_mm_rss(): file, anonymous and shared memory, each approximate and clamped by itself. */
export function getMmRss(mm: Mm): Pages {
  return IN_RSS.reduce<Pages>(
    (sum, counts, member) => sum + (counts === 1 ? getMmCounter(mm, member) : 0),
    0,
  );
}
