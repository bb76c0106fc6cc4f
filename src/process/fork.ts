/** fork(): what a child gets of its parent's page tables. */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { KIND } from '../update/kinds.ts';
import type { AddressSpace, Emit, Region } from './address-space.ts';

/**
 * vma_needs_copy(), mm/memory.c: page tables are copied where the mapping has had anonymous pages.
 * A file that was only read and shared memory are left to the child's own faults. (The kernel also
 * copies device mappings and those under userfaultfd write protection, which are not modelled.)
 */
function needsCopy({ anonVma }: Region): boolean {
  return anonVma;
}

/**
 * copy_pte_range(), mm/memory.c: counts while it copies one page table, then adds what it has of
 * each member to the child's counters: file pages and swap entries of such a mapping too. The task
 * is the parent's, so to the child's mm these are updates of another context; a huge page is one
 * add (copy_huge_pmd).
 */
function copyRegion(region: Region, emit: Emit): Region {
  const { tables } = region;
  for (let at = 0; at < tables.length; at++) {
    const pages = tables[at]!;
    if (pages !== 0) emit(KIND.remote, at % NR_MEMBERS, pages);
  }
  return { ...region, tables: tables.slice() };
}

/** dup_mmap(), kernel/fork.c of 6.12: the child's address space, and its updates. */
export function copyAddressSpace(parent: AddressSpace, emit: Emit): AddressSpace {
  const regions = new Map<number, Region>();
  for (const [id, region] of parent.regions) {
    const child = needsCopy(region)
      ? copyRegion(region, emit)
      : { ...region, faulted: 0, tables: new Float64Array(NR_MEMBERS) };
    regions.set(id, child);
  }
  return { ...parent, regions };
}
