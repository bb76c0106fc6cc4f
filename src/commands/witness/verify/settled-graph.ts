/** The settled states of each scheme as a graph, where they are few enough to enumerate. */

import { hugePagePages } from '../../../kernel/page-table.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { cellAmounts, cellMachine } from './cell-machine.ts';
import { oneAdd } from './one-add.ts';
import { productGraph } from './product-graph.ts';
import { MOST_STATES, type StateGraph } from './state-graph.ts';
import { THREAD_MOVES, threadMachine } from './thread-machine.ts';
import { treeGraph } from './tree-graph.ts';
import { treeLayout } from './tree-layout.ts';
import { holdingOf, type VerifyRequest } from './verify-request.ts';

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
  const { cpus } = request;
  const holding = holdingOf(request);
  switch (holding.kind) {
    case 'cells':
      return cellsGraph(holding.cpus, holding.batch);
    case 'threads':
      return threadsGraph(request);
    case 'tree': {
      const layout = treeLayout(holding.shape, holding.mapping, holding.numbers);
      return 2 ** layout.bits > MOST_STATES ? null : treeGraph(layout, cpus);
    }
  }
}
