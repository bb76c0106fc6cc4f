/** Per-CPU counters, kernels since 6.2 (lib/percpu_counter.c; commit f1a7941243c1). */
import { percpuCounterBatch } from '../kernel/percpu-counter.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import type { Topology } from '../topology/topology.ts';
import { KIND } from '../update/kinds.ts';
import { createBatchedCells } from './batched-cells.ts';
import { MOST_BATCH, wholeParameter } from './parameters.ts';
import type { Counters, Scheme } from './scheme.ts';

export type PerCpuSpec = Extract<SchemeSpec, { scheme: 'per-cpu' }>;

function createPerCpuCounters(topology: Topology, { batch }: PerCpuSpec): Counters {
  let online = topology.online.length;
  const cells = createBatchedCells(
    topology.nrCpuIds,
    null,
    batch ?? percpuCounterBatch(online),
    (kind, cpu, readings, u) => {
      if (kind === KIND.threadExit) return;
      online += kind === KIND.cpuOnline ? 1 : -1;
      // The dead callback recomputes the batch first; other CPUs may exceed it until they next add.
      if (batch === null) cells.batch = percpuCounterBatch(online);
      if (kind === KIND.cpuOffline) cells.fold(cpu, readings, u);
    },
  );
  return {
    apply: cells.apply,
    preciseSum: cells.preciseSum,
    wraps: false,
    state: (member) => ({
      shared: cells.shared[member]!,
      local: Array.from(cells.cells(member)),
      batch: cells.batch,
    }),
  };
}

export const perCpu: Scheme<PerCpuSpec> = {
  name: 'per-cpu',
  parameterNames: ['batch'],
  parse: (parameters) => ({
    scheme: 'per-cpu',
    batch: wholeParameter('per-cpu', parameters, 'batch', 1, MOST_BATCH) ?? null,
  }),
  format: ({ batch }) => (batch === null ? [] : [`batch=${batch}`]),
  createCounters: createPerCpuCounters,
};
