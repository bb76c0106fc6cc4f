/** Bounds: how far a reading can be below and above the truth, and what of a machine they follow. */
import type { CpuIds } from '../topology/cpulist.ts';
import { lastLevelCaches, type Topology } from '../topology/topology.ts';
import type { Pages } from '../units.ts';

/** preciseSum − under ≤ approximateSum ≤ preciseSum + over; settled, serialised, one member. */
export interface WorstCase {
  readonly under: Pages;
  readonly over: Pages;
}

/**
 * The smallest difference of two tasks' true sizes from which no error can reverse the OOM killer's choice
 * (mm/oom_kill.c), pages: the larger reads low by `under` at most and the smaller high by `over`, and where
 * both read the same the later one dies. 1 by precise sums.
 */
export function safeDifference({ under, over }: WorstCase): Pages {
  return under + over + 1;
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

/** One page a fault, none of which takes a page away. */
export const SINGLE_PAGE_FAULTS: UpdateKinds = { pagesAddedPerFault: 1, pagesTakenPerFault: 0 };

/** Who holds pages back: the CPUs ever used, and how many threads. */
export interface Holders {
  readonly cpus: CpuIds;
  readonly threads: number;
}

/** What of a stream decides whether a closed form speaks of it at all. */
export interface StreamTraits {
  /** It is of updates that the per-thread scheme bounds. */
  readonly boundsThreads: boolean;
  /** Never more CPUs on-line than at the start: then no per-CPU batch was larger than it was there. */
  readonly withinOnline: boolean;
  /** No member ever held more pages than a 32-bit counter can: v2 and v4 trees do not wrap. */
  readonly fitsInt: boolean;
}

/** At most so many updates at once, each of at most so many pages; 0 updates: settled. */
export interface InFlight {
  readonly updates: number;
  readonly pages: Pages;
}

/**
 * Pages that come to either side of the settled worst case, of one member and of RSS alike: the
 * same few updates can be in one member only, and spread over several they add less.
 */
export interface InFlightExtra {
  /** While at most C run, however many have run before; null: there is no bound. */
  readonly running: Pages | null;
  /** With C − 1 of them stalled and all others done; null: there is no bound. */
  readonly stalled: Pages | null;
  /** Where one burst of C differs from what repeated bursts can do: during or after one burst. */
  readonly burst: Pages | null;
}

/** Where an add reaches its count and the shared value in one step, nothing comes to the worst case. */
export const NO_EXTRA: InFlightExtra = { running: 0, stalled: 0, burst: null };

/** The counts of a machine that stated bounds, batches and memory follow. */
export interface MachineSize {
  readonly nrCpuIds: number;
  readonly possibleCpus: number;
  readonly onlineCpus: number;
  /** Nodes without CPUs included; 1 where none are described, as in a kernel without NUMA. */
  readonly numaNodes: number;
  /** 0 where none are described. */
  readonly lastLevelCaches: number;
}

export function machineSize(topology: Topology): MachineSize {
  return {
    nrCpuIds: topology.nrCpuIds,
    possibleCpus: topology.possible.length,
    onlineCpus: topology.online.length,
    numaNodes: Math.max(1, topology.numaNodes.length),
    lastLevelCaches: lastLevelCaches(topology).length,
  };
}

/** CPUs 0 … cpus − 1, all of them possible and on-line; nodes 0 … numaNodes − 1; no caches described. */
export function denseMachine(cpus: number, numaNodes: number): MachineSize {
  return { nrCpuIds: cpus, possibleCpus: cpus, onlineCpus: cpus, numaNodes, lastLevelCaches: 0 };
}

/** The larger side. */
export function largerSide({ under, over }: WorstCase): Pages {
  return Math.max(under, over);
}

/** It has a bound at all: else either side is without end. */
export function isBounded({ under }: WorstCase): boolean {
  return Number.isFinite(under);
}

/**
 * What a reader can see of a process of so many pages: a negative counter reads 0, so a reading is
 * low by at most what is there. The over side is as it was: a counter that reads high is positive.
 */
export function seenThroughClamp({ under, over }: WorstCase, size: Pages): WorstCase {
  return { under: Math.min(under, size), over };
}
