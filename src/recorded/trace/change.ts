/** Changes of one member's size: which update one was, and what all of them together say of the sizes. */
import { faultAroundPages, pagesPerPageTable } from '../../kernel/page-table.ts';
import { EVENTS_PER_SYNC, MEMBER, RSS_STAT_BATCH_SIZE } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';

/**
 * From here on an odd growth of anonymous memory is taken for one add: so many page faults hardly
 * fall between one add and the printing of its event.
 */
const MOST_CONCURRENT = 64;

/** Folios of 2^2 pages and more are what one anonymous fault maps (mm/memory.c, 6.8 and later). */
function isFolio(pages: Pages): boolean {
  return pages >= 4 && (pages & (pages - 1)) === 0;
}

/**
 * The kind of an update of `delta` pages, never 0, as rows have it.
 * @param curr whether the task ran on the mm it updated.
 * @param hugeMapped huge pages of this member known to be mapped: a page table's worth that goes is
 *   one of them where there are any.
 */
export function kindOfDelta(
  delta: Pages,
  member: number,
  curr: boolean,
  hugeMapped: number,
  pageSize: PageSize,
): number {
  if (!curr) return KIND.remote;
  if (delta === 1) return member === MEMBER.swap ? KIND.remote : KIND.fault;
  const huge = pagesPerPageTable(pageSize);
  if (delta < 0) return delta === -huge && hugeMapped > 0 ? KIND.remote : KIND.bulk;
  // Only reclaim makes swap entries, by the reverse map.
  if (member === MEMBER.swap) return KIND.remote;
  if (delta === huge) return KIND.huge;
  if (member === MEMBER.anon && !isFolio(delta) && delta < MOST_CONCURRENT) return KIND.fault;
  return KIND.faultAround;
}

/**
 * Whether an update may be the first half: copy-on-write takes a page from file or shmem and then
 * adds one to anon (wp_page_copy(), mm/memory.c), swap-in adds one to anon and then takes a swap
 * entry (do_swap_page()).
 */
export function isFirstHalf(kind: number, member: number, pages: Pages): boolean {
  if (pages === 1) return kind === KIND.fault && member === MEMBER.anon;
  return pages === -1 && kind === KIND.bulk && (member === MEMBER.file || member === MEMBER.shmem);
}

/** The one fault that a first half and an update after it are, or null where they do not belong together. */
export function movedPage(
  first: number,
  kind: number,
  member: number,
  pages: Pages,
): 'cow' | 'swap-in' | null {
  if (first === KIND.bulk) {
    return kind === KIND.fault && pages === 1 && member === MEMBER.anon ? 'cow' : null;
  }
  return kind === KIND.bulk && pages === -1 && member === MEMBER.swap ? 'swap-in' : null;
}

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

/** Notes so many equal changes. */
export function noteDeltas(
  statistics: DeltaStatistics,
  times: number,
  delta: Pages,
  curr: boolean,
  pageSize: PageSize,
): void {
  statistics.changes += times;
  if (delta % RSS_STAT_BATCH_SIZE === 0) statistics.ofTreeBatch += times;
  if (delta % pagesPerPageTable(pageSize) === 0) statistics.ofPageTable += times;
  if (!curr || delta < 0) return;
  statistics.growth += times;
  if (delta === 1) statistics.growthByOne += times;
  // More than fault-around maps at once, and no more than a thread holds back.
  const isSync = delta > faultAroundPages(pageSize) && delta <= EVENTS_PER_SYNC;
  if (isSync) statistics.growthBySync += times;
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
