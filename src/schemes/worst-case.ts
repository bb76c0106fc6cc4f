/** What a bound is: how far a reading can be below and above the truth, in pages, both ≥ 0. */
import type { Pages } from '../units.ts';

/** preciseSum − under ≤ approximateSum ≤ preciseSum + over; settled, serialised, one member. */
export interface WorstCase {
  readonly under: Pages;
  readonly over: Pages;
}

/** A bound as the authors of a scheme state it. */
export interface StatedBound extends WorstCase {
  /** The formula, the machine's figures put in: "500 * CPUs". */
  readonly formula: string;
  readonly source: string;
}

/** The updates that a worst case ranges over, as far as the per-thread scheme tells them apart. */
export interface UpdateKinds {
  /** The most that one fault adds to the member: 1, or up to 16 with fault-around. */
  readonly pagesAddedPerFault: Pages;
  /** The most that one fault takes from it: 0, or 1 with copy-on-write and swap-in. */
  readonly pagesTakenPerFault: Pages;
}

/** At most so many updates at once, each of at most so many pages; 0 updates: settled. */
export interface InFlight {
  readonly updates: number;
  readonly pages: Pages;
}
