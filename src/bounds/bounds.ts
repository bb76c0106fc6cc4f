/** The bounds of a scheme on a machine: one closed form a scheme, chosen by its name. */

import { numaSlot, perNumaBatch } from '../kernel/per-numa.ts';
import { percpuCounterBatch } from '../kernel/percpu-counter.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { treeShape } from '../kernel/tree-shape.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import { logicalNumbers } from '../topology/logical-order.ts';
import { nodeOfCpu, type Topology } from '../topology/topology.ts';
import { statedPerCpu, worstCasePerCpu } from './per-cpu.ts';
import { statedPerNuma, worstCasePerNuma } from './per-numa.ts';
import { statedPerThread, worstCasePerThread } from './per-thread.ts';
import { statedTree, worstCaseTree } from './tree.ts';
import type { StatedBound, UpdateKinds, WorstCase } from './worst-case.ts';

/** Who holds pages back: the CPUs ever used, and how many threads. */
export interface Holders {
  readonly cpus: CpuIds;
  readonly threads: number;
}

function numaBatch(topology: Topology, batch: number | null): number {
  return batch ?? perNumaBatch(topology.possible.length);
}

function cpuBatch(topology: Topology, batch: number | null): number {
  return batch ?? percpuCounterBatch(topology.online.length);
}

/** The slots that the nodes of these CPUs use. */
function usedSlots(topology: Topology, cpus: CpuIds): number {
  const nodeOf = nodeOfCpu(topology);
  return new Set(Array.from(cpus, (cpu) => numaSlot(Math.max(nodeOf[cpu]!, 0)))).size;
}

/** The bound that the scheme's authors state for the whole machine, pages. */
export function statedBound(spec: SchemeSpec, topology: Topology, threads: number): StatedBound {
  switch (spec.scheme) {
    case 'exact':
      return { under: 0, over: 0, formula: '0', source: 'one shared counter' };
    case 'per-thread':
      return statedPerThread(threads);
    case 'per-cpu':
      return statedPerCpu(topology.online.length, cpuBatch(topology, spec.batch));
    case 'per-numa':
      return statedPerNuma(topology.numaNodes.length, numaBatch(topology, spec.batch));
    case 'tree':
      return statedTree(treeShape(topology.nrCpuIds, spec), spec);
  }
}

/** The exact worst case over these CPUs and threads, settled and serialised, pages. */
export function worstCase(
  spec: SchemeSpec,
  topology: Topology,
  { cpus, threads }: Holders,
  kinds: UpdateKinds,
): WorstCase {
  switch (spec.scheme) {
    case 'exact':
      return { under: 0, over: 0 };
    case 'per-thread':
      return worstCasePerThread(threads, kinds);
    case 'per-cpu':
      return worstCasePerCpu(cpus.length, cpuBatch(topology, spec.batch));
    case 'per-numa':
      return worstCasePerNuma(usedSlots(topology, cpus), numaBatch(topology, spec.batch));
    case 'tree': {
      const logical = spec.mapping === 'logical' ? logicalNumbers(topology) : null;
      const numbers = logical === null ? cpus : cpus.map((cpu) => logical[cpu]!);
      return worstCaseTree(treeShape(topology.nrCpuIds, spec), spec, numbers);
    }
  }
}
