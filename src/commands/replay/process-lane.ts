/**
 * Replays one process of a trace, with counters of its own under each scheme. Each process has its own
 * extremes and mean; the distribution of the errors is that of all processes together.
 */

import { createSeenTally, type SeenUpdates } from '../../recorded/seen-updates.ts';
import { createLedger, enterBefore, usersOf } from '../../replay/ledger.ts';
import {
  addObserved,
  createObserver,
  type Observer,
  sharingObserver,
  takenOver,
} from '../../replay/observer.ts';
import { type BatchListener, demandAgreement, stepTo, type Trial } from '../../replay/replay.ts';
import { clampedRss } from '../../replay/rss-columns.ts';
import type { WarmUp } from '../../replay/warm-up.ts';
import { createCounters, formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { Counters } from '../../schemes/scheme.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import type { ByMember } from '../../update/by-member.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import type { Readings } from '../../update/readings.ts';
import type { GatheredLane } from './gathered-lanes.ts';

/** What a process made of its updates. */
export interface LaneResult {
  readonly operations: number;
  readonly updates: number;
  readonly usedCpus: Int32Array;
  readonly usedThreads: number;
  readonly rssPages: Pages;
  /** At its largest. */
  readonly largestRss: Pages;
  /** What a reader sees at the end, and since which operation 0, under each scheme. */
  readonly read: readonly { readonly pages: Pages; readonly zeroSince: number | null }[];
  readonly seen: SeenUpdates;
  /** What each scheme was off by, the distribution excepted, which is that of all processes. */
  readonly observers: readonly Observer[];
  /** Operations of its warm-up, and what each scheme was off by in it; of a run without one none. */
  readonly leftOut: { readonly operations: number; readonly observers: readonly Observer[] };
}

interface Lane extends Omit<GatheredLane, 'end'> {
  /** The process is at its end. @throws LedgerMismatch where a scheme has lost or made pages. */
  close(): LaneResult;
}

interface LaneRequest {
  readonly topology: Topology;
  readonly schemes: readonly SchemeSpec[];
  /** The errors of all processes, in the order of the schemes. */
  readonly pools: readonly Observer[];
  /** What is left out at the start of each process, and what all were off by in it. */
  readonly warmUp: { readonly end: WarmUp; readonly pools: readonly Observer[] } | null;
  /** Are told each batch before the schemes are. */
  readonly listeners: readonly BatchListener[];
  /** Room that all lanes use in turn. */
  readonly readings: Readings;
  readonly byMember: ByMember;
}

function addTo(pools: readonly Observer[], observers: readonly Observer[]): void {
  observers.forEach((observer, i) => {
    addObserved(pools[i]!, observer);
  });
}

/** So many pages more of each member in what is read. */
function addOffsets(
  readings: Readings,
  { length, member }: UpdateColumns,
  offsets: Float64Array,
): void {
  const { after, inner, side } = readings;
  let lowest = Number.POSITIVE_INFINITY;
  for (let u = 0; u < length; u++) {
    const reading = after[u]! + offsets[member[u]!]!;
    if (reading < lowest) lowest = reading;
    after[u] = reading;
  }
  const { update, reading } = inner;
  for (let i = 0; i < inner.length; i++) reading[i]! += offsets[member[update[i]!]!]!;
  for (let i = 0; i < side.length; i++) side.reading[i]! += offsets[side.member[i]!]!;
  readings.lowest = lowest;
  readings.highest = Number.POSITIVE_INFINITY;
}

/** Counters whose readings and sums have so many pages more in each member. */
function withOffsets(counters: Counters, offsets: Float64Array): Counters {
  return {
    ...counters,
    apply(updates, readings) {
      counters.apply(updates, readings);
      addOffsets(readings, updates, offsets);
    },
    preciseSum: (member) => counters.preciseSum(member) + offsets[member]!,
  };
}

/** Threads whose numbers are found without a look at the table of all. */
const RECENT_THREADS = 64;

/** A process's threads, numbered as they turn up. */
export function createThreadNumbers() {
  const numberOf = new Map<number, number>();
  const recentIds = new Int32Array(RECENT_THREADS).fill(-1);
  const recentNumbers = new Int32Array(RECENT_THREADS);
  let last = 0;

  function find(id: number): number {
    const number = numberOf.get(id) ?? numberOf.size;
    numberOf.set(id, number);
    recentIds[id & (RECENT_THREADS - 1)] = id;
    recentNumbers[id & (RECENT_THREADS - 1)] = number;
    return number;
  }

  return {
    /** At least 1: a process has a thread, whoever made its updates. */
    count: () => Math.max(1, numberOf.size),
    /** Puts numbers in the place of the ids that a batch's updates have. */
    enter({ length, kind, thread }: UpdateColumns): void {
      const { remote, switchOut } = KIND;
      for (let u = 0; u < length; u++) {
        const id = thread[u]!;
        const place = id & (RECENT_THREADS - 1);
        // Another context's update goes past every thread's cache: it is nobody's, as a CPU's switch is.
        if (kind[u] !== remote && kind[u] !== switchOut) {
          last = recentIds[place] === id ? recentNumbers[place]! : find(id);
        }
        thread[u] = last;
      }
    },
  };
}

export function openLane(request: LaneRequest): Lane {
  const { topology, schemes, pools, warmUp, listeners } = request;
  const ledger = createLedger(topology.nrCpuIds);
  const offsets = new Float64Array(ledger.members.length);
  let largestRss = 0;
  const seeLargest: BatchListener = ({ length }) => {
    const { rssAfter } = ledger;
    for (let u = 0; u < length; u++) if (rssAfter[u]! > largestRss) largestRss = rssAfter[u]!;
  };
  const trial: Trial = {
    ledger,
    schemes: schemes.map((spec) => ({
      name: formatScheme(spec),
      counters: withOffsets(createCounters(topology, spec), offsets),
    })),
    listeners: [seeLargest, ...listeners],
    observers: pools.map(warmUp === null ? sharingObserver : createObserver),
    readings: request.readings,
    byMember: request.byMember,
  };
  let leftOut: LaneResult['leftOut'] | null =
    warmUp === null ? { operations: 0, observers: [] } : null;
  const tally = createSeenTally();
  const threads = createThreadNumbers();

  function endWarmUp(): LaneResult['leftOut'] {
    const { observers } = trial;
    addTo(warmUp!.pools, observers);
    trial.observers = observers.map((own, i) =>
      takenOver(own, sharingObserver(pools[i]!), ledger.rss),
    );
    leftOut = { operations: ledger.operations, observers };
    return leftOut;
  }

  return {
    replay(batch) {
      tally.noteRows(batch);
      threads.enter(batch);
      batch.threads = threads.count();
      stepTo(trial, batch, () => (leftOut === null ? warmUp!.end : null), endWarmUp);
    },
    offset(member, pages) {
      offsets[member]! += pages;
      enterBefore(ledger, member, pages);
      largestRss = Math.max(largestRss, ledger.rss);
      for (const { reading } of trial.observers) reading.members[member]! += pages;
    },
    close() {
      demandAgreement(trial);
      const ownLeftOut = leftOut ?? endWarmUp();
      const isLeftOut = ownLeftOut.operations === ledger.operations;
      const observers = isLeftOut ? pools.map(createObserver) : trial.observers;
      addTo(pools, observers);
      return {
        operations: ledger.operations,
        updates: ledger.updates,
        usedCpus: usersOf(ledger.cpus),
        usedThreads: usersOf(ledger.threads).length,
        rssPages: ledger.rss,
        largestRss,
        read: trial.observers.map(({ reading, zeroSince }) => ({
          pages: clampedRss(reading),
          zeroSince,
        })),
        seen: tally.seen(),
        observers,
        leftOut: ownLeftOut,
      };
    },
  };
}
