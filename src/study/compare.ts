/** The main job: one workload through several schemes, with their bounds and observed errors. */
import { statedBound, worstCase } from '../bounds/bounds.ts';
import type { UpdateKinds } from '../bounds/worst-case.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { type Heartbeat, type Replay, replay } from '../replay/replay.ts';
import { createCounters, formatScheme } from '../schemes/registry.ts';
import { formatCpulist } from '../topology/cpulist.ts';
import { topologySha256 } from '../topology/normal-form.ts';
import { nodeOfCpu, type Topology } from '../topology/topology.ts';
import type { PageSize } from '../units/pages.ts';
import { generateUpdates } from '../workload/generate.ts';
import type { PresetName } from '../workload/presets.ts';
import type { Workload } from '../workload/workload.ts';
import { COMPARISON_FORMAT, type ComparedScheme, type Comparison } from './comparison.ts';

export interface CompareRequest {
  readonly version: string;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly preset: PresetName;
  readonly workload: Workload;
  readonly schemes: readonly SchemeSpec[];
}

/** An observation beyond an exact worst case: the bound or the simulation is wrong. */
export class BoundExceeded extends Error {
  override readonly name = 'BoundExceeded';
}

/** The generators fault single pages of one member, and no fault of theirs takes a page away. */
const GENERATED_KINDS: UpdateKinds = { pagesPerFault: 1, faultsDecrement: false };

function demandWithinBound({ name, exactUsed, observed: { raw } }: ComparedScheme): void {
  if (raw.under > exactUsed.under || raw.over > exactUsed.over) {
    throw new BoundExceeded(
      `${name}: observed -${raw.under}/+${raw.over} pages, beyond the exact worst case -${exactUsed.under}/+${exactUsed.over}`,
    );
  }
}

function comparedScheme(
  spec: SchemeSpec,
  { topology, workload }: CompareRequest,
  result: Replay,
  index: number,
): ComparedScheme {
  const { scheme, ...parameters } = spec;
  const all = { cpus: topology.online, threads: workload.threads };
  const used = { cpus: result.usedCpus, threads: result.usedThreads };
  const compared: ComparedScheme = {
    scheme,
    name: formatScheme(spec),
    parameters,
    stated: statedBound(spec, topology, workload.threads),
    exact: { ...worstCase(spec, topology, all, GENERATED_KINDS), cpus: all.cpus.length },
    exactUsed: { ...worstCase(spec, topology, used, GENERATED_KINDS), cpus: used.cpus.length },
    observed: result.observed[index]!,
  };
  demandWithinBound(compared);
  return compared;
}

/**
 * Replays the workload through all schemes at once.
 * @throws InputError where machine, workload and schemes do not fit; LedgerMismatch or
 *   BoundExceeded where the program contradicts itself.
 */
export async function compare(request: CompareRequest, heartbeat: Heartbeat): Promise<Comparison> {
  const { topology, workload, pageSize, schemes } = request;
  const counters = schemes.map((spec) => ({
    name: formatScheme(spec),
    counters: createCounters(topology, spec),
  }));
  const updates = generateUpdates(topology, workload, pageSize);
  const result = await replay(updates, topology.nrCpuIds, counters, heartbeat);
  const nodeOf = nodeOfCpu(topology);
  return {
    format: COMPARISON_FORMAT,
    program: { version: request.version },
    topology: {
      name: topology.name,
      sha256: topologySha256(topology),
      nrCpuIds: topology.nrCpuIds,
      possibleCpus: topology.possible.length,
      presentCpus: topology.present.length,
      onlineCpus: topology.online.length,
      numaNodes: topology.numaNodes.length,
      pageSize,
    },
    workload: {
      preset: request.preset,
      threads: workload.threads,
      policy: workload.policy,
      pattern: workload.pattern,
      mappingPages: workload.mappingPages,
      hugePerMillion: workload.hugePerMillion,
      cpus: formatCpulist(workload.cpus),
    },
    seed: workload.seed,
    operations: result.operations,
    updates: result.updates,
    rssPages: result.rss,
    used: {
      cpus: result.usedCpus.length,
      numaNodes: new Set(Array.from(result.usedCpus, (cpu) => nodeOf[cpu])).size,
      threads: result.usedThreads,
    },
    schemes: schemes.map((spec, index) => comparedScheme(spec, request, result, index)),
  };
}

/** The largest observed error of the reading, either side, over all schemes; pages. */
export function largestObserved(comparison: Comparison): { name: string; pages: number } {
  return comparison.schemes
    .map(({ name, observed: { clamped } }) => ({
      name,
      pages: Math.max(clamped.under, clamped.over),
    }))
    .reduce((largest, row) => (row.pages > largest.pages ? row : largest));
}
