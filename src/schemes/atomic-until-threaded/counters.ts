/**
 * Counters that are exact while their process has one thread, and per-CPU counters ever after. A batch
 * of 1 hands on every add at once: so per-CPU cells are an exact count until they are given their batch.
 * The two counts of lazy counters, the own one and the atomic one of others' updates, are added up by every
 * reader, and so are one here.
 */
import { percpuCounterBatch } from '../../kernel/batches.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import type { Readings } from '../../update/readings.ts';
import { createBatchedCells } from '../cells.ts';
import type { BatchParameters } from '../parameters.ts';
import type { Counters } from '../scheme.ts';
import { createThreadWatch } from '../thread-watch.ts';

/** What a member's counter is made of; `local` has one count a CPU. Pages. */
interface UntilThreadedState {
  /** A second thread has been seen; before, `shared` is all there is. */
  readonly threaded: boolean;
  readonly shared: Pages;
  readonly local: readonly Pages[];
}

/** Counters at zero. */
export function createUntilThreadedCounters(
  { nrCpuIds, online: onlineCpus }: Pick<Topology, 'nrCpuIds' | 'online'>,
  { batch }: BatchParameters,
): Counters<UntilThreadedState> {
  const watch = createThreadWatch();
  let threaded = false;
  let online = onlineCpus.length;
  const cells = createBatchedCells(nrCpuIds, null, 1, (kind, cpu, readings, u) => {
    if (kind !== KIND.cpuOnline && kind !== KIND.cpuOffline) return;
    online += kind === KIND.cpuOnline ? 1 : -1;
    if (threaded && batch === null) cells.setBatch(percpuCounterBatch(online));
    if (kind === KIND.cpuOffline) cells.fold(cpu, readings, u);
  });

  function apply(updates: UpdateColumns, readings: Readings): void {
    if (threaded) {
      cells.apply(updates, readings);
      return;
    }
    const second = watch.secondThread(updates);
    cells.apply(updates, readings, 0, second);
    if (second === updates.length) return;
    threaded = true;
    cells.setBatch(batch ?? percpuCounterBatch(online));
    cells.apply(updates, readings, second);
  }

  return {
    apply,
    preciseSum: cells.preciseSum,
    wraps: false,
    state: (member) => ({
      threaded,
      shared: cells.shared[member]!,
      local: Array.from(cells.cells(member)),
    }),
  };
}
