/** Counts what a replay's updates cost, beside it, and makes the result's figures of the counts. */

import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { BatchListener } from '../../replay/replay.ts';
import {
  type CostCounts,
  type Described,
  DISTANCE,
  describedBy,
  distancesOn,
  initialisedLines,
  type Transfers,
} from '../../schemes/cost.ts';
import { type LatencyTable, modelledTime } from '../../schemes/latency.ts';
import { type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { CounterAllocation, MemoryPerMm } from '../../schemes/scheme.ts';
import type { Topology } from '../../topology/topology.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../../update/kinds.ts';
import type {
  LineTransfers,
  ModelledTime,
  ProcessCost,
  RunCost,
  SchemeCost,
  TouchTotals,
  TransferCounts,
} from './cost-result.ts';

/** What a user asks for with --cost. */
export interface CostRequest {
  readonly latency: LatencyTable | null;
}

/** What the counts are set beside: known when the replay has ended. */
interface RunSize {
  readonly operations: number;
  readonly threads: number;
  /** Of each scheme, for the process's threads. */
  readonly memory: readonly MemoryPerMm[];
}

export interface CostWatch {
  /** A process with lines of its own: the function is told its batches. */
  open(): BatchListener;
  /** Processes opened. */
  readonly processes: number;
  /** Of the process that has the most. */
  readonly mostThreads: number;
  run(size: RunSize): RunCost;
  /** In the order of the schemes. */
  schemes(size: RunSize): readonly SchemeCost[];
}

function addsIn({ length, kind, pages }: UpdateColumns): number {
  let adds = 0;
  for (let u = 0; u < length; u++) {
    if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) adds += addsOf(kind[u]!, pages[u]!);
  }
  return adds;
}

function transferCounts(transfers: Transfers, { cores, cacheLevel }: Described): TransferCounts {
  return {
    unknown: transfers[DISTANCE.unknown]!,
    sameCpu: transfers[DISTANCE.sameCpu]!,
    sameCore: cores ? transfers[DISTANCE.sameCore]! : null,
    sameCache: cacheLevel === null ? null : transfers[DISTANCE.sameCache]!,
    sameNode: transfers[DISTANCE.sameNode]!,
    remoteNode: transfers[DISTANCE.remoteNode]!,
  };
}

/** Touches whose line another CPU had touched last. */
function movedOf(transfers: Transfers): number {
  return transfers.subarray(DISTANCE.sameCore).reduce((sum, touches) => sum + touches, 0);
}

function lineTransfers(transfers: Transfers, described: Described): LineTransfers {
  return { moved: movedOf(transfers), travel: transferCounts(transfers, described) };
}

function totalOf({ own, shared }: CostCounts): TouchTotals {
  const sum = (of: (row: (typeof shared)[number]) => number) =>
    shared.reduce((total, row) => total + of(row), 0);
  return {
    plain: own.plain,
    atomics: sum(({ atomics }) => atomics),
    locks: sum(({ locks }) => locks),
    moved: movedOf(own.transfers) + sum(({ transfers }) => movedOf(transfers)),
  };
}

function perOperation(total: TouchTotals, operations: number): TouchTotals | null {
  if (operations === 0) return null;
  return {
    plain: total.plain / operations,
    atomics: total.atomics / operations,
    locks: total.locks / operations,
    moved: total.moved / operations,
  };
}

/** Calls of allocators for the four members of one process of so many threads. */
export function allocationsOf(
  spec: SchemeSpec,
  { nrCpuIds }: Topology,
  threads = 1,
): ProcessCost['allocations'] {
  const allocations = schemeOf(spec).allocations(spec, nrCpuIds, true, threads);
  const callsTo = (allocator: CounterAllocation['from']) =>
    allocations
      .filter(({ from }) => from === allocator)
      .reduce((calls, { eachMember }) => calls + (eachMember ? NR_MEMBERS : 1), 0);
  return { perCpu: callsTo('perCpu'), slab: callsTo('slab') };
}

/** Counts at zero. @throws InputError where the machine and a scheme do not fit. */
export async function watchCost(
  topology: Topology,
  schemes: readonly SchemeSpec[],
  { latency }: CostRequest,
): Promise<CostWatch> {
  const modules = await Promise.all(schemes.map((spec) => schemeOf(spec).loadCost()));
  const distanceOf = distancesOn(topology);
  const described = describedBy(topology);
  const counts = schemes.map(
    (spec, index) => modules[index]!.createCostCounters(topology, spec, distanceOf).counts,
  );
  let adds = 0;
  let processes = 0;
  let mostThreads = 0;

  function processCost(spec: SchemeSpec, index: number, { memory, threads }: RunSize): ProcessCost {
    const { layout: _, ...bytes } = memory[index]!;
    return {
      bytes,
      cacheLines: initialisedLines(bytes, topology.possible.length, threads),
      allocations: allocationsOf(spec, topology, threads),
      preciseSum: schemeOf(spec).preciseSum(spec, topology),
    };
  }

  function modelled(index: number, operations: number, lines: number): ModelledTime | null {
    if (latency === null) return null;
    const updates = modelledTime(counts[index]!, latency);
    return {
      updates,
      perOperation: operations === 0 ? null : updates / operations,
      perProcess: lines * latency.initialisedLine,
    };
  }

  function schemeCost(spec: SchemeSpec, index: number, size: RunSize): SchemeCost {
    const { own, shared } = counts[index]!;
    const total = totalOf(counts[index]!);
    const setup = processCost(spec, index, size);
    const { hasOwnLine } = schemeOf(spec);
    return {
      own: hasOwnLine ? { plain: own.plain, ...lineTransfers(own.transfers, described) } : null,
      shared: shared.map(({ name, atomics, locks, transfers }) => ({
        name,
        atomics,
        locks,
        ...lineTransfers(transfers, described),
      })),
      total,
      perOperation: perOperation(total, size.operations),
      process: setup,
      modelledNanoseconds: modelled(index, size.operations, setup.cacheLines),
    };
  }

  return {
    open() {
      processes += 1;
      const counters = schemes.map((spec, index) =>
        modules[index]!.createCostCounters(topology, spec, distanceOf, counts[index]!),
      );
      return (updates) => {
        adds += addsIn(updates);
        mostThreads = Math.max(mostThreads, updates.threads);
        for (const { apply } of counters) apply(updates);
      };
    },
    get processes() {
      return processes;
    },
    get mostThreads() {
      return mostThreads;
    },
    run: ({ threads }) => ({ adds, processes, threads, described, latency }),
    schemes: (size) => schemes.map((spec, index) => schemeCost(spec, index, size)),
  };
}
