/**
 * The cost of per-NUMA atomics (RFC v2 of 31 March 2025, __mm_update_numa_counter()): each add is an
 * atomic update of the node's slot; a flush is one of the global value and another of the slot.
 */

import { NUMA_SLOTS, numaSlot, perNumaBatch } from '../../kernel/batches.ts';
import {
  MOST_COUNTER_LINES,
  perNumaGlobalLine,
  perNumaSlotLine,
} from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { nodeOfCpu } from '../../topology/topology.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../../update/kinds.ts';
import { type CreateCost, createCounts, createLines, flushOf, type RunOfFlushes } from '../cost.ts';
import type { BatchParameters } from '../parameters.ts';

export const createCostCounters: CreateCost<BatchParameters> = (
  topology,
  parameters,
  distanceOf,
  counts = createCounts(['slots', 'shared']),
) => {
  const inSlots = counts.shared[0]!;
  const inGlobal = counts.shared[1]!;
  const lines = createLines(MOST_COUNTER_LINES, distanceOf);
  const slotOf = nodeOfCpu(topology).map(numaSlot);
  const batch = parameters.batch ?? perNumaBatch(topology.possible.length);
  const global = new Float64Array(NR_MEMBERS);
  const slots = Array.from({ length: NR_MEMBERS }, () => new Int32Array(NUMA_SLOTS));
  const run: RunOfFlushes = { flushes: 0, left: 0 };

  function apply({ length, cpu, pages, kind, member }: UpdateColumns): void {
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) continue;
      const delta = pages[u]!;
      const adds = addsOf(k, delta);
      if (adds === 0) continue;
      const c = cpu[u]!;
      const m = member[u]!;
      const slot = slotOf[c]!;
      const held = slots[m]![slot]!;
      flushOf(k, held, delta, batch, run);
      slots[m]![slot] = run.left;
      global[m]! += held + delta - run.left;
      const { flushes } = run;
      inSlots.atomics += adds + flushes;
      inGlobal.atomics += flushes;
      // Slot and global value may share a line: the add comes first, and brings it here.
      lines.touch(perNumaSlotLine(m, slot), c, adds, inSlots.transfers);
      lines.touch(perNumaGlobalLine(m), c, flushes, inGlobal.transfers);
      lines.touch(perNumaSlotLine(m, slot), c, flushes, inSlots.transfers);
    }
  }

  return {
    apply,
    counts,
    reading: (member) => global[member]!,
    preciseSum: (member) => slots[member]!.reduce((sum, held) => sum + held, global[member]!),
  };
};
