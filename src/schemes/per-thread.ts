/**
 * Per-thread counting, kernels before 6.2 (SPLIT_RSS_COUNTING, mm/memory.c): each thread caches
 * its updates and adds them to the mm's shared values when its event counter passes 64.
 */
import { EVENTS_PER_SYNC, NR_MEMBERS, TASK_RSS_EVENTS_THRESH } from '../kernel/rss-stat.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import type { Pages } from '../units/pages.ts';
import {
  type ChangePoints,
  pushChange,
  pushChangeRun,
  type UpdateColumns,
} from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import type { Counters, Scheme } from './scheme.ts';

export type PerThreadSpec = Extract<SchemeSpec, { scheme: 'per-thread' }>;

/** What a member's counter is made of; `cached` and `events` have one number a thread. */
export interface PerThreadState {
  readonly shared: Pages;
  readonly cached: readonly Pages[];
  readonly events: readonly number[];
}

/** Where counters start: pages by member, and each thread's event counter. */
export interface PerThreadStart {
  readonly shared: readonly Pages[];
  /** A count for each thread. */
  readonly cached: readonly (readonly Pages[])[];
  readonly events: readonly number[];
}

/** Counters at zero, or where a kernel's stood. */
export function createPerThreadCounters(start?: PerThreadStart): Counters<PerThreadState> {
  const shared = new Float64Array(NR_MEMBERS);
  let nrThreads = 0;
  let events = new Int32Array(0);
  /** Thread t's cached count of member m is at t × NR_MEMBERS + m. */
  let cached = new Int32Array(0);

  /** A recorded stream's threads turn up as it goes on: room is made between batches. */
  function makeRoom(threads: number): void {
    if (threads <= nrThreads) return;
    nrThreads = Math.max(threads, 2 * nrThreads);
    const oldEvents = events;
    const oldCached = cached;
    events = new Int32Array(nrThreads);
    cached = new Int32Array(nrThreads * NR_MEMBERS);
    events.set(oldEvents);
    cached.set(oldCached);
  }

  /** sync_mm_rss(): one change point for each member that held something back. */
  function sync(thread: number, changes: ChangePoints, update: number, add: number): void {
    const base = thread * NR_MEMBERS;
    for (let m = 0; m < NR_MEMBERS; m++) {
      const count = cached[base + m]!;
      if (count === 0) continue;
      cached[base + m] = 0;
      shared[m]! += count;
      pushChange(changes, update, add, m, shared[m]!);
    }
    events[thread] = 0;
  }

  /** A run of n faults: jumps from sync to sync, each EVENTS_PER_SYNC after the one before. */
  function faultRun(
    changes: ChangePoints,
    u: number,
    thread: number,
    m: number,
    delta: number,
  ): void {
    const n = Math.abs(delta);
    const toSync = EVENTS_PER_SYNC - events[thread]!;
    if (n < toSync) {
      events[thread]! += n;
      cached[thread * NR_MEMBERS + m]! += delta;
      return;
    }
    const sign = delta < 0 ? -1 : 1;
    cached[thread * NR_MEMBERS + m]! += sign * (toSync - 1);
    sync(thread, changes, u, toSync);
    const after = n - toSync;
    const syncs = Math.floor(after / EVENTS_PER_SYNC);
    shared[m] = pushChangeRun(
      changes,
      u,
      toSync + EVENTS_PER_SYNC,
      EVENTS_PER_SYNC,
      syncs,
      m,
      shared[m]!,
      sign * EVENTS_PER_SYNC,
    );
    // The syncing fault resets the event counter and then leaves its own page in the cache.
    const sinceSync = after - syncs * EVENTS_PER_SYNC;
    events[thread] = sinceSync;
    cached[thread * NR_MEMBERS + m] = sign * (sinceSync + 1);
  }

  /** check_sync_rss_stat() at the start of one fault. */
  function tick(thread: number, changes: ChangePoints, u: number): void {
    if (events[thread]!++ > TASK_RSS_EVENTS_THRESH) sync(thread, changes, u, 1);
  }

  function addShared(changes: ChangePoints, u: number, m: number, delta: number): void {
    if (delta === 0) return;
    shared[m]! += delta;
    const last = changes.length - 1;
    // A sync just before may have moved this member at the same add: one change point, not two.
    for (let i = last; i >= 0 && changes.update[i] === u; i--) {
      if (changes.member[i] === m) {
        changes.reading[i] = shared[m]!;
        return;
      }
    }
    pushChange(changes, u, 1, m, shared[m]!);
  }

  function apply(updates: UpdateColumns, changes: ChangePoints): void {
    makeRoom(updates.threads);
    const { length, thread, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const t = thread[u]!;
      const delta = pages[u]!;
      const m = member[u]!;
      switch (kind[u]) {
        case KIND.fault:
          if (delta !== 0) faultRun(changes, u, t, m, delta);
          break;
        case KIND.faultAround:
          tick(t, changes, u);
          cached[t * NR_MEMBERS + m]! += delta;
          break;
        case KIND.eventless:
          cached[t * NR_MEMBERS + m]! += delta;
          break;
        case KIND.huge:
          tick(t, changes, u);
          addShared(changes, u, m, delta);
          break;
        case KIND.bulk:
          sync(t, changes, u, 1);
          addShared(changes, u, m, delta);
          break;
        case KIND.remote:
          addShared(changes, u, m, delta);
          break;
        case KIND.threadExit:
          sync(t, changes, u, 1);
          break;
        default: // A CPU's coming or going is nothing to a thread.
      }
    }
  }

  function preciseSum(member: number): number {
    let sum = shared[member]!;
    for (let t = 0; t < nrThreads; t++) sum += cached[t * NR_MEMBERS + member]!;
    return sum;
  }

  function state(member: number): PerThreadState {
    return {
      shared: shared[member]!,
      cached: Array.from({ length: nrThreads }, (_, t) => cached[t * NR_MEMBERS + member]!),
      events: Array.from(events),
    };
  }

  if (start !== undefined) {
    makeRoom(start.events.length);
    shared.set(start.shared);
    events.set(start.events);
    start.cached.forEach((counts, m) => {
      counts.forEach((count, t) => {
        cached[t * NR_MEMBERS + m] = count;
      });
    });
  }
  return { apply, preciseSum, wraps: false, state };
}

export const perThread: Scheme<PerThreadSpec> = {
  name: 'per-thread',
  parameterNames: [],
  parse: () => ({ scheme: 'per-thread' }),
  format: () => [],
  createCounters: () => createPerThreadCounters(),
};
