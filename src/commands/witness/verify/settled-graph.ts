/** The settled states of each scheme as a graph, where they are few enough to enumerate. */

import { hugePagePages } from '../../../kernel/page-table.ts';
import { treeShape } from '../../../kernel/tree-shape.ts';
import { slotsOf, treeNumbers } from '../../../schemes/bound.ts';
import { cpuBatch, machineSize, numaBatch } from '../../../schemes/machine-size.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { cellAmounts, cellMachine } from './cell-machine.ts';
import { oneAdd } from './one-add.ts';
import { productGraph } from './product-graph.ts';
import { MOST_STATES, type StateGraph } from './state-graph.ts';
import { THREAD_MOVES, threadMachine } from './thread-machine.ts';
import { treeGraph } from './tree-graph.ts';
import { treeLayout } from './tree-layout.ts';
import type { VerifyRequest } from './verify-request.ts';

/** A CPU for each slot that the CPUs count on. */
export function cpuOfEachSlot({ topology, cpus }: VerifyRequest): Int32Array {
  const cpuOf = new Map<number, number>();
  slotsOf(topology, cpus).forEach((slot, i) => {
    if (!cpuOf.has(slot)) cpuOf.set(slot, cpus[i]!);
  });
  return Int32Array.from(cpuOf.values());
}

function cellsGraph(cpus: Int32Array, batch: Pages): StateGraph<RecordedUpdate> | null {
  if ((2 * batch - 1) ** cpus.length > MOST_STATES) return null;
  const amounts = cellAmounts(batch);
  return productGraph(cellMachine(batch), cpus.length, (cell, move) =>
    oneAdd(cpus[cell]!, amounts[move]!),
  );
}

function threadsGraph({
  cpus,
  threads,
  pageSize,
}: VerifyRequest): StateGraph<RecordedUpdate> | null {
  const machine = threadMachine();
  if (machine.states ** threads > MOST_STATES) return null;
  const pagesOf = { fault: 1, huge: hugePagePages(pageSize), bulk: -1 };
  return productGraph(machine, threads, (thread, move): RecordedUpdate => {
    const kind = THREAD_MOVES[move]!;
    return { kind, thread, cpu: cpus[0]!, pages: pagesOf[kind], ...RECORD_DEFAULTS };
  });
}

/** Null where there are more than MOST_STATES. */
export function settledGraph(request: VerifyRequest): StateGraph<RecordedUpdate> | null {
  const { spec, topology, cpus } = request;
  const size = machineSize(topology);
  switch (spec.scheme) {
    case 'exact':
      return cellsGraph(cpus.subarray(0, 1), 1);
    case 'per-thread':
      return threadsGraph(request);
    case 'per-cpu':
      return cellsGraph(cpus, cpuBatch(size, spec));
    case 'per-numa':
      return cellsGraph(cpuOfEachSlot(request), numaBatch(size, spec));
    case 'tree': {
      const shape = treeShape(topology.nrCpuIds, spec);
      const layout = treeLayout(shape, spec.mapping, treeNumbers(topology, spec, cpus));
      return 2 ** layout.bits > MOST_STATES ? null : treeGraph(layout, cpus);
    }
  }
}
