/** A run recorded on a real kernel: what a program did to its pages, and what the kernel then read. */

import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import { MEMBER, MEMBERS, type MemberName } from '../../kernel/rss-stat.ts';
import { PAGE_SIZES, type PageSize, type Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';

/** What the recorded program did; docs/kernels.md describes each. */
export const RUN_MODES = ['hop', 'advup', 'advdown', 'advthr', 'faround', 'thp'] as const;

type RunMode = (typeof RUN_MODES)[number];

/** The schemes of kernels that runs are recorded on. */
export type RunScheme = 'per-thread' | 'per-cpu';

export interface KernelRun {
  /** "6.12", and the whole of `uname -r`. */
  readonly kernel: string;
  readonly release: string;
  readonly mode: RunMode;
  readonly scheme: RunScheme;
  /** All of them on-line, ids from 0. */
  readonly cpus: number;
  readonly threads: number;
  /** Bytes. */
  readonly pageSize: PageSize;
  /** The kernel's percpu_counter_batch, or its TASK_RSS_EVENTS_THRESH. */
  readonly constant: number;
  /** The member that the events move; see updateOfEvent(). */
  readonly member: number;
  readonly events: RunEvents;
  /** In order of steps. */
  readonly readings: readonly RecordedReading[];
  /** In order of steps; the first, of step 0, is where a replay begins. */
  readonly snapshots: readonly RawSnapshot[];
}

/** What the program did, in order: one thread ran at a time. */
export interface RunEvents {
  readonly thread: readonly number[];
  readonly cpu: readonly number[];
  /** Signed, never 0. */
  readonly delta: readonly Pages[];
}

/** What the kernel read after the first `step` events, pages. Null: not recorded. */
export interface RecordedReading {
  readonly step: number;
  /** get_mm_rss(): file + anon + shmem, each clamped at 0. */
  readonly approximate: Pages;
  /** Resident pages by a walk of the page tables. */
  readonly precise: Pages;
  /** By member: the raw shared value, unclamped. */
  readonly shared: readonly (Pages | null)[];
  /** What all threads together hold back of anon. */
  readonly cachedAnon: Pages | null;
}

/** The counters themselves after the first `step` events, by member, pages. Null: not recorded. */
export interface RawSnapshot {
  readonly step: number;
  readonly shared: readonly (Pages | null)[];
  /** What each CPU, or each thread, holds back. */
  readonly held: readonly (readonly Pages[] | null)[];
  /** Each thread's event counter; null where the scheme has none. */
  readonly events: readonly number[] | null;
}

/** Members of which the first snapshot does not tell what CPUs, or threads, hold: a replay begins with 0. */
export function membersAssumedEmpty({ snapshots }: KernelRun): readonly MemberName[] {
  const held = snapshots[0]?.held ?? [];
  return MEMBERS.filter((name, member) => name !== 'swap' && held[member] === null);
}

/** The update that an event is, but for its thread, CPU and pages. */
interface EventUpdate {
  readonly kind: number;
  readonly member: number;
}

/**
 * `thp`: one huge-page fault. `faround`: one fault that maps several file pages; its single pages
 * are anonymous, mapped and unmapped by each thread beforehand to empty its cache (the recorded
 * cached_anon_sum follows them). Else: so many faults of one page. What takes pages is an unmap
 * within one page table, a huge page's excepted.
 */
export function updateOfEvent({ mode, member }: KernelRun, delta: Pages): EventUpdate {
  const single = Math.abs(delta) === 1;
  switch (mode) {
    case 'thp':
      return { kind: delta > 0 ? KIND.huge : KIND.remote, member };
    case 'faround':
      if (!single) return { kind: delta > 0 ? KIND.faultAround : KIND.bulk, member };
      return { kind: delta > 0 ? KIND.fault : KIND.bulk, member: MEMBER.anon };
    default:
      return { kind: delta > 0 ? KIND.fault : KIND.bulk, member };
  }
}

import * as z from 'zod';

// Each error reads as the end of "PATH is VALUE: ".
function whole(low: number, high: number) {
  const error = `expected a whole number from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
}

function oneOf<const T extends readonly (string | number)[]>(values: T) {
  return z.literal(values, { error: `expected one of ${values.join(', ')}` });
}

const versionRule = 'expected the version of a kernel, such as "6.12"';

const kernelVersion = z.string({ error: versionRule }).regex(/^[ -~]+$/, { error: versionRule });

const MOST = 2 ** 31;

/** PID_MAX_LIMIT of 64-bit kernels: no process has more threads. */
const MOST_THREADS = 2 ** 22;

const pages = whole(-MOST, MOST);
const step = whole(0, Number.MAX_SAFE_INTEGER);

function list<T extends z.ZodType>(items: T) {
  return z.array(items, { error: 'expected a list' });
}

const byCpu = z
  .record(z.string().regex(/^\d{1,7}$/, { error: 'expected CPU ids as keys' }), pages, {
    error: 'expected an object of CPU id and pages',
  })
  .optional();

const sample = z.object(
  {
    step,
    approx_pages: pages,
    precise_pages: pages,
    own_pages: pages,
    rss_anon_approx_pages: pages.optional(),
    rss_file_approx_pages: pages.optional(),
    rss_shmem_approx_pages: pages.optional(),
    cached_anon_sum: pages.optional(),
  },
  { error: 'expected a sample' },
);

const snapshot = z.object(
  {
    step,
    anon_count: pages,
    file_count: pages,
    shmem_count: pages,
    anon_percpu: list(pages).optional(),
    file_percpu_nonzero: byCpu,
    shmem_percpu_nonzero: byCpu,
    thread_events: list(whole(0, MOST)).optional(),
    thread_cached_anon: list(pages).optional(),
    thread_cached_file: list(pages).optional(),
    thread_cached_shmem: list(pages).optional(),
  },
  { error: 'expected a snapshot of the counters' },
);

export const kernelRunSchema = z.object(
  {
    kernel: kernelVersion,
    release: kernelVersion,
    nr_cpus: whole(1, HIGHEST_CPU_ID + 1),
    threads: whole(1, MOST_THREADS),
    mode: oneOf(RUN_MODES),
    page_size: oneOf(PAGE_SIZES),
    scheme: oneOf(['split_rss_per_thread', 'percpu_counter']),
    percpu_batch: whole(1, MOST).nullish(),
    task_rss_events_thresh: whole(1, MOST).nullish(),
    moved_counter: oneOf(['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SHMEMPAGES']),
    events: z.object(
      {
        thread: list(whole(0, MOST_THREADS - 1)),
        cpu: list(whole(0, HIGHEST_CPU_ID)),
        delta: list(pages),
      },
      { error: 'expected lists of "thread", "cpu" and "delta"' },
    ),
    samples: list(sample),
    raw_counter_snapshots: list(snapshot),
  },
  { error: 'expected a run recorded on a real kernel: a JSON object' },
);

export type KernelRunDocument = z.infer<typeof kernelRunSchema>;
