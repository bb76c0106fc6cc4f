/** Faults that move a page between members: the trace has two events, the update is one. */
import type { RecordedUpdate } from '../recorded.ts';

/**
 * Whether an update may be the first half: copy-on-write takes a page from file or shmem and then
 * adds one to anon (wp_page_copy(), mm/memory.c), swap-in adds one to anon and then takes a swap
 * entry (do_swap_page()).
 */
export function isFirstHalf({ kind, member, pages }: RecordedUpdate): boolean {
  if (kind === 'bulk' && pages === -1) return member === 'file' || member === 'shmem';
  return kind === 'fault' && pages === 1 && member === 'anon';
}

/** The one fault that both halves are, or null where they do not belong together. */
export function movedPage(first: RecordedUpdate, second: RecordedUpdate): RecordedUpdate | null {
  if (first.thread !== second.thread || first.cpu !== second.cpu) return null;
  const came = second.kind === 'fault' && second.pages === 1 && second.member === 'anon';
  if (first.kind === 'bulk' && came) return { ...first, kind: 'cow', pages: 1 };
  const left = second.kind === 'bulk' && second.pages === -1 && second.member === 'swap';
  if (first.kind === 'fault' && left) return { ...first, kind: 'swap-in', member: 'swap' };
  return null;
}
