/**
 * The cost of the stash: an add is a plain write to a line of the CPU's own, on which the cells of all
 * members are; a switch adds each that is not 0 to its shared value, atomically, and so do others' updates.
 */
import { atomicLongLine, MOST_COUNTER_LINES } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import { type CreateCost, createCounts, createLines, flushOf, type RunOfFlushes } from '../cost.ts';
import type { StashParameters } from '../parameters.ts';
import { createRunning } from '../running.ts';

export const createCostCounters: CreateCost<StashParameters> = (
  { nrCpuIds },
  { read, cap },
  distanceOf,
  counts = createCounts(['shared']),
) => {
  const { own } = counts;
  const added = counts.shared[0]!;
  const full = cap ?? Number.POSITIVE_INFINITY;
  const running = createRunning(nrCpuIds);
  const ownLines = createLines(nrCpuIds, distanceOf);
  const lines = createLines(MOST_COUNTER_LINES, distanceOf);
  const shared = new Float64Array(NR_MEMBERS);
  const cells = Array.from({ length: NR_MEMBERS }, () => new Float64Array(nrCpuIds));
  const run: RunOfFlushes = { flushes: 0, left: 0 };

  function addShared(m: number, cpu: number, pages: number, times: number): void {
    shared[m]! += pages;
    added.atomics += times;
    lines.touch(atomicLongLine(m), cpu, times, added.transfers);
  }

  /** On the CPU itself, as it switches. */
  function empty(cpu: number): void {
    for (let m = 0; cpu >= 0 && m < NR_MEMBERS; m++) {
      const held = cells[m]![cpu]!;
      if (held === 0) continue;
      cells[m]![cpu] = 0;
      addShared(m, cpu, held, 1);
    }
  }

  function addOwn(k: number, m: number, cpu: number, delta: number, adds: number): void {
    const held = cells[m]![cpu]!;
    if (full === Number.POSITIVE_INFINITY) Object.assign(run, { flushes: 0, left: held + delta });
    else flushOf(k, held, delta, full, run);
    cells[m]![cpu] = run.left;
    own.plain += adds;
    ownLines.touch(cpu, cpu, adds, own.transfers);
    addShared(m, cpu, held + delta - run.left, run.flushes);
  }

  function apply({ length, thread, cpu, pages, kind, member }: UpdateColumns): void {
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      const c = cpu[u]!;
      const m = member[u]!;
      const delta = pages[u]!;
      const adds = addsOf(k, delta);
      switch (k) {
        case KIND.remote:
          addShared(m, c, delta, 1);
          break;
        case KIND.threadExit:
          empty(running.exit(thread[u]!));
          break;
        case KIND.switchOut:
        case KIND.cpuOffline:
          running.switchOut(c);
          empty(c);
          break;
        case KIND.threadStart:
        case KIND.cpuOnline:
          break;
        default:
          if (adds === 0) break;
          empty(running.run(thread[u]!, c));
          addOwn(k, m, c, delta, adds);
      }
    }
  }

  const preciseSum = (member: number) =>
    cells[member]!.reduce((sum, held) => sum + held, shared[member]!);
  return {
    apply,
    counts,
    reading: (member) => (read === 'running' ? preciseSum(member) : shared[member]!),
    preciseSum,
  };
};
