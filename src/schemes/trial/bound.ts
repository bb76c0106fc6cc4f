/** How far per-CPU counters can be off (lib/percpu_counter.c, 6.2 and later). */
import type { StatedBound, WorstCase } from '../bound.ts';

/** Stated: batch × CPUs, which grows as CPUs² where the batch is 2 × CPUs. */
export function statedPerCpu(nrCpus: number, batch: number): StatedBound {
  const pages = batch * nrCpus;
  return {
    under: pages,
    over: pages,
    formula: `${batch} * CPUs`,
    source: 'lib/percpu_counter.c, Linux 6.2 and later',
  };
}

/** A count leaves its CPU when it reaches the batch, so each CPU holds back up to batch − 1. */
export function worstCasePerCpu(nrCpus: number, batch: number): WorstCase {
  const pages = (batch - 1) * nrCpus;
  return { under: pages, over: pages };
}
