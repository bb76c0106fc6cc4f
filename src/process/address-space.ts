/**
 * Keeps what a process maps, region by region and page table by page table: from exec() and mmap()
 * over fork() to munmap() and exit.
 */

import { faultAroundPages, pagesPerPageTable } from '../kernel/page-table.ts';
import { type Backing, MEMBER, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../units.ts';
import { KIND } from '../update/kinds.ts';

/** Takes one update of an mm's member: a kind of KIND, and signed pages. */
export type Emit = (kind: number, member: number, pages: Pages) => void;

/** One mapping (vm_area_struct). It begins at a page table's edge and is faulted in from there. */
export interface Region {
  readonly backing: Backing;
  /** It is one transparent huge page. */
  readonly huge: boolean;
  /** Pages from its start that were ever faulted in. */
  faulted: Pages;
  /** It has had anonymous pages (vma->anon_vma), which is what fork asks. */
  anonVma: boolean;
  /** Pages, and swap entries, of member m in page table t: at t × NR_MEMBERS + m. */
  tables: Float64Array;
}

export interface AddressSpace {
  /** Entries of a page table, and pages that one fault maps of a file. */
  readonly tablePages: Pages;
  readonly aroundPages: Pages;
  /** By a number of the caller's, in the order in which they were mapped. */
  readonly regions: Map<number, Region>;
}

export function createAddressSpace(pageSize: PageSize): AddressSpace {
  return {
    tablePages: pagesPerPageTable(pageSize),
    aroundPages: faultAroundPages(pageSize),
    regions: new Map(),
  };
}

/** mmap(): takes no pages yet. */
export function mapRegion(
  space: AddressSpace,
  id: number,
  backing: Backing,
  huge: boolean,
): Region {
  const tables = new Float64Array(NR_MEMBERS);
  const region: Region = { backing, huge, faulted: 0, anonVma: false, tables };
  space.regions.set(id, region);
  return region;
}

/** @throws RangeError where the process maps no such region: a fault of the caller's. */
export function regionOf({ regions }: AddressSpace, id: number): Region {
  const region = regions.get(id);
  if (region === undefined) throw new RangeError(`no region ${id} is mapped`);
  return region;
}

/** Enters pages of a member into a page table, for which room is made. */
export function enterPages(region: Region, table: number, member: number, pages: Pages): void {
  const at = table * NR_MEMBERS + member;
  if (at >= region.tables.length) {
    const larger = new Float64Array(Math.max(2 * region.tables.length, (table + 1) * NR_MEMBERS));
    larger.set(region.tables);
    region.tables = larger;
  }
  region.tables[at]! += pages;
}

/** The region of the stack, by its number. */
const STACK_REGION = 0;

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

/** Adds (or, negative, takes) what each page table has of each member, in the order of the members. */
function emitTables({ tables }: Region, kind: number, sign: 1 | -1, emit: Emit): void {
  for (let at = 0; at < tables.length; at++) {
    const pages = tables[at]!;
    if (pages !== 0) emit(kind, at % NR_MEMBERS, sign * pages);
  }
}

/**
 * vma_needs_copy(), mm/memory.c: page tables are copied where the mapping has had anonymous pages.
 * A file that was only read and shared memory are left to the child's own faults. (The kernel also
 * copies device mappings and those under userfaultfd write protection, which are not modelled.)
 *
 * copy_pte_range(), mm/memory.c: counts while it copies one page table, then adds what it has of
 * each member to the child's counters: file pages and swap entries of such a mapping too. The task
 * is the parent's, so to the child's mm these are updates of another context; a huge page is one
 * add (copy_huge_pmd).
 */
function copyRegion(region: Region, emit: Emit): Region {
  if (!region.anonVma) return { ...region, faulted: 0, tables: new Float64Array(NR_MEMBERS) };
  emitTables(region, KIND.remote, 1, emit);
  return { ...region, tables: region.tables.slice() };
}

/** dup_mmap(), kernel/fork.c of 6.12: the child's address space, and its updates. */
export function copyAddressSpace(parent: AddressSpace, emit: Emit): AddressSpace {
  const regions = new Map<number, Region>();
  for (const [id, region] of parent.regions) regions.set(id, copyRegion(region, emit));
  return { ...parent, regions };
}

/**
 * munmap() of one region by a thread of the process. zap_pte_range(), mm/memory.c: gathers while it
 * walks one page table and then adds what it has of each member. On kernels before 6.2
 * add_mm_rss_vec() syncs the thread first `if (current->mm == mm)`. A huge page is zapped by itself,
 * with one add that syncs nothing (zap_huge_pmd, mm/huge_memory.c).
 */
export function unmapRegion(space: AddressSpace, id: number, emit: Emit): void {
  const region = regionOf(space, id);
  emitTables(region, region.huge ? KIND.remote : KIND.bulk, -1, emit);
  space.regions.delete(id);
}

/**
 * exit_mmap(), mm/mmap.c of 6.12: everything goes, when the last user of the mm has left it. That
 * syncs no thread: current->mm is another one (exec_mmap) or none (exit_mm), and the threads were
 * synced as they left.
 */
export function exitMmap({ regions }: AddressSpace, emit: Emit): void {
  for (const region of regions.values()) emitTables(region, KIND.remote, -1, emit);
  regions.clear();
}
