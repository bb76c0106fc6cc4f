/** How far per-thread counting can be off (mm/memory.c before 6.2). */
import { EVENTS_PER_SYNC, TASK_RSS_EVENTS_THRESH } from '../../kernel/rss-stat.ts';
import type { StatedBound, UpdateKinds, WorstCase } from '../bound.ts';

/** Stated in the RFC's cover letters: 64 pages a thread, either way. */
export function statedPerThread(threads: number): StatedBound {
  const pages = TASK_RSS_EVENTS_THRESH * threads;
  return {
    under: pages,
    over: pages,
    formula: `${TASK_RSS_EVENTS_THRESH} * threads`,
    source: 'tree RFC cover letter, on kernels before 6.2',
  };
}

/**
 * 66 faults a thread: after a sync the event counter is 0 and the syncing fault's own page is in
 * the cache; 65 more faults bring the counter to 65 and the cache to 66, and only the next one
 * syncs. Faults that only add hide pages, so the reading is never over. One event counter serves
 * all members, so this is the worst case of one member and of RSS as a whole. It bounds faults;
 * vm_insert_page() adds to the cache without an event, and has no bound here.
 */
export function worstCasePerThread(
  threads: number,
  { pagesAddedPerFault, pagesTakenPerFault }: UpdateKinds,
): WorstCase {
  return {
    under: EVENTS_PER_SYNC * pagesAddedPerFault * threads,
    over: EVENTS_PER_SYNC * pagesTakenPerFault * threads,
  };
}
