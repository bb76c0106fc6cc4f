/**
 * One batched atomic per NUMA node, proposed on 31 March 2025 ("use per-numa-node atomics instead
 * of percpu_counters", RFC v2; not merged). Updates are replayed one after the other; adds that
 * overlap on one node are outside this model, and have no bound.
 */
import { NUMA_SLOTS, numaSlot, perNumaBatch } from '../../kernel/batches.ts';
import { nodeOfCpu, type Topology } from '../../topology/topology.ts';
import { type CellTable, cellTable, createBatchedCells } from '../cells.ts';
import type { BatchParameters } from '../parameters.ts';
import type { Counters } from '../scheme.ts';

/** One table a machine: thousands of processes each have counters of their own. */
const slotTables = new WeakMap<Topology, CellTable>();

function slotTable(topology: Topology): CellTable {
  const known = slotTables.get(topology);
  if (known !== undefined) return known;
  const nodeOf = nodeOfCpu(topology);
  const slots = new Uint8Array(nodeOf.length);
  for (let cpu = 0; cpu < slots.length; cpu++) slots[cpu] = numaSlot(nodeOf[cpu]!);
  const table = cellTable(slots);
  slotTables.set(topology, table);
  return table;
}

export function createPerNumaCounters(topology: Topology, { batch }: BatchParameters): Counters {
  const cells = createBatchedCells(
    NUMA_SLOTS,
    slotTable(topology),
    batch ?? perNumaBatch(topology.possible.length),
    () => {}, // A node's slot stays where it is when CPUs or threads come and go.
  );
  return {
    apply: cells.apply,
    preciseSum: cells.preciseSum,
    wraps: false,
    membersApart: true,
    state: (member) => ({
      shared: cells.shared[member]!,
      slots: Array.from(cells.cells(member)),
    }),
  };
}
