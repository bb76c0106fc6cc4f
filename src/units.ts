/** Pages and bytes. Everything inside the program counts pages; the page size is always an input. */

/** A count of base pages. */
export type Pages = number;

/** A count of bytes. */
export type Bytes = number;

/** Base page sizes that Linux runs with, in bytes. */
export const PAGE_SIZES = [4096, 16384, 65536] as const;

export type PageSize = (typeof PAGE_SIZES)[number];

export const DEFAULT_PAGE_SIZE: PageSize = 4096;

export const KIB: Bytes = 1024;
export const MIB: Bytes = 1024 * 1024;
export const GIB: Bytes = 1024 * 1024 * 1024;

/** Bytes of so many pages. */
export function pagesToBytes(pages: Pages, pageSize: Bytes): Bytes {
  return pages * pageSize;
}

/** The most pages that a 32-bit counter (tree, RFC v4) can tell apart from a negative count. */
export const MOST_PAGES: Pages = 2 ** 31 - 1;
