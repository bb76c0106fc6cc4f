/** How far per-NUMA-node atomics can be off (RFC of 31 March 2025, not merged). */
import type { StatedBound, WorstCase } from '../worst-case.ts';

/** Stated: the batch of 32 for each node. */
export function statedPerNuma(nrNodes: number, batch: number): StatedBound {
  const pages = batch * nrNodes;
  return {
    under: pages,
    over: pages,
    formula: `${batch} * nodes`,
    source: 'per-NUMA RFC v2, 31 March 2025 (proposed)',
  };
}

/**
 * A slot flushes when it reaches the batch, so each slot in use holds back up to batch − 1: for
 * updates one after the other. Adds that overlap on one slot have no bound.
 */
export function worstCasePerNuma(nrSlots: number, batch: number): WorstCase {
  const pages = (batch - 1) * nrSlots;
  return { under: pages, over: pages };
}
