/** What the updates of a run have cost: plain data, in counts and bytes, as JSON carries it. */

import type { Described, Distance } from '../../schemes/cost.ts';
import type { LatencyTable } from '../../schemes/latency.ts';
import type { MemoryPerMm, PreciseSumCost } from '../../schemes/scheme.ts';

/** Touches by how far their line came; null: the machine's description does not tell it. */
export interface TransferCounts
  extends Record<Exclude<Distance, 'sameCore' | 'sameCache'>, number> {
  readonly sameCore: number | null;
  readonly sameCache: number | null;
}

export interface LineTransfers {
  /** Touches whose line another CPU had touched last. */
  readonly moved: number;
  readonly travel: TransferCounts;
}

export interface OwnLineCost extends LineTransfers {
  /** Plain touches. */
  readonly plain: number;
}

export interface SharedLineCost extends LineTransfers {
  /** "shared", "slots", "level 1" …, "sum". */
  readonly name: string;
  readonly atomics: number;
  readonly locks: number;
}

export interface TouchTotals {
  readonly plain: number;
  readonly atomics: number;
  readonly locks: number;
  /** Own lines included. */
  readonly moved: number;
}

/** Calls of allocators for the four members of one process. */
export interface Allocations {
  readonly perCpu: number;
  readonly slab: number;
}

export interface ProcessCost {
  /** Allocated and initialised. */
  readonly bytes: Omit<MemoryPerMm, 'layout'>;
  readonly cacheLines: number;
  readonly allocations: Allocations;
  /** Of one precise sum of one member; null: the scheme has none. */
  readonly preciseSum: PreciseSumCost | null;
}

/** Nanoseconds of the model. */
export interface ModelledTime {
  readonly updates: number;
  readonly perOperation: number | null;
  /** Of initialising the counters of one process. */
  readonly perProcess: number;
}

export interface SchemeCost {
  /** Null where no line belongs to one CPU or thread. */
  readonly own: OwnLineCost | null;
  readonly shared: readonly SharedLineCost[];
  readonly total: TouchTotals;
  /** Null where there was no operation. */
  readonly perOperation: TouchTotals | null;
  readonly process: ProcessCost;
  /** Null without a table of latencies. */
  readonly modelledNanoseconds: ModelledTime | null;
}

/** What concerns all schemes of a run. */
export interface RunCost {
  /** Calls of a counter's add. */
  readonly adds: number;
  /** How many processes the adds are of. */
  readonly processes: number;
  /** Of the process whose making is counted: of several, the one with the most threads. */
  readonly threads: number;
  /** What the machine's description tells of who shares what. */
  readonly described: Described;
  readonly latency: LatencyTable | null;
}
