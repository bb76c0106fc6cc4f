/** A memory pattern: how the process's mappings come and go, one mapping an operation. */
import type { Pages } from '../../units.ts';
import type { Parameters, ValuesOf, Words } from './parameter.ts';
import { below, chance, type RandomState } from './random.ts';

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

/** What a pattern's largest process follows from, beside its own parameters. */
export interface Extent {
  readonly operations: number;
  /** Pages of the largest mapping. */
  readonly mapping: Pages;
}

/** All that is known of a pattern; workload/registry.ts lists them. */
export interface PatternRecord<N extends string, Ps extends Parameters> {
  readonly name: N;
  /** In the order of results and of `reproduce:`. */
  readonly parameters: Ps;
  /** Where it needs several threads, and why. */
  readonly leastThreads?: { readonly threads: number; readonly why: string };
  text(values: ValuesOf<Ps>, words: Words): string;
  /** The most pages that the process can reach, and in words how. */
  largestSize(values: ValuesOf<Ps>, extent: Extent): { pages: Pages; how: string };
  /** Pages that a process comes to from none, and stays near; null: it never stays. */
  level(values: ValuesOf<Ps>, meanMapping: number): number | null;
  create(mappings: MappingSizes, threads: number, values: ValuesOf<Ps>): MemoryPattern;
}

export function definePattern<const N extends string, const Ps extends Parameters>(
  record: PatternRecord<N, Ps>,
): PatternRecord<N, Ps> {
  return record;
}
