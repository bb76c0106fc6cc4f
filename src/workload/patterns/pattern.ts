/** A memory pattern: how the process's mappings come and go, one mapping an operation. */
import type { Pages } from '../../units/pages.ts';
import { below, chance, type RandomState } from '../random.ts';

export interface MemoryPattern {
  /** The threads that may run the next operation: `count` of them from `first` on. */
  first: number;
  count: number;
  /** The last operation's mapping is one huge page. */
  huge: boolean;
  /** Draws the next operation: pages mapped (positive) or unmapped (negative), never 0. */
  next(): Pages;
}

/**
 * Draws a mapping's size. Draws: whether it is a huge page (where there are any), and if it is
 * not, its pages. Huge mappings are told by a negative size, as the patterns keep them.
 */
export type DrawMapping = () => number;

export function mappingSizes(
  random: RandomState,
  min: Pages,
  max: Pages,
  hugePerMillion: number,
  hugePages: Pages,
): DrawMapping {
  const sizes = max - min + 1;
  return () =>
    hugePerMillion > 0 && chance(random, hugePerMillion) ? -hugePages : min + below(random, sizes);
}
