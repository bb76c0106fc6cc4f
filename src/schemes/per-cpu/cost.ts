/**
 * The cost of per-CPU counters (lib/percpu_counter.c, 6.2 and later): each add writes the CPU's own
 * line; a flush takes the counter's lock and adds to the shared count under it.
 */

import { percpuCounterBatch } from '../../kernel/batches.ts';
import { MOST_COUNTER_LINES, percpuCounterLine } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Topology } from '../../topology/topology.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import {
  type CostCounters,
  type CostCounts,
  createCounts,
  createLines,
  type DistanceOf,
  flushOf,
  type Lines,
  type RunOfFlushes,
} from '../cost.ts';
import type { BatchParameters } from '../parameters.ts';

export interface PerCpuCost extends CostCounters {
  /** The rows from `from` on. */
  apply(updates: UpdateColumns, from?: number): void;
}

/** `sharedLines`: those of the mm_struct, where they have been touched before. */
export function createCostCounters(
  topology: Topology,
  { batch: fixedBatch }: BatchParameters,
  distanceOf: DistanceOf,
  counts: CostCounts = createCounts(['shared']),
  sharedLines: Lines = createLines(MOST_COUNTER_LINES, distanceOf),
): PerCpuCost {
  const { own } = counts;
  const flushed = counts.shared[0]!;
  const ownLines = createLines(topology.nrCpuIds, distanceOf);
  const shared = new Float64Array(NR_MEMBERS);
  const local = Array.from({ length: NR_MEMBERS }, () => new Int32Array(topology.nrCpuIds));
  const run: RunOfFlushes = { flushes: 0, left: 0 };
  let online = topology.online.length;
  let batch = fixedBatch ?? percpuCounterBatch(online);

  /** compute_batch_value(), then percpu_counter_cpu_dead() on a CPU that is not told. */
  function hotplug(kind: number, cpu: number): void {
    if (kind !== KIND.cpuOnline && kind !== KIND.cpuOffline) return;
    online += kind === KIND.cpuOnline ? 1 : -1;
    batch = fixedBatch ?? percpuCounterBatch(online);
    if (kind !== KIND.cpuOffline) return;
    for (let m = 0; m < NR_MEMBERS; m++) {
      shared[m]! += local[m]![cpu]!;
      local[m]![cpu] = 0;
      flushed.locks += 1;
      sharedLines.touchUnseen(percpuCounterLine(m), flushed.transfers);
    }
    // The write is part of the folding, no touch of an add's; but the line has gone.
    ownLines.forget(cpu);
  }

  function apply({ length, cpu, pages, kind, member }: UpdateColumns, from = 0): void {
    for (let u = from; u < length; u++) {
      const k = kind[u]!;
      const c = cpu[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) {
        hotplug(k, c);
        continue;
      }
      const delta = pages[u]!;
      const adds = addsOf(k, delta);
      if (adds === 0) continue;
      const m = member[u]!;
      const locals = local[m]!;
      const held = locals[c]!;
      flushOf(k, held, delta, batch, run);
      locals[c] = run.left;
      shared[m]! += held + delta - run.left;
      own.plain += adds;
      ownLines.touch(c, c, adds, own.transfers);
      flushed.locks += run.flushes;
      sharedLines.touch(percpuCounterLine(m), c, run.flushes, flushed.transfers);
    }
  }

  return {
    apply,
    counts,
    reading: (member) => shared[member]!,
    preciseSum: (member) => local[member]!.reduce((sum, held) => sum + held, shared[member]!),
  };
}
