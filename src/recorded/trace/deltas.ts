/** Changes of sizes by a table: most are of few pages, and what there is to know of these is always the same. */

import { pagesPerPageTable } from '../../kernel/page-table.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';
import { type DeltaStatistics, isFirstHalf, kindOfDelta, movedPage, noteDeltas } from './change.ts';

/** What there is to know of a change: its kind, and beside it a bit for each of these. */
export const TRAITS = {
  kind: 15,
  /** Its first half waits for a page that leaves swap, or comes to anonymous memory. */
  waitsForSwap: 16,
  waitsForAnon: 32,
  /** It may be such a second half. */
  leavesSwap: 64,
  comesToAnon: 128,
  /** A page table's worth: there are huge pages to be counted. */
  isHuge: 256,
} as const;

/** From the bits of what a change waits for to those of what that has to be. */
export const WAITS_SHIFT = 2;

function traitsOf(delta: Pages, member: number, curr: boolean, pageSize: PageSize): number {
  const kind = kindOfDelta(delta, member, curr, 0, pageSize);
  const isHalf = isFirstHalf(kind, member, delta);
  const isFault = kind === KIND.fault;
  return (
    kind |
    (isHalf && isFault ? TRAITS.waitsForSwap : 0) |
    (isHalf && !isFault ? TRAITS.waitsForAnon : 0) |
    (movedPage(KIND.fault, kind, member, delta) === null ? 0 : TRAITS.leavesSwap) |
    (movedPage(KIND.bulk, kind, member, delta) === null ? 0 : TRAITS.comesToAnon) |
    (Math.abs(delta) === pagesPerPageTable(pageSize) ? TRAITS.isHuge : 0)
  );
}

/** Changes of fewer pages, either way, are in the table. */
const NEAR = 1024;
const NEAR_ORDER = 11;

/** No traits, whose bits are none below 0. */
const UNKNOWN = -1;

export interface Deltas {
  /** What there is to know of a change, never 0, which is counted. */
  take(delta: Pages, member: number, curr: boolean): number;
  /** Enters in the statistics what has been counted since the last time. */
  enter(): void;
}

/**
 * Most changes are of few pages: what is known of these is in a table once one has come, and how often
 * each was in another.
 */
export function createDeltas(pageSize: PageSize, statistics: DeltaStatistics): Deltas {
  const places = 2 * NR_MEMBERS * 2 * NEAR;
  const traits = new Int16Array(places).fill(UNKNOWN);
  const times = new Float64Array(places);
  const deltaAt = (place: number) => (place & (2 * NEAR - 1)) - NEAR;
  const currAt = (place: number) => place >= places / 2;
  return {
    take(delta, member, curr) {
      const shifted = delta + NEAR;
      const near = shifted & (2 * NEAR - 1);
      if (near !== shifted) {
        noteDeltas(statistics, 1, delta, curr, pageSize);
        return traitsOf(delta, member, curr, pageSize);
      }
      const place = (((curr ? NR_MEMBERS : 0) + member) << NEAR_ORDER) + near;
      times[place]! += 1;
      const known = traits[place]!;
      if (known !== UNKNOWN) return known;
      const found = traitsOf(delta, member, curr, pageSize);
      traits[place] = found;
      return found;
    },
    enter() {
      times.forEach((count, place) => {
        if (count > 0) noteDeltas(statistics, count, deltaAt(place), currAt(place), pageSize);
      });
      times.fill(0);
    },
  };
}
