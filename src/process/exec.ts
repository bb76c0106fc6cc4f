/** execve(): the new mm, as the old program's task builds it. */
import { MEMBER } from '../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../units.ts';
import { KIND } from '../update/kinds.ts';
import {
  type AddressSpace,
  createAddressSpace,
  type Emit,
  enterPages,
  mapRegion,
} from './address-space.ts';

/** The region of the stack, by its number. */
export const STACK_REGION = 0;

/**
 * A new address space with its stack: arguments and environment are written to it page by page while
 * the task still runs on its old mm (get_arg_page, fs/exec.c), so these faults pass its cache by.
 * Left out: what acct_arg_size() adds to the old mm meanwhile, and takes away again.
 */
export function createExecSpace(pageSize: PageSize, stackPages: Pages, emit: Emit): AddressSpace {
  const space = createAddressSpace(pageSize);
  const stack = mapRegion(space, STACK_REGION, 'anon', false);
  stack.anonVma = true;
  stack.faulted = stackPages;
  for (let page = 0; page < stackPages; page++) {
    enterPages(stack, Math.floor(page / space.tablePages), MEMBER.anon, 1);
    emit(KIND.remote, MEMBER.anon, 1);
  }
  return space;
}
