/**
 * Kinds of updates, and what each means to a counter. An *add* is one call of the counter's add;
 * an *event* is a tick of the per-thread scheme's event counter. Kernel 6.1 and 6.12, mm/memory.c.
 */
export const KIND_NAMES = [
  /** n page faults in a row, one page each: n adds of ±1, n events, pages to the thread's cache. */
  'fault',
  /** One fault that maps several file pages: one add, one event, pages to the thread's cache. */
  'fault-around',
  /** One transparent-huge-page fault: one add, one event, straight to the shared value. */
  'huge',
  /** Unmap, exit, page-table copy of one page table: one add; the thread is synced first. */
  'bulk',
  /** Another context's update, or a huge page's unmap: one add, straight to the shared value. */
  'remote',
  /**
   * One add to the thread's cache without an event: the second half of a fault that moves a page
   * between members (copy-on-write, swap-in), and vm_insert_page().
   */
  'eventless',
  /** A thread exits and is synced: no pages. */
  'thread-exit',
  /** A CPU goes off-line: no pages. */
  'cpu-offline',
  /** A CPU comes on-line: no pages. */
  'cpu-online',
] as const;

export type KindName = (typeof KIND_NAMES)[number];

export const KIND = {
  fault: 0,
  faultAround: 1,
  huge: 2,
  bulk: 3,
  remote: 4,
  eventless: 5,
  threadExit: 6,
  cpuOffline: 7,
  cpuOnline: 8,
} as const;

/** Kinds from here on carry no pages: they change the counters' holders, not the process. */
export const FIRST_KIND_WITHOUT_PAGES = KIND.threadExit;
