/** What the changes of size in a trace are like: precise and approximate sizes look different. */

import { faultAroundPages, pagesPerPageTable } from '../../kernel/page-table.ts';
import { EVENTS_PER_SYNC, RSS_STAT_BATCH_SIZE } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';

export const SIZE_KINDS = ['precise', 'approximate'] as const;

/** What the kernel printed as a member's size: the precise sum, or the shared, approximate one. */
export type SizeKind = (typeof SIZE_KINDS)[number];

/** What 6.2 and later print; docs/traces.md has the versions. */
export const DEFAULT_SIZE_KIND: SizeKind = 'precise';

export interface DeltaStatistics {
  /** Changes that are not 0. */
  changes: number;
  /** Of these, multiples of the tree's batch, and of a page table's worth. */
  ofTreeBatch: number;
  ofPageTable: number;
  /** Growth by tasks of the process itself: all, by one page, by what a thread's sync adds. */
  growth: number;
  growthByOne: number;
  growthBySync: number;
  negativeSizes: number;
}

export function createDeltaStatistics(): DeltaStatistics {
  return {
    changes: 0,
    ofTreeBatch: 0,
    ofPageTable: 0,
    growth: 0,
    growthByOne: 0,
    growthBySync: 0,
    negativeSizes: 0,
  };
}

export function noteDelta(
  statistics: DeltaStatistics,
  delta: Pages,
  curr: boolean,
  pageSize: PageSize,
): void {
  statistics.changes += 1;
  if (delta % RSS_STAT_BATCH_SIZE === 0) statistics.ofTreeBatch += 1;
  if (delta % pagesPerPageTable(pageSize) === 0) statistics.ofPageTable += 1;
  if (!curr || delta < 0) return;
  statistics.growth += 1;
  if (delta === 1) statistics.growthByOne += 1;
  // More than fault-around maps at once, and no more than a thread holds back.
  if (delta > faultAroundPages(pageSize) && delta <= EVENTS_PER_SYNC) statistics.growthBySync += 1;
}

/** Fewer changes than this tell nothing. */
const ENOUGH = 20;

/** How a trace contradicts what its sizes were said to be. */
export const CONTRADICTIONS = [
  'multiples-of-32',
  'thread-batches',
  'negative-sizes',
  'single-pages',
] as const;

export type Contradiction = (typeof CONTRADICTIONS)[number];

/**
 * - precise, but every change is a multiple of 32 pages (not all of huge pages): a tree's carries;
 * - precise, but tasks grow by single pages in less than 1 of 20 cases, and in half of them by more
 *   than one fault maps and up to 66 pages: threads' syncs, kernels before 6.2;
 * - precise, but a size is negative: a precise sum is printed clamped;
 * - approximate, but half of the growth is by single pages: no scheme flushes single pages.
 */
export function contradictionsOf(
  statistics: DeltaStatistics,
  sizeIs: SizeKind,
): readonly Contradiction[] {
  const { changes, ofTreeBatch, ofPageTable, growth, growthByOne, growthBySync } = statistics;
  if (sizeIs === 'approximate') {
    return growth >= ENOUGH && 2 * growthByOne >= growth ? ['single-pages'] : [];
  }
  const tree = changes >= ENOUGH && ofTreeBatch === changes && ofPageTable < changes;
  const threads = growth >= ENOUGH && 20 * growthByOne < growth && 2 * growthBySync >= growth;
  return [
    ...(tree ? (['multiples-of-32'] as const) : []),
    ...(threads && !tree ? (['thread-batches'] as const) : []),
    ...(statistics.negativeSizes > 0 ? (['negative-sizes'] as const) : []),
  ];
}
