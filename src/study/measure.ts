/** Replays a source of updates through several schemes and sets the errors beside the bounds. */
import { statedBound, worstCase } from '../bounds/bounds.ts';
import { rssBound } from '../bounds/rss.ts';
import type { UpdateKinds } from '../bounds/worst-case.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { type Heartbeat, type Replay, replay } from '../replay/replay.ts';
import { createCounters, formatScheme } from '../schemes/registry.ts';
import { nodeOfCpu, type Topology } from '../topology/topology.ts';
import type { PageSize } from '../units/pages.ts';
import type { UpdateSource } from '../update/source.ts';
import { comparedTopology } from './compared-topology.ts';
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
}

function demandWithinBound({ name, exactUsed, observed: { raw } }: ComparedScheme): void {
  if (exactUsed === null) return;
  if (raw.under > exactUsed.under || raw.over > exactUsed.over) {
    throw new BoundExceeded(
      `${name}: observed -${raw.under}/+${raw.over} pages, beyond the exact worst case -${exactUsed.under}/+${exactUsed.over}`,
    );
  }
}

/** Whether the closed form speaks of this stream at all. */
function isBounded({ scheme }: SchemeSpec, facts: StreamFacts): boolean {
  if (scheme === 'per-thread') return facts.boundsThreads;
  return scheme !== 'per-cpu' || facts.steadyCpus;
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
  const all = { cpus: topology.online, threads };
  const used = { cpus: result.usedCpus, threads: result.usedThreads };
  const measured: ComparedScheme = {
    scheme,
    name: formatScheme(spec),
    parameters,
    stated: statedBound(spec, topology, threads),
    exact: { ...worstCase(spec, topology, all, facts), cpus: all.cpus.length },
    exactUsed: isBounded(spec, facts)
      ? {
          ...rssBound(scheme, worstCase(spec, topology, used, facts), facts.rssMembers),
          cpus: used.cpus.length,
        }
      : null,
    observed: result.observed[index]!,
  };
  demandWithinBound(measured);
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
      numaNodes: new Set(Array.from(result.usedCpus, (cpu) => nodeOf[cpu])).size,
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
