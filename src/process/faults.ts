/** Page faults and reclaim: what they do to page tables, and the updates that they make. */
import { MEMBER, memberOf, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { Pages } from '../units.ts';
import { KIND } from '../update/kinds.ts';
import { type AddressSpace, type Emit, enterPages, type Region } from './address-space.ts';

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
