/** Unmapping: a walk over page tables that adds once for each of them, and the end of an mm. */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { KIND } from '../update/kinds.ts';
import { type AddressSpace, type Emit, type Region, regionOf } from './address-space.ts';

/**
 * Whose mm is unmapped. On kernels before 6.2 add_mm_rss_vec() syncs the thread first
 * `if (current->mm == mm)`: so munmap() does, and not the end of an mm, where current->mm is
 * another one (exec_mmap) or none (exit_mm), and the threads were synced as they left.
 */
export type Unmapper = 'its own thread' | 'no thread of it';

/**
 * zap_pte_range(), mm/memory.c: gathers while it walks one page table and then adds what it has of
 * each member, in the order of the members. A huge page is zapped by itself, with one add that
 * syncs nothing (zap_huge_pmd, mm/huge_memory.c).
 */
function zapRegion({ tables, huge }: Region, unmapper: Unmapper, emit: Emit): void {
  const kind = unmapper === 'its own thread' && !huge ? KIND.bulk : KIND.remote;
  for (let at = 0; at < tables.length; at++) {
    const pages = tables[at]!;
    if (pages !== 0) emit(kind, at % NR_MEMBERS, -pages);
  }
}

/** munmap() of one region by a thread of the process. */
export function unmapRegion(space: AddressSpace, id: number, emit: Emit): void {
  zapRegion(regionOf(space, id), 'its own thread', emit);
  space.regions.delete(id);
}

/** exit_mmap(), mm/mmap.c of 6.12: everything goes, when the last user of the mm has left it. */
export function exitMmap({ regions }: AddressSpace, emit: Emit): void {
  for (const region of regions.values()) zapRegion(region, 'no thread of it', emit);
  regions.clear();
}
