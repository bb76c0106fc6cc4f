/** How far per-NUMA-node atomics can be off (RFC of 31 March 2025, not merged). */
import { NUMA_SLOTS } from '../../kernel/batches.ts';
import type { Pages } from '../../units.ts';
import type { InFlight, InFlightExtra, MachineSize, StatedBound, WorstCase } from '../bound.ts';

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

/** Slots that all CPUs of a dense machine use: a node beyond the CPUs has none of them. */
export function denseSlots({ onlineCpus, numaNodes }: MachineSize): number {
  return Math.min(onlineCpus, numaNodes, NUMA_SLOTS);
}

/**
 * (C − 1)(batch − 1) + V·C(C − 1)/2: the magnitude of a slot after one burst of C updates of at
 * most V pages, begun within the batch. Each update sees its own add and those before it, and each
 * that reaches the batch moves and subtracts all that it saw. Fewer than two leave batch − 1.
 */
export function slotAfterBurst(batch: Pages, { updates, pages }: InFlight): Pages {
  const moved = (updates - 1) * (batch - 1) + (pages * updates * (updates - 1)) / 2;
  return updates < 2 ? batch - 1 : moved;
}

/**
 * What one slot can keep from a reader during the burst or after it: during it, all C may have
 * added and none moved, which leaves batch − 1 + C·V.
 */
export function slotInBurst(batch: Pages, inFlight: InFlight): Pages {
  const noneMoved = batch - 1 + inFlight.updates * inFlight.pages;
  return Math.max(noneMoved, slotAfterBurst(batch, inFlight));
}

/** What updates in flight add: a burst is bounded, repeated bursts of two or more are not. */
export function slotsInFlight(batch: Pages, inFlight: InFlight): InFlightExtra {
  const burst = slotInBurst(batch, inFlight) - (batch - 1);
  if (inFlight.updates < 2) return { running: burst, stalled: 0, burst: null };
  return { running: null, stalled: null, burst };
}
