/** A memory pattern: how the process's mappings come and go, one mapping an operation. */
import type { Pages } from '../../units.ts';
import { below, chance, type RandomState } from '../random.ts';

/** Patterns are classes: their loops are compiled once, for all the workloads of a process. */
export interface MemoryPattern {
  /** The threads that may run the next operation: `count` of them from `first` on. */
  readonly first: number;
  readonly count: number;
  /** The last operation's mapping is one huge page. */
  readonly huge: boolean;
  /** Draws the next operation: pages mapped (positive) or unmapped (negative), never 0. */
  next(): Pages;
}

/** How large a mapping is: uniform from `min` on over `sizes` sizes, or a huge page. */
export interface MappingSizes {
  readonly random: RandomState;
  readonly min: Pages;
  readonly sizes: number;
  readonly hugePerMillion: number;
  readonly hugePages: Pages;
}

/**
 * Draws a mapping. Draws: whether it is a huge page (where there are any), and if it is not, its
 * pages. A huge page is told by a negative size, as the patterns keep it.
 */
export function drawMapping(of: MappingSizes): number {
  return of.hugePerMillion > 0 && chance(of.random, of.hugePerMillion)
    ? -of.hugePages
    : of.min + below(of.random, of.sizes);
}

export function pagesOf(mapping: number): Pages {
  return mapping < 0 ? -mapping : mapping;
}
