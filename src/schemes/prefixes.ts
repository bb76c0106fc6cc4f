/** Worst cases of the first k of a list of CPUs, for every k at once. */
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { treeShape } from '../kernel/tree-shape.ts';
import type { Topology } from '../topology/topology.ts';
import { type Holders, slotsOf, treeNumbers } from './bound.ts';
import { cpuBatch, machineSize, numaBatch } from './machine-size.ts';
import { worstCasePerThread } from './per-thread/bound.ts';
import { worstCaseTreePrefixes } from './tree/bound.ts';
import type { UpdateKinds } from './worst-case.ts';

function distinctBefore(values: Int32Array): Float64Array {
  const seen = new Set<number>();
  return Float64Array.from(values, (value) => seen.add(value).size);
}

/**
 * The larger side of worstCase() over the first CPU, the first two, … all of them; one member,
 * pages. The threads are all there from the first CPU on.
 */
export function worstCasePrefixes(
  spec: SchemeSpec,
  topology: Topology,
  { cpus, threads }: Holders,
  kinds: UpdateKinds,
): Float64Array {
  const size = machineSize(topology);
  switch (spec.scheme) {
    case 'exact':
      return new Float64Array(cpus.length);
    case 'per-thread': {
      const { under, over } = worstCasePerThread(threads, kinds);
      return new Float64Array(cpus.length).fill(Math.max(under, over));
    }
    case 'per-cpu':
      return Float64Array.from(cpus, (_, i) => (cpuBatch(size, spec) - 1) * (i + 1));
    case 'per-numa':
      return distinctBefore(slotsOf(topology, cpus)).map((n) => (numaBatch(size, spec) - 1) * n);
    case 'tree': {
      const shape = treeShape(topology.nrCpuIds, spec);
      return worstCaseTreePrefixes(shape, spec, treeNumbers(topology, spec, cpus));
    }
  }
}
