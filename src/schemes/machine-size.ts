/** The counts of a machine that stated bounds, batches and memory follow. */
import { percpuCounterBatch, perNumaBatch } from '../kernel/batches.ts';
import type { BatchParameters } from '../kernel/scheme-spec.ts';
import type { Topology } from '../topology/topology.ts';

export interface MachineSize {
  readonly nrCpuIds: number;
  readonly possibleCpus: number;
  readonly onlineCpus: number;
  /** Nodes without CPUs included; 1 where none are described, as in a kernel without NUMA. */
  readonly numaNodes: number;
}

export function machineSize(topology: Topology): MachineSize {
  return {
    nrCpuIds: topology.nrCpuIds,
    possibleCpus: topology.possible.length,
    onlineCpus: topology.online.length,
    numaNodes: Math.max(1, topology.numaNodes.length),
  };
}

/** CPUs 0 … cpus − 1, all of them possible and on-line; nodes 0 … numaNodes − 1. */
export function denseMachine(cpus: number, numaNodes: number): MachineSize {
  return { nrCpuIds: cpus, possibleCpus: cpus, onlineCpus: cpus, numaNodes };
}

/** The batch of per-CPU counters, pages: the parameter, or what the kernel computes. */
export function cpuBatch({ onlineCpus }: MachineSize, { batch }: BatchParameters): number {
  return batch ?? percpuCounterBatch(onlineCpus);
}

/** The batch of per-NUMA atomics, pages: the parameter, or what the RFC computes. */
export function numaBatch({ possibleCpus }: MachineSize, { batch }: BatchParameters): number {
  return batch ?? perNumaBatch(possibleCpus);
}
