/**
 * One batched atomic per NUMA node, proposed on 31 March 2025 ("use per-numa-node atomics instead
 * of percpu_counters", RFC v2; not merged). Updates are replayed one after the other; adds that
 * overlap on one node are outside this model, and have no bound.
 */
import { NUMA_SLOTS, numaSlot, perNumaBatch } from '../../kernel/batches.ts';
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { nodeOfCpu, type Topology } from '../../topology/topology.ts';
import { cellTable, createBatchedCells } from '../batched-cells.ts';
import type { CellTable } from '../cell-stretch.ts';
import { MOST_BATCH, wholeParameter } from '../parameters.ts';
import type { Counters, Scheme } from '../scheme.ts';

export type PerNumaSpec = Extract<SchemeSpec, { scheme: 'per-numa' }>;

/** One table a machine: thousands of processes each have counters of their own. */
const slotTables = new WeakMap<Topology, CellTable>();

function slotTable(topology: Topology): CellTable {
  const known = slotTables.get(topology);
  if (known !== undefined) return known;
  const table = cellTable(Uint8Array.from(nodeOfCpu(topology), numaSlot));
  slotTables.set(topology, table);
  return table;
}

function createPerNumaCounters(topology: Topology, { batch }: PerNumaSpec): Counters {
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
    state: (member) => ({
      shared: cells.shared[member]!,
      slots: Array.from(cells.cells(member)),
    }),
  };
}

export const perNuma: Scheme<PerNumaSpec> = {
  name: 'per-numa',
  parameterNames: ['batch'],
  parse: (parameters) => ({
    scheme: 'per-numa',
    batch: wholeParameter('per-numa', parameters, 'batch', 1, MOST_BATCH) ?? null,
  }),
  format: ({ batch }) => (batch === null ? [] : [`batch=${batch}`]),
  createCounters: createPerNumaCounters,
};
