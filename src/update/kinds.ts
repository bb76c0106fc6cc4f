/**
 * Kinds of updates, and what each means to a counter. An *add* is one call of the counter's add;
 * an *event* is a tick of the per-thread scheme's event counter. Kernel 6.1 and 6.12, mm/memory.c.
 * Loops without branches rely on two of the numbers: a fault is 0, and a bulk update is odd.
 */
export const KIND = {
  /** n page faults in a row, one page each: n adds of ±1, n events, pages to the thread's cache. */
  fault: 0,
  /** One fault that maps several file pages: one add, one event, pages to the thread's cache. */
  faultAround: 1,
  /** One transparent-huge-page fault: one add, one event, straight to the shared value. */
  huge: 2,
  /** Unmap, exit, page-table copy of one page table: one add; the thread is synced first. */
  bulk: 3,
  /** Another context's update, or a huge page's unmap: one add, straight to the shared value. */
  remote: 4,
  /**
   * One add to the thread's cache without an event: the second half of a fault that moves a page
   * between members (copy-on-write, swap-in), and vm_insert_page().
   */
  eventless: 5,
  /** A thread exits and is synced: no pages. */
  threadExit: 6,
  /** A CPU goes off-line: no pages. */
  cpuOffline: 7,
  /** A CPU comes on-line: no pages. */
  cpuOnline: 8,
  /** A thread begins: clone(CLONE_THREAD), which vfork() is not: no pages. */
  threadStart: 9,
  /** The CPU switches from this mm to another, or to none: no pages. */
  switchOut: 10,
} as const;

/** Kinds from here on carry no pages: they change the counters' holders, not the process. */
export const FIRST_KIND_WITHOUT_PAGES = KIND.threadExit;

/**
 * Kinds from here on are moments in a process's life, which some schemes heed: no updates, and no
 * operations, so that all that is told of the others is the same with them and without.
 */
export const FIRST_MOMENT = KIND.threadStart;
