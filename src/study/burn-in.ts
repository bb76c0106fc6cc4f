/**
 * When a replay became stationary, by MSER (marginal standard error rule; White 1997, "An effective
 * truncation heuristic for bias reduction in simulation output"): of all beginnings that could be
 * left out, the one without which the mean of the rest is known best, that is, with the least
 *
 *   Σ_{i ≥ d} (x_i − mean_d)² / (n − d)²
 *
 * over the n means x_i of windows of operations. If more than half had to be left out, the replay
 * has not become stationary.
 */
import type { DriftWindow } from '../replay/drift.ts';

/** Fewer windows tell nothing. */
const FEWEST_WINDOWS = 16;

/** At least this part of the windows is left, since a few windows may agree by chance. */
const LEAST_LEFT = 1 / 4;

/** Sum of squares about the mean of values from `from` on, over their count squared. */
function marginalError(values: readonly number[], from: number): number {
  const rest = values.slice(from);
  const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  const squares = rest.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return squares / (rest.length * rest.length);
}

/** How many values at the beginning to leave out. */
function truncation(means: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from <= means.length * (1 - LEAST_LEFT); from++) {
    const error = marginalError(means, from);
    if (error < least) {
      least = error;
      best = from;
    }
  }
  return best;
}

/**
 * Operations until the mean error of scheme `index` became stationary; null where it did not within
 * the first half, or where there are too few windows to tell.
 */
export function burnIn(windows: readonly DriftWindow[], index: number): number | null {
  if (windows.length < FEWEST_WINDOWS) return null;
  const left = truncation(windows.map(({ means }) => means[index]!));
  if (left > windows.length / 2) return null;
  return windows[left - 1]?.operations ?? 0;
}
