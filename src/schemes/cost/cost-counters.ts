/** What a scheme's updates cost: the counts, and the contract of what counts them. */
import type { UpdateColumns } from '../../update/columns.ts';
import { createTravel, type Travel } from './lines.ts';

/** Plain writes to lines of one CPU or one thread. */
export interface OwnTouches {
  plain: number;
  readonly travel: Travel;
}

/** Touches of the shared words of one sort: a level of the tree, the slots, the shared value. */
export interface SharedTouches {
  readonly name: string;
  atomics: number;
  locks: number;
  /** Σ = atomics + locks. */
  readonly travel: Travel;
}

export interface CostCounts {
  readonly own: OwnTouches;
  /** From the CPU upwards: the last is what readers see. */
  readonly shared: readonly SharedTouches[];
}

/**
 * One mm's members, counted once more for what it costs to count them. Its sums are those of the
 * scheme: tests compare them after every update.
 */
export interface CostCounters {
  apply(updates: UpdateColumns): void;
  readonly counts: CostCounts;
  /** What the member reads, unclamped, pages. */
  reading(member: number): number;
  /** Pages; of trees of 32-bit counters modulo 2^32. */
  preciseSum(member: number): number;
}

export function createCounts(sharedNames: readonly string[]): CostCounts {
  return {
    own: { plain: 0, travel: createTravel() },
    shared: sharedNames.map((name) => ({ name, atomics: 0, locks: 0, travel: createTravel() })),
  };
}
