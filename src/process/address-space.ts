/** What a process maps: regions, and for each of their page tables how many pages of which member. */

import { faultAroundPages, pagesPerPageTable } from '../kernel/page-table.ts';
import type { Backing } from '../kernel/rss-stat.ts';
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../units.ts';

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
