/** Bounds that follow from the counts of a machine alone. */
import { NUMA_SLOTS } from '../kernel/batches.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { countOrder, type TreeShape, treeShape } from '../kernel/tree-shape.ts';
import { cpuBatch, type MachineSize, numaBatch } from './machine-size.ts';
import { statedPerCpu, worstCasePerCpu } from './per-cpu/bound.ts';
import { statedPerNuma, worstCasePerNuma } from './per-numa/bound.ts';
import { statedPerThread, worstCasePerThread } from './per-thread/bound.ts';
import { statedTree, worstCaseTreeFirst } from './tree/bound.ts';
import type { StatedBound, UpdateKinds, WorstCase } from './worst-case.ts';

/** The bound that the scheme's authors state for the whole machine, one member, pages. */
export function statedBoundOf(spec: SchemeSpec, size: MachineSize, threads: number): StatedBound {
  switch (spec.scheme) {
    case 'exact':
      return { under: 0, over: 0, formula: '0', source: 'one shared counter' };
    case 'per-thread':
      return statedPerThread(threads);
    case 'per-cpu':
      return statedPerCpu(size.onlineCpus, cpuBatch(size, spec));
    case 'per-numa':
      return statedPerNuma(size.numaNodes, numaBatch(size, spec));
    case 'tree':
      return statedTree(treeShape(size.nrCpuIds, spec), spec);
  }
}

/** Slots that all CPUs of a dense machine use: a node beyond the CPUs has none of them. */
export function denseSlots({ onlineCpus, numaNodes }: MachineSize): number {
  return Math.min(onlineCpus, numaNodes, NUMA_SLOTS);
}

/**
 * worstCase() over all CPUs of a denseMachine(), one member, pages, without visiting each CPU;
 * test/property/whole-machine.test.ts holds the two to each other.
 */
export function worstCaseOfDense(
  spec: SchemeSpec,
  size: MachineSize,
  threads: number,
  kinds: UpdateKinds,
): WorstCase {
  switch (spec.scheme) {
    case 'exact':
      return { under: 0, over: 0 };
    case 'per-thread':
      return worstCasePerThread(threads, kinds);
    case 'per-cpu':
      return worstCasePerCpu(size.onlineCpus, cpuBatch(size, spec));
    case 'per-numa':
      return worstCasePerNuma(denseSlots(size), numaBatch(size, spec));
    case 'tree':
      return worstCaseTreeFirst(treeShape(size.nrCpuIds, spec), spec, size.onlineCpus);
  }
}

/**
 * worstCaseOfDense() of one machine after another. Machines of one order have one tree, so that in
 * an ascending range few have to be made.
 */
export function worstCasesOfDense(
  spec: SchemeSpec,
  threads: number,
  kinds: UpdateKinds,
): (size: MachineSize) => WorstCase {
  if (spec.scheme !== 'tree') return (size) => worstCaseOfDense(spec, size, threads, kinds);
  let shape: TreeShape | null = null;
  return ({ nrCpuIds, onlineCpus }) => {
    if (shape === null || countOrder(shape.nrCpuIds) !== countOrder(nrCpuIds)) {
      shape = treeShape(nrCpuIds, spec);
    }
    return worstCaseTreeFirst(shape, spec, onlineCpus);
  };
}
