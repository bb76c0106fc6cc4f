/** Replays a source of updates through several schemes and sets the errors beside the bounds. */
import { statedBound, worstCase } from '../bounds/bounds.ts';
import { rssBound } from '../bounds/rss.ts';
import type { UpdateKinds, WorstCase } from '../bounds/worst-case.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { type Heartbeat, type Replay, replay } from '../replay/replay.ts';
import { createCounters, formatScheme } from '../schemes/registry.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import { nodeOfCpu, type Topology } from '../topology/topology.ts';
import type { PageSize } from '../units/pages.ts';
import type { UpdateSource } from '../update/source.ts';
import { comparedTopology, describedNodes } from './compared-topology.ts';
import type { ComparedScheme, MeasuredRun } from './comparison.ts';

export interface MeasureRequest {
  readonly version: string;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly schemes: readonly SchemeSpec[];
}

/** An observation beyond an exact worst case: the bound or the simulation is wrong. */
export class BoundExceeded extends Error {
  override readonly name = 'BoundExceeded';
}

/** What the bounds have to know of a stream. */
export interface StreamFacts extends UpdateKinds {
  /** Threads of the process; null: those that made updates. */
  readonly threads: number | null;
  /** Members of the resident set that the stream updates: each has a counter of its own. */
  readonly rssMembers: number;
  /** The stream is of updates that the per-thread scheme bounds. */
  readonly boundsThreads: boolean;
  /** No CPU came or went: then a per-CPU batch is what it was. */
  readonly steadyCpus: boolean;
  /** No member ever held more pages than a 32-bit counter can: v2 and v4 trees do not wrap. */
  readonly fitsInt: boolean;
}

/** RSS against the bound of as many counters as the stream updates. */
function demandWithinBound(measured: ComparedScheme, bound: WorstCase): void {
  const { under, over } = measured.observed.raw;
  if (under > bound.under || over > bound.over) {
    throw new BoundExceeded(
      `${measured.name}: observed -${under}/+${over} pages, beyond the exact worst case -${bound.under}/+${bound.over}`,
    );
  }
}

/** Whether the closed form speaks of this stream at all. */
function isBounded(spec: SchemeSpec, facts: StreamFacts): boolean {
  switch (spec.scheme) {
    case 'per-thread':
      return facts.boundsThreads;
    case 'per-cpu':
      return facts.steadyCpus;
    case 'tree':
      return spec.version === 17 || facts.fitsInt;
    default:
      return true;
  }
}

function measuredScheme(
  spec: SchemeSpec,
  topology: Topology,
  facts: StreamFacts,
  result: Replay,
  index: number,
): ComparedScheme {
  const { scheme, ...parameters } = spec;
  const threads = facts.threads ?? result.usedThreads;
  const worst = (cpus: CpuIds, holders: number) =>
    isBounded(spec, facts)
      ? { ...worstCase(spec, topology, { cpus, threads: holders }, facts), cpus: cpus.length }
      : null;
  const exactUsed = worst(result.usedCpus, result.usedThreads);
  const measured: ComparedScheme = {
    scheme,
    name: formatScheme(spec),
    parameters,
    stated: statedBound(spec, topology, threads),
    exact: worst(topology.online, threads),
    exactUsed,
    observed: result.observed[index]!,
  };
  if (exactUsed !== null) {
    demandWithinBound(measured, rssBound(scheme, exactUsed, facts.rssMembers));
  }
  return measured;
}

/**
 * The facts are asked for when the stream has ended.
 * @throws InputError where machine and schemes do not fit, or the source says so; LedgerMismatch or
 *   BoundExceeded where the program contradicts itself.
 */
export async function measure(
  request: MeasureRequest,
  source: UpdateSource,
  factsOf: () => StreamFacts,
  heartbeat: Heartbeat,
): Promise<MeasuredRun> {
  const { topology, schemes } = request;
  const counters = schemes.map((spec) => ({
    name: formatScheme(spec),
    counters: createCounters(topology, spec),
  }));
  const result = await replay(source, topology.nrCpuIds, counters, heartbeat);
  const facts = factsOf();
  const nodeOf = nodeOfCpu(topology);
  return {
    program: { version: request.version },
    topology: comparedTopology(topology, request.pageSize),
    operations: result.operations,
    updates: result.updates,
    rssPages: result.rss,
    used: {
      cpus: result.usedCpus.length,
      numaNodes:
        describedNodes(topology) === null
          ? null
          : new Set(Array.from(result.usedCpus, (cpu) => nodeOf[cpu])).size,
      threads: result.usedThreads,
    },
    schemes: schemes.map((spec, index) => measuredScheme(spec, topology, facts, result, index)),
  };
}

/** The largest observed error of the clamped reading, either side, over all schemes; pages. */
export function largestObserved({ schemes }: MeasuredRun): { name: string; pages: number } {
  return schemes
    .map(({ name, observed: { clamped } }) => ({
      name,
      pages: Math.max(clamped.under, clamped.over),
    }))
    .reduce((largest, row) => (row.pages > largest.pages ? row : largest));
}
