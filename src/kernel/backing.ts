/** What is behind a mapping, as far as the counters tell mappings apart. */
import { MEMBER } from './rss-stat.ts';

/**
 * - anon: private and anonymous: heap, stack, thread stacks;
 * - text: private, of a file, only read: its pages stay the file's;
 * - data: private, of a file, partly written: a written page becomes anonymous;
 * - shmem: shared memory, tmpfs.
 */
export const BACKINGS = ['anon', 'text', 'data', 'shmem'] as const;

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
