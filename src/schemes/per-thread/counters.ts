/**
 * Per-thread counting, kernels before 6.2 (SPLIT_RSS_COUNTING, mm/memory.c): each thread caches
 * its updates and adds them to the mm's shared values when its event counter passes 64.
 */
import { EVENTS_PER_SYNC, NR_MEMBERS, TASK_RSS_EVENTS_THRESH } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';
import { stretchEnd, type UpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import { pushInner, type Readings } from '../../update/readings.ts';
import type { Counters } from '../scheme.ts';

const SEVERAL = NR_MEMBERS;

/** A thread's struct task_rss_stat: its event counter, then its cached count of each member. */
const TASK_LENGTH = 1 + NR_MEMBERS;
const COUNTS = 1;

/** What a member's counter is made of; `cached` and `events` have one number a thread. */
interface PerThreadState {
  readonly shared: Pages;
  readonly cached: readonly Pages[];
  readonly events: readonly number[];
}

/** Where counters start: pages by member, and each thread's event counter. */
interface PerThreadStart {
  readonly shared: readonly Pages[];
  /** A count for each thread. */
  readonly cached: readonly (readonly Pages[])[];
  readonly events: readonly number[];
}

/** Counters at zero, or where a kernel's stood. */
export function createPerThreadCounters(start?: PerThreadStart): Counters<PerThreadState> {
  const shared = new Float64Array(NR_MEMBERS);
  let nrThreads = 0;
  let tasks = new Int32Array(0);
  /** The only member updated so far (−1: none), or SEVERAL: then a sync looks at all of them. */
  let only = -1;

  /** A recorded stream's threads turn up as it goes on: room is made between batches. */
  function makeRoom(threads: number): void {
    if (threads <= nrThreads) return;
    nrThreads = Math.max(threads, 2 * nrThreads);
    const before = tasks;
    tasks = new Int32Array(nrThreads * TASK_LENGTH);
    tasks.set(before);
  }

  /** sync_mm_rss() at update u, for all the members but the update's own. */
  function syncOthers(task: number, own: number, { side }: Readings, u: number): void {
    const stats = tasks;
    const values = shared;
    const members = NR_MEMBERS;
    const first = task + COUNTS;
    let { length } = side;
    for (let m = 0; m < members; m++) {
      const count = stats[first + m]!;
      if (count === 0 || m === own) continue;
      stats[first + m] = 0;
      values[m]! += count;
      side.update[length] = u;
      side.member[length] = m;
      side.reading[length] = values[m]!;
      length += 1;
    }
    side.length = length;
  }

  /**
   * A run of n faults that reaches a sync after `toSync` of them, then one each EVENTS_PER_SYNC.
   * Returns the pages that went to the shared value.
   */
  function syncRun(
    readings: Readings,
    u: number,
    task: number,
    cell: number,
    delta: number,
    toSync: number,
    reading: number,
  ): number {
    const sign = delta < 0 ? -1 : 1;
    const after = delta * sign - toSync;
    const further = (after / EVENTS_PER_SYNC) | 0;
    const first = tasks[cell]! + sign * (toSync - 1);
    const step = sign * EVENTS_PER_SYNC;
    pushInner(readings, u, toSync, reading + first, further + 1, step);
    // The syncing fault resets the event counter and then leaves its own page in the cache.
    const sinceSync = after - further * EVENTS_PER_SYNC;
    tasks[task] = sinceSync;
    tasks[cell] = sign * (sinceSync + 1);
    return first + further * step;
  }

  function applyStretch(
    updates: UpdateColumns,
    from: number,
    to: number,
    readings: Readings,
  ): void {
    const { integers, stride: ofPages } = updates;
    const ofThread = 2 * ofPages;
    const ofKind = 3 * ofPages;
    const { after } = readings;
    // Names of its own: in a loop module constants are looked up each time.
    const stats = tasks;
    const values = shared;
    const length = TASK_LENGTH;
    const counts = COUNTS;
    const perSync = EVENTS_PER_SYNC;
    const { bulk, threadExit, faultAround, huge, eventless } = KIND;
    const m = updates.member[from]!;
    if (only === -1) only = m;
    else if (only !== m) only = SEVERAL;
    const plain = only === SEVERAL ? 1 << KIND.fault : (1 << KIND.fault) | (1 << KIND.bulk);
    let reading = values[m]!;
    let lowest = Math.min(readings.lowest, reading);
    for (let u = from | 0; u < to; u++) {
      const task = Math.imul(integers[(ofThread + u) | 0]!, length);
      const cell = task + counts + m;
      const delta = integers[(ofPages + u) | 0]!;
      const k = integers[(ofKind + u) | 0]!;
      if (((1 << k) & plain) !== 0) {
        // Whether a process maps or unmaps next is anyone's guess: both in one go, by a mask of ones
        // for the unmap (its kind is odd), which syncs and lets nothing stay.
        const unmaps = (k << 31) >> 31;
        const ticks = (stats[task]! + Math.abs(delta)) & ~unmaps;
        if (ticks < perSync) {
          const total = stats[cell]! + delta;
          stats[task] = ticks;
          stats[cell] = total & ~unmaps;
          reading += total & unmaps;
        } else {
          const toSync = perSync - stats[task]!;
          reading += syncRun(readings, u, task, cell, delta, toSync, reading);
          if (only === SEVERAL) syncOthers(task, m, readings, u);
        }
      } else {
        const ticks = k === faultAround || k === huge;
        // check_sync_rss_stat() at the start of a fault: a sync, or an event.
        if (k === bulk || k === threadExit || (ticks && stats[task]! > TASK_RSS_EVENTS_THRESH)) {
          reading += stats[cell]!;
          stats[cell] = 0;
          stats[task] = 0;
          if (only === SEVERAL) syncOthers(task, m, readings, u);
        } else if (ticks) {
          stats[task]! += 1;
        }
        if (k === faultAround || k === eventless) stats[cell]! += delta;
        else reading += delta;
      }
      if (reading < lowest) lowest = reading;
      after[u] = reading;
    }
    values[m] = reading;
    readings.lowest = lowest;
    readings.highest = Number.POSITIVE_INFINITY;
  }

  function apply(updates: UpdateColumns, readings: Readings): void {
    makeRoom(updates.threads);
    for (let u = 0; u < updates.length; ) {
      // A thread's exit has no pages, but is told from the others by its kind.
      const end = Math.max(u + 1, stretchEnd(updates, u));
      applyStretch(updates, u, end, readings);
      u = end;
    }
  }

  function preciseSum(member: number): number {
    let sum = shared[member]!;
    for (let t = 0; t < nrThreads; t++) sum += tasks[t * TASK_LENGTH + COUNTS + member]!;
    return sum;
  }

  function state(member: number): PerThreadState {
    return {
      shared: shared[member]!,
      cached: Array.from(
        { length: nrThreads },
        (_, t) => tasks[t * TASK_LENGTH + COUNTS + member]!,
      ),
      events: Array.from({ length: nrThreads }, (_, t) => tasks[t * TASK_LENGTH]!),
    };
  }

  if (start !== undefined) {
    makeRoom(start.events.length);
    only = SEVERAL;
    shared.set(start.shared);
    start.events.forEach((count, t) => {
      tasks[t * TASK_LENGTH] = count;
    });
    start.cached.forEach((counts, m) => {
      counts.forEach((count, t) => {
        tasks[t * TASK_LENGTH + COUNTS + m] = count;
      });
    });
  }
  return { apply, preciseSum, wraps: false, state };
}
