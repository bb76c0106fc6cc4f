/** How far one slot of the per-NUMA atomics can be off when several updates meet on it. */
import type { Pages } from '../../units.ts';
import type { InFlight } from '../worst-case.ts';

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
