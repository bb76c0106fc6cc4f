/** A run recorded on a real kernel: what a program did to its pages, and what the kernel then read. */
import { MEMBER } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';

/** What the recorded program did; docs/kernels.md describes each. */
export const RUN_MODES = ['hop', 'advup', 'advdown', 'advthr', 'faround', 'thp'] as const;

export type RunMode = (typeof RUN_MODES)[number];

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

/** The update that an event is, but for its thread, CPU and pages. */
export interface EventUpdate {
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
