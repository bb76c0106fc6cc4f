/**
 * An mm: the four members of one process under one scheme, by the kernel's names; and mm_init(): what is
 * allocated for it, and the roll-back where one allocation fails.
 */
import { IN_RSS, MEMBERS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import { TRACE_TYPES } from '../recorded/trace/rss-stat-line.ts';
import { createCounters, type SchemeSpec, schemeOf } from '../schemes/registry.ts';
import type { Counters } from '../schemes/scheme.ts';
import type { Topology } from '../topology/topology.ts';
import type { Pages } from '../units.ts';
import { appendRow, createUpdateColumns, type UpdateColumns } from '../update/columns.ts';
import { clearReadings, createReadings, enterReadings, type Readings } from '../update/readings.ts';

export interface Mm {
  readonly counters: Counters;
  /** What each member's approximate value is, pages, not clamped. */
  readonly readings: Float64Array;
}

/** An mm of which no page is resident yet. @throws InputError as the scheme's createCounters(). */
export function createMm(topology: Topology, spec: SchemeSpec): Mm {
  return { counters: createCounters(topology, spec), readings: new Float64Array(NR_MEMBERS) };
}

/** Applies a batch; `meanwhile` gets how the members read as it goes by, and nothing else. */
export function applyToMm(
  { counters, readings }: Mm,
  updates: UpdateColumns,
  meanwhile: Readings,
): void {
  clearReadings(meanwhile);
  counters.apply(updates, meanwhile);
  enterReadings(readings, updates, meanwhile);
}

/** Who adds, and how: a kind of src/update/kinds.ts. */
interface AddContext {
  readonly kind: number;
  readonly cpu: number;
  /** Of the process, 0 = the first. */
  readonly thread: number;
}

/** add_mm_counter(), include/linux/mm.h: signed pages to one member. */
export function addMmCounter(mm: Mm, member: number, pages: Pages, by: AddContext): void {
  const updates = createUpdateColumns(1);
  updates.threads = by.thread + 1;
  appendRow(updates, by.thread, by.cpu, pages, by.kind, member, 1);
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

export interface CheckedMm {
  /** Stands for the hashed address that %p prints. */
  readonly mmId: number;
  /** The task that drops the mm last: 6.18 tells it. */
  readonly comm: string;
  readonly pid: number;
}

/** The forms of the message: 6.18 tells the task (posted on 23 July 2025), 6.12 does not. */
type CheckMmForm = 'with task' | 'without task';

/** %p of a hashed pointer: sixteen digits. */
function hashedPointer(mmId: number): string {
  return mmId.toString(16).padStart(16, '0');
}

/**
 * A line for each member whose precise sum (pages, not clamped) is not 0, as check_mm() prints it
 * when the last user of an mm goes (kernel/fork.c, __mmdrop()); none where all is well.
 */
export function checkMm(
  preciseSum: (member: number) => number,
  { mmId, comm, pid }: CheckedMm,
  form: CheckMmForm = 'with task',
): string[] {
  return TRACE_TYPES.flatMap((name, member) => {
    const sum = preciseSum(member);
    if (sum === 0) return [];
    const task = form === 'with task' ? ` Comm:${comm} Pid:${pid}` : '';
    return [`BUG: Bad rss-counter state mm:${hashedPointer(mmId)} type:${name} val:${sum}${task}`];
  });
}

/** An allocation that can fail, in the kernel's words. */
export type Allocation = string;

interface AllocationOptions {
  readonly nrCpuIds: number;
  /** Per-CPU counters of all members in one allocation: 6.6 and later. */
  readonly grouped: boolean;
}

/**
 * Everything that mm_init() allocates, in its order (kernel/fork.c): the page directory, the
 * architecture's context, since 6.4 concurrency ids, and the counters last.
 */
export function mmAllocations(
  spec: SchemeSpec,
  { nrCpuIds, grouped }: AllocationOptions,
): readonly Allocation[] {
  const { allocations, kernels } = schemeOf(spec);
  const parts = allocations(spec, nrCpuIds, grouped, 1);
  const ofMember = parts.filter(({ eachMember }) => eachMember);
  const ofAll = parts.filter(({ eachMember }) => !eachMember);
  return [
    'pgd',
    'context',
    ...(kernels === 'before 6.2' ? [] : ['cid']),
    ...MEMBERS.flatMap((member) => ofMember.map(({ what }) => `rss_stat[${member}] ${what}`)),
    ...ofAll.map(({ what }) => `rss_stat ${what}`),
  ];
}

type MmInit =
  | { readonly failed: null; readonly made: readonly Allocation[] }
  /** -ENOMEM: what had been made was undone, in this order. */
  | { readonly failed: Allocation; readonly undone: readonly Allocation[] };

/**
 * Makes the allocations in order; the one at place `failAt` (1 = the first; null: none) fails, as
 * fault injection (fail-nth) would have it. Then the ones before it are undone, last first.
 * @throws RangeError where there is no allocation at that place.
 */
export function mmInit(allocations: readonly Allocation[], failAt: number | null): MmInit {
  if (failAt === null) return { failed: null, made: allocations };
  const failed = allocations[failAt - 1];
  if (failed === undefined) {
    throw new RangeError(`allocation ${failAt} of ${allocations.length} cannot fail`);
  }
  return { failed, undone: allocations.slice(0, failAt - 1).reverse() };
}
