/** Slots and batch of the per-NUMA-node atomics proposed on 31 March 2025 (RFC v2; not merged). */
import { NODES_SHIFT } from './nr-cpus.ts';

/** min(MAX_NUMNODES, 32): node 32 shares the slot of node 0. */
export const NUMA_SLOTS = Math.min(1 << NODES_SHIFT, 32);

/** The slot of a node; a CPU without a node (−1) counts on the first one. */
export function numaSlot(nodeId: number): number {
  return Math.max(nodeId, 0) % NUMA_SLOTS;
}

/** max(32, (possible CPUs >> NODES_SHIFT) × 2), in pages: 32 up to 17,407 possible CPUs. */
export function perNumaBatch(nrPossibleCpus: number): number {
  return Math.max(32, (nrPossibleCpus >> NODES_SHIFT) * 2);
}
