/** Sizes of updates that follow from the base page: page tables, huge pages, fault-around. */
import type { Bytes, PageSize, Pages } from '../units.ts';

/** PTRS_PER_PTE: entries of 8 bytes in one page table, so 512, 2,048 or 8,192 pages. */
export function pagesPerPageTable(pageSize: PageSize): Pages {
  return pageSize / 8;
}

/** A transparent huge page maps what one page table would: HPAGE_PMD_NR pages. */
export function hugePagePages(pageSize: PageSize): Pages {
  return pagesPerPageTable(pageSize);
}

/** fault_around_bytes, 64 KiB unless changed (mm/memory.c): 16, 4 or 1 pages mapped by one fault. */
const FAULT_AROUND_BYTES = 65_536;

export function faultAroundPages(pageSize: Bytes): Pages {
  return FAULT_AROUND_BYTES / pageSize;
}
