/** The result of `bound`: plain data, in pages, bytes and counts, as JSON carries it. */

import type { InFlight, UpdateKinds, WorstCase } from '../../schemes/bound.ts';
import type { SchemeName } from '../../schemes/registry.ts';
import type { MemoryPerMm } from '../../schemes/scheme.ts';
import type { PageSize, Pages } from '../../units.ts';
import type { ComparedTopology } from '../compare/result.ts';
import type { Crossing } from './crossing.ts';
import type { Growth } from './growth.ts';

export const BOUND_FORMAT = 'rss-err/bound@1';

/** A bound of one counter, and of file + anon + shmem together. */
export interface MemberAndRss {
  readonly member: WorstCase;
  readonly rss: WorstCase;
}

/** How many CPUs, nodes or threads must have held pages back for the worst case to be reached. */
export interface Reach {
  readonly count: number;
  readonly of: 'CPUs' | 'nodes' | 'threads';
}

export interface ExactBound extends MemberAndRss {
  readonly reachedBy: Reach;
}

export interface StatedBounds extends MemberAndRss {
  readonly formula: string;
  readonly source: string;
}

/** What updates in flight make of the exact worst case; null: there is no bound. */
export interface InFlightBounds {
  /** While at most so many run, after any number of others. */
  readonly running: MemberAndRss | null;
  /** With all but one of them stalled and every other update done. */
  readonly stalled: MemberAndRss | null;
  /** During or after one burst of them, where that has a bound and repeated bursts have none. */
  readonly burst: MemberAndRss | null;
}

export interface SchemeBounds {
  readonly scheme: SchemeName;
  /** The scheme with the parameters that differ from its default, as --scheme takes it. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly stated: StatedBounds;
  /** All on-line CPUs and all threads, settled and serialised. */
  readonly exact: ExactBound;
  /** The same for the CPUs of --used. */
  readonly used: ExactBound | null;
  readonly inFlight: InFlightBounds;
  /** The exact worst case as a reader of a process of the given size can see it. */
  readonly seen: MemberAndRss | null;
  readonly memory: MemoryPerMm;
  /** Levels of a tree below its sum. */
  readonly levels: number | null;
}

/** All schemes on one machine. */
export interface BoundRow {
  /** On-line CPUs. */
  readonly cpus: number;
  readonly nrCpuIds: number;
  /** Null where none are described. */
  readonly numaNodes: number | null;
  readonly schemes: readonly SchemeBounds[];
}

/** Machines of CPUs 0 … N − 1, all possible and on-line, split evenly over the nodes. */
export interface BoundRange {
  /** As --cpus takes it. */
  readonly cpus: string;
  /** How many values of N were computed; `rows` has the readable ones. */
  readonly values: number;
  readonly numaNodes: number;
  readonly pageSize: PageSize;
}

/** A tree's bounds just below, at and just above each power of two, one member. */
export interface StaircaseStep {
  readonly name: string;
  readonly cpus: number;
  readonly levels: number;
  readonly stated: WorstCase;
  readonly exact: WorstCase;
}

export interface BoundResult {
  readonly format: typeof BOUND_FORMAT;
  readonly program: { readonly version: string };
  /** One of the two is null. */
  readonly topology: ComparedTopology | null;
  readonly range: BoundRange | null;
  readonly threads: number;
  /** What the per-thread scheme's exact worst case assumes of faults. */
  readonly kinds: UpdateKinds;
  readonly inFlight: InFlight;
  /** The process of --size, pages. */
  readonly sizePages: Pages | null;
  readonly used: { readonly cpus: string; readonly count: number } | null;
  readonly rows: readonly BoundRow[];
  /** Where a tree's worst case and that of per-CPU counters change places. */
  readonly crossings: readonly Crossing[];
  /** For a range of at least three values. */
  readonly growth: readonly Growth[];
  readonly staircase: readonly StaircaseStep[];
}
