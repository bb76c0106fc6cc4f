/** The batch of per-CPU counters. */

/**
 * percpu_counter_batch = max(32, 2 × on-line CPUs), in pages; recomputed when a CPU comes or goes
 * (lib/percpu_counter.c, compute_batch_value(), 6.2 and later).
 */
export function percpuCounterBatch(nrOnlineCpus: number): number {
  return Math.max(32, 2 * nrOnlineCpus);
}
