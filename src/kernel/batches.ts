/** Batches of per-CPU counters and of per-NUMA-node atomics, and the slots of the latter. */
import type { Pages } from '../units.ts';
import { NODES_SHIFT } from './nr-cpus.ts';

/**
 * percpu_counter_batch = max(32, 2 × on-line CPUs), in pages; recomputed when a CPU comes or goes
 * (lib/percpu_counter.c, compute_batch_value(), 6.2 and later).
 */
export function percpuCounterBatch(nrOnlineCpus: number): Pages {
  return Math.max(32, 2 * nrOnlineCpus);
}

/**
 * max(32, (possible CPUs >> NODES_SHIFT) × 2), in pages: 32 up to 17,407 possible CPUs (the
 * per-NUMA-node atomics proposed on 31 March 2025, RFC v2; not merged).
 */
export function perNumaBatch(nrPossibleCpus: number): Pages {
  return Math.max(32, (nrPossibleCpus >> NODES_SHIFT) * 2);
}

/** min(MAX_NUMNODES, 32): node 32 shares the slot of node 0. */
export const NUMA_SLOTS = Math.min(1 << NODES_SHIFT, 32);

/** The slot of a node; a CPU without a node (−1) counts on the first one. */
export function numaSlot(nodeId: number): number {
  return Math.max(nodeId, 0) % NUMA_SLOTS;
}
