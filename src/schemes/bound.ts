/** The bounds of a scheme on a machine: one closed form a scheme, chosen by its name. */

import { numaSlot } from '../kernel/batches.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { treeShape } from '../kernel/tree-shape.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import { logicalNumbers } from '../topology/logical-order.ts';
import { nodeOfCpu, type Topology } from '../topology/topology.ts';
import { cpuBatch, machineSize, numaBatch } from './machine-size.ts';
import { worstCasePerCpu } from './per-cpu/bound.ts';
import { worstCasePerNuma } from './per-numa/bound.ts';
import { worstCasePerThread } from './per-thread/bound.ts';
import { worstCaseTree } from './tree/bound.ts';
import { statedBoundOf } from './whole-machine.ts';
import type { StatedBound, UpdateKinds, WorstCase } from './worst-case.ts';

/** Who holds pages back: the CPUs ever used, and how many threads. */
export interface Holders {
  readonly cpus: CpuIds;
  readonly threads: number;
}

/** For each of these CPUs the slot that it counts on: a CPU without a node takes slot 0. */
export function slotsOf(topology: Topology, cpus: CpuIds): Int32Array {
  const nodeOf = nodeOfCpu(topology);
  return cpus.map((cpu) => numaSlot(nodeOf[cpu]!));
}

/** The numbers by which these CPUs find their items in the tree. */
export function treeNumbers(
  topology: Topology,
  { mapping }: Extract<SchemeSpec, { scheme: 'tree' }>,
  cpus: CpuIds,
): Int32Array {
  if (mapping === 'kernel') return cpus;
  const logical = logicalNumbers(topology);
  return cpus.map((cpu) => logical[cpu]!);
}

/** The bound that the scheme's authors state for the whole machine, pages. */
export function statedBound(spec: SchemeSpec, topology: Topology, threads: number): StatedBound {
  return statedBoundOf(spec, machineSize(topology), threads);
}

/** The exact worst case over these CPUs and threads, settled and serialised, pages. */
export function worstCase(
  spec: SchemeSpec,
  topology: Topology,
  { cpus, threads }: Holders,
  kinds: UpdateKinds,
): WorstCase {
  const size = machineSize(topology);
  switch (spec.scheme) {
    case 'exact':
      return { under: 0, over: 0 };
    case 'per-thread':
      return worstCasePerThread(threads, kinds);
    case 'per-cpu':
      return worstCasePerCpu(cpus.length, cpuBatch(size, spec));
    case 'per-numa':
      return worstCasePerNuma(new Set(slotsOf(topology, cpus)).size, numaBatch(size, spec));
    case 'tree': {
      const shape = treeShape(topology.nrCpuIds, spec);
      return worstCaseTree(shape, spec, treeNumbers(topology, spec, cpus));
    }
  }
}
