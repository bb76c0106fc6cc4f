/**
 * The cost of per-thread counting (Linux 6.1, mm/memory.c): a fault writes its thread's own line,
 * which goes where the thread goes; a sync is one atomic update for each member that held pages.
 */
import { atomicLongLine, MOST_COUNTER_LINES } from '../../kernel/counter-layout.ts';
import { EVENTS_PER_SYNC, NR_MEMBERS, TASK_RSS_EVENTS_THRESH } from '../../kernel/rss-stat.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import { type CreateCost, createCounts, createLines } from '../cost.ts';

/** One thread's task_rss_stat. */
interface TaskCounts {
  events: number;
  readonly cached: Int32Array;
}

export const createCostCounters: CreateCost<unknown> = (
  _topology,
  _spec,
  distanceOf,
  counts = createCounts(['shared']),
) => {
  const { own } = counts;
  const sync = counts.shared[0]!;
  const ownLines = createLines(1, distanceOf);
  const lines = createLines(MOST_COUNTER_LINES, distanceOf);
  const shared = new Float64Array(NR_MEMBERS);
  const tasks: TaskCounts[] = [];

  function addShared(m: number, delta: number, cpu: number, times: number): void {
    shared[m]! += delta;
    sync.atomics += times;
    lines.touch(atomicLongLine(m), cpu, times, sync.transfers);
  }

  /** sync_mm_rss() */
  function syncTask(task: TaskCounts, cpu: number): void {
    for (let m = 0; m < NR_MEMBERS; m++) {
      const count = task.cached[m]!;
      if (count === 0) continue;
      task.cached[m] = 0;
      addShared(m, count, cpu, 1);
    }
    task.events = 0;
  }

  /** check_sync_rss_stat(), at the start of a fault. */
  function tick(task: TaskCounts, cpu: number): void {
    const { events } = task;
    task.events = events + 1;
    if (events > TASK_RSS_EVENTS_THRESH) syncTask(task, cpu);
  }

  /** A run of faults: to the first sync, then one of this member alone every EVENTS_PER_SYNC. */
  function faults(task: TaskCounts, m: number, delta: number, cpu: number): void {
    const sign = delta < 0 ? -1 : 1;
    const toSync = EVENTS_PER_SYNC - task.events;
    const after = delta * sign - toSync;
    if (after < 0) {
      task.events += delta * sign;
      task.cached[m]! += delta;
      return;
    }
    task.cached[m]! += sign * (toSync - 1);
    syncTask(task, cpu);
    const syncs = Math.floor(after / EVENTS_PER_SYNC);
    addShared(m, sign * syncs * EVENTS_PER_SYNC, cpu, syncs);
    task.events = after - syncs * EVENTS_PER_SYNC;
    task.cached[m] = sign * (task.events + 1);
  }

  function touchOwn(thread: number, cpu: number, times: number): void {
    own.plain += times;
    ownLines.touch(thread, cpu, times, own.transfers);
  }

  /** On the CPU that its line is on; a thread that has touched nothing ran on one that is not told. */
  function exit(thread: number, task: TaskCounts): void {
    const cpu = ownLines.lastCpu(thread);
    if (cpu >= 0) {
      touchOwn(thread, cpu, 1);
      syncTask(task, cpu);
    } else {
      own.plain += 1;
      ownLines.touchUnseen(thread, own.transfers);
    }
  }

  function makeRoom(threads: number): void {
    ownLines.reserve(threads);
    while (tasks.length < threads) tasks.push({ events: 0, cached: new Int32Array(NR_MEMBERS) });
  }

  function apply({ length, threads, thread, cpu, pages, kind, member }: UpdateColumns): void {
    makeRoom(threads);
    for (let u = 0; u < length; u++) {
      const t = thread[u]!;
      const c = cpu[u]!;
      const m = member[u]!;
      const delta = pages[u]!;
      const task = tasks[t]!;
      switch (kind[u]) {
        case KIND.fault:
          if (delta === 0) break;
          touchOwn(t, c, Math.abs(delta));
          faults(task, m, delta, c);
          break;
        case KIND.faultAround:
          touchOwn(t, c, 1);
          tick(task, c);
          task.cached[m]! += delta;
          break;
        case KIND.eventless:
          touchOwn(t, c, 1);
          task.cached[m]! += delta;
          break;
        case KIND.huge:
          touchOwn(t, c, 1);
          tick(task, c);
          addShared(m, delta, c, 1);
          break;
        case KIND.bulk:
          touchOwn(t, c, 1);
          syncTask(task, c);
          addShared(m, delta, c, 1);
          break;
        case KIND.remote:
          addShared(m, delta, c, 1);
          break;
        case KIND.threadExit:
          exit(t, task);
          break;
        default: // A CPU's coming or going is nothing to a thread.
      }
    }
  }

  return {
    apply,
    counts,
    reading: (member) => shared[member]!,
    preciseSum: (member) =>
      tasks.reduce((sum, { cached }) => sum + cached[member]!, shared[member]!),
  };
};
