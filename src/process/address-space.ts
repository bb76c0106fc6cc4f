/**
 * Keeps what a process maps, region by region and page table by page table: from exec() and mmap()
 * over fork() to munmap() and exit; and what page faults and reclaim do to it, and the updates they make.
 */
import { faultAroundPages, pagesPerPageTable } from '../kernel/page-table.ts';
import { type Backing, MEMBER, memberOf, NR_MEMBERS } from '../kernel/rss-stat.ts';
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
function enterPages(region: Region, table: number, member: number, pages: Pages): void {
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

/** The next so many pages of an anonymous region: a run of faults, one page each (do_anonymous_page). */
function faultAnonymous(space: AddressSpace, region: Region, pages: Pages): void {
  region.anonVma = true;
  for (let left = pages; left > 0; ) {
    const table = Math.floor(region.faulted / space.tablePages);
    const part = Math.min(left, (table + 1) * space.tablePages - region.faulted);
    enterPages(region, table, MEMBER.anon, part);
    region.faulted += part;
    left -= part;
  }
}

/** Of a file: one fault maps the rest of its window of 64 KiB (do_fault_around, mm/memory.c). */
function faultAround(space: AddressSpace, region: Region, pages: Pages, emit: Emit): void {
  const member = memberOf(region.backing);
  for (let left = pages; left > 0; ) {
    const table = Math.floor(region.faulted / space.tablePages);
    const part = Math.min(left, space.aroundPages - (region.faulted % space.aroundPages));
    enterPages(region, table, member, part);
    region.faulted += part;
    left -= part;
    emit(KIND.faultAround, member, part);
  }
}

/** Faults in the next pages of a region; a huge region is one fault, whatever its `pages`. */
export function touchPages(space: AddressSpace, region: Region, pages: Pages, emit: Emit): void {
  if (region.huge) {
    faultAnonymous(space, region, space.tablePages);
    emit(KIND.huge, MEMBER.anon, space.tablePages);
  } else if (region.backing === 'anon') {
    faultAnonymous(space, region, pages);
    emit(KIND.fault, MEMBER.anon, pages);
  } else {
    faultAround(space, region, pages, emit);
  }
}

/** Moves up to so many pages from one member to another, table by table; calls `each` for a page. */
function movePages(region: Region, from: number, to: number, pages: Pages, each: () => void): void {
  let left = pages;
  for (let at = from; at < region.tables.length && left > 0; at += NR_MEMBERS) {
    const part = Math.min(left, region.tables[at]!);
    region.tables[at]! -= part;
    region.tables[at - from + to]! += part;
    left -= part;
    for (let page = 0; page < part; page++) each();
  }
}

/** Writes to up to so many file pages of a private mapping: each a fault (wp_page_copy). */
export function copyOnWrite(region: Region, pages: Pages, emit: Emit): void {
  movePages(region, MEMBER.file, MEMBER.anon, pages, () => {
    region.anonVma = true;
    emit(KIND.fault, MEMBER.file, -1);
    emit(KIND.eventless, MEMBER.anon, 1);
  });
}

/** Reclaim swaps up to so many anonymous pages out, as another task (try_to_unmap_one, mm/rmap.c). */
export function swapOut(region: Region, pages: Pages, emit: Emit): void {
  if (region.huge) return;
  movePages(region, MEMBER.anon, MEMBER.swap, pages, () => {
    emit(KIND.remote, MEMBER.anon, -1);
    emit(KIND.remote, MEMBER.swap, 1);
  });
}

/** Touches up to so many pages that were swapped out: each a fault, anon first (do_swap_page). */
export function swapIn(region: Region, pages: Pages, emit: Emit): void {
  movePages(region, MEMBER.swap, MEMBER.anon, pages, () => {
    emit(KIND.fault, MEMBER.anon, 1);
    emit(KIND.eventless, MEMBER.swap, -1);
  });
}
