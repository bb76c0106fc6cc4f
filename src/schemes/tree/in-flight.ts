/** How much further a counter tree can be off while updates are between two of its levels. */
import type { TreeShape } from '../../kernel/tree-shape.ts';
import type { Pages } from '../../units.ts';
import type { InFlight } from '../worst-case.ts';

/**
 * P = B_{L−1}·⌈V / B_{L−1}⌉: the largest carry that an update of at most V pages can be holding
 * when it is preempted, just before the approximate sum. 0 where there are no levels.
 */
export function largestCarry({ levelBatches }: TreeShape, pages: Pages): Pages {
  const top = levelBatches.at(-1);
  return top === undefined ? 0 : top * Math.ceil(pages / top);
}

/**
 * With j updates preempted and the others done, approximate = precise − Σ residues − Σ carries held,
 * so both sides grow by up to j·P.
 */
export function treeStalled(shape: TreeShape, stalled: number, pages: Pages): Pages {
  return stalled * largestCarry(shape, pages);
}

/**
 * While at most C updates of at most V pages run: C − 1 of them hold a carry each while others
 * refill every residue behind them, and the last one has added its V pages at level 0 alone:
 * (C − 1)·P + V on both sides. test/unit/schemes/tree-in-flight.test.ts attains it on the full state
 * graphs of small trees.
 */
export function treeRunning(shape: TreeShape, { updates, pages }: InFlight): Pages {
  if (updates === 0 || shape.nrLevels === 0) return 0;
  return treeStalled(shape, updates - 1, pages) + pages;
}
