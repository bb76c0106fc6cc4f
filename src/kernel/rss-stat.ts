/** The four counters of a process and the constants of its resident set size. */

/**
 * The members of an mm's counters, in the kernel's order
 * (include/linux/mm_types_task.h, enum { MM_FILEPAGES, … }).
 */
export const MEMBERS = ['file', 'anon', 'swap', 'shmem'] as const;

export type MemberName = (typeof MEMBERS)[number];

export const NR_MEMBERS = MEMBERS.length;

export const MEMBER = { file: 0, anon: 1, swap: 2, shmem: 3 } as const satisfies Record<
  MemberName,
  number
>;

/** 1 where a member is part of the resident set size: file + anon + shmem (get_mm_rss). */
export const IN_RSS: readonly (0 | 1)[] = [1, 1, 0, 1];

/**
 * What is behind a mapping, as far as the counters tell mappings apart:
 * - anon: private and anonymous: heap, stack, thread stacks;
 * - text: private, of a file, only read: its pages stay the file's;
 * - data: private, of a file, partly written: a written page becomes anonymous;
 * - shmem: shared memory, tmpfs.
 */
const BACKINGS = ['anon', 'text', 'data', 'shmem'] as const;

export type Backing = (typeof BACKINGS)[number];

/** The member that a page faulted in counts on (mm_counter(), mm_counter_file()). */
export function memberOf(backing: Backing): number {
  switch (backing) {
    case 'anon':
      return MEMBER.anon;
    case 'shmem':
      return MEMBER.shmem;
    default:
      return MEMBER.file;
  }
}

/** RSS_STAT_BATCH_SIZE of the tree series (kernel/fork.c in the RFC, v4 of July 2025), pages. */
export const RSS_STAT_BATCH_SIZE = 32;

/**
 * TASK_RSS_EVENTS_THRESH (mm/memory.c before 6.2): check_sync_rss_stat() adds a thread's counts to
 * the mm's when its event counter, read before the increment, is above this.
 */
export const TASK_RSS_EVENTS_THRESH = 64;

/**
 * Faults between two syncs of one thread: the syncing fault resets the event counter after its own
 * increment, so 65 more leave it at 65 > 64 and the 66th syncs again.
 */
export const EVENTS_PER_SYNC = TASK_RSS_EVENTS_THRESH + 2;
