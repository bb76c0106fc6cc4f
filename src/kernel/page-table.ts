/** Sizes of updates that follow from the base page: page tables, huge pages, fault-around. */
import type { PageSize, Pages } from '../units/pages.ts';

/** PTRS_PER_PTE: entries of 8 bytes in one page table, so 512, 2,048 or 8,192 pages. */
export function pagesPerPageTable(pageSize: PageSize): Pages {
  return pageSize / 8;
}

/** A transparent huge page maps what one page table would: HPAGE_PMD_NR pages. */
export function hugePagePages(pageSize: PageSize): Pages {
  return pagesPerPageTable(pageSize);
}
