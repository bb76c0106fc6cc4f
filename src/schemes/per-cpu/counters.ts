/** Per-CPU counters, kernels since 6.2 (lib/percpu_counter.c; commit f1a7941243c1). */
import { percpuCounterBatch } from '../../kernel/batches.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';
import { createBatchedCells } from '../cells.ts';
import type { BatchParameters } from '../parameters.ts';
import type { Counters } from '../scheme.ts';

/** What a member's counter is made of; `local` has one count a CPU. Pages. */
interface PerCpuState {
  readonly shared: Pages;
  readonly local: readonly Pages[];
  readonly batch: number;
}

/** Where counters start: by member, pages. */
interface PerCpuStart {
  readonly shared: readonly Pages[];
  /** A count for each CPU. */
  readonly local: readonly (readonly Pages[])[];
}

/** Counters at zero, or where a kernel's stood. */
export function createPerCpuCounters(
  topology: Pick<Topology, 'nrCpuIds' | 'online'>,
  { batch }: BatchParameters,
  start?: PerCpuStart,
): Counters<PerCpuState> {
  let online = topology.online.length;
  const cells = createBatchedCells(
    topology.nrCpuIds,
    null,
    batch ?? percpuCounterBatch(online),
    (kind, cpu, readings, u) => {
      if (kind !== KIND.cpuOnline && kind !== KIND.cpuOffline) return;
      online += kind === KIND.cpuOnline ? 1 : -1;
      // The dead callback recomputes the batch first; other CPUs may exceed it until they next add.
      if (batch === null) cells.setBatch(percpuCounterBatch(online));
      if (kind === KIND.cpuOffline) cells.fold(cpu, readings, u);
    },
  );
  if (start !== undefined) {
    start.local.forEach((local, member) => {
      cells.start(member, start.shared[member]!, local);
    });
  }
  return {
    apply: cells.apply,
    preciseSum: cells.preciseSum,
    wraps: false,
    membersApart: true,
    state: (member) => ({
      shared: cells.shared[member]!,
      local: Array.from(cells.cells(member)),
      batch: cells.batch(),
    }),
  };
}
