/** What a change of one member's size was: docs/traces.md has the table and its reasons. */
import { pagesPerPageTable } from '../../kernel/page-table.ts';
import type { MemberName } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import type { RecordKind } from '../recorded.ts';

/**
 * From here on an odd growth of anonymous memory is taken for one add: so many page faults hardly
 * fall between one add and the printing of its event.
 */
const MOST_CONCURRENT = 64;

/** Folios of 2^2 pages and more are what one anonymous fault maps (mm/memory.c, 6.8 and later). */
function isFolio(pages: Pages): boolean {
  return pages >= 4 && (pages & (pages - 1)) === 0;
}

/**
 * The kind of an update of `delta` pages, never 0.
 * @param curr whether the task ran on the mm it updated.
 * @param hugeMapped huge pages of this member known to be mapped: a page table's worth that goes is
 *   one of them where there are any.
 */
export function kindOfDelta(
  delta: Pages,
  member: MemberName,
  curr: boolean,
  hugeMapped: number,
  pageSize: PageSize,
): RecordKind {
  if (!curr) return 'remote';
  const huge = pagesPerPageTable(pageSize);
  if (delta < 0) return delta === -huge && hugeMapped > 0 ? 'remote' : 'bulk';
  // Only reclaim makes swap entries, by the reverse map.
  if (member === 'swap') return 'remote';
  if (delta === 1) return 'fault';
  if (delta === huge) return 'huge';
  if (member === 'anon' && !isFolio(delta) && delta < MOST_CONCURRENT) return 'fault';
  return 'fault-around';
}
