/** Replays a source of updates through several schemes and sets the errors beside the bounds. */

import { Contradiction, InputError } from '../../errors.ts';
import { formatBytes, formatCount } from '../../render/amounts.ts';
import { comparedTopology, usedNodes } from '../../render/compared-topology.ts';
import { burnIn } from '../../replay/burn-in.ts';
import { type Heartbeat, type Replay, replay } from '../../replay/replay.ts';
import type { Stages } from '../../replay/stages.ts';
import type { WarmUp } from '../../replay/warm-up.ts';
import {
  machineSize,
  type StreamTraits,
  type UpdateKinds,
  type WorstCase,
} from '../../schemes/bound.ts';
import {
  createCounters,
  formatScheme,
  rssBound,
  type SchemeSpec,
  schemeOf,
} from '../../schemes/registry.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { type PageSize, pagesToBytes } from '../../units.ts';
import type { UpdateSource } from '../../update/columns.ts';
import type { RunCost, SchemeCost } from './cost-result.ts';
import type { ComparedScheme, MeasuredRun, SeriesRecord } from './result.ts';
import type { CostRequest, CostWatch } from './run-cost.ts';

export interface MeasureRequest extends Stages {
  readonly version: string;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly schemes: readonly SchemeSpec[];
  /** Counts what the updates cost too. */
  readonly cost?: CostRequest;
}

/** An observation beyond an exact worst case: the bound or the simulation is wrong. */
export class BoundExceeded extends Contradiction {
  override readonly name = 'BoundExceeded';
}

/** With the buckets asked for. */
export interface WithSeries {
  readonly series?: readonly SeriesRecord[];
}

/** What the bounds have to know of a stream. */
export interface StreamFacts extends UpdateKinds, StreamTraits {
  /** Threads of the process; null: those that made updates. */
  readonly threads: number | null;
  /** Members of the resident set that the stream updates: each has a counter of its own. */
  readonly rssMembers: number;
}

/** RSS against the bound of as many counters as the stream updates. @throws BoundExceeded. */
export function demandWithinBound(
  spec: SchemeSpec,
  { under, over }: WorstCase,
  exactUsed: WorstCase | null,
  rssMembers: number,
): void {
  if (exactUsed === null) return;
  const bound = rssBound(spec.scheme, exactUsed, rssMembers);
  if (under <= bound.under && over <= bound.over) return;
  throw new BoundExceeded(
    `${formatScheme(spec)}: observed -${under}/+${over} pages, beyond the exact worst case -${bound.under}/+${bound.over}`,
  );
}

/** The bounds of a scheme for a stream, and for the CPUs and threads that it used. */
export function boundsOf(
  spec: SchemeSpec,
  topology: Topology,
  facts: StreamFacts,
  used: Pick<Replay, 'usedCpus' | 'usedThreads'>,
): Pick<ComparedScheme, 'stated' | 'exact' | 'exactUsed'> {
  const threads = facts.threads ?? used.usedThreads;
  const scheme = schemeOf(spec);
  const worst = (cpus: CpuIds, holders: number) => {
    if (!scheme.boundsStream(spec, facts)) return null;
    const { under, over } = scheme.worstCase(spec, topology, { cpus, threads: holders }, facts);
    return { under, over, cpus: cpus.length };
  };
  return {
    stated: scheme.statedBound(spec, machineSize(topology), threads),
    exact: worst(topology.online, threads),
    exactUsed: worst(used.usedCpus, used.usedThreads),
  };
}

function measuredScheme(
  spec: SchemeSpec,
  topology: Topology,
  facts: StreamFacts,
  result: Replay,
  index: number,
): ComparedScheme {
  const { scheme, ...parameters } = spec;
  const warmUp = result.warmedUp?.observed[index];
  const measured: ComparedScheme = {
    scheme,
    name: formatScheme(spec),
    parameters,
    ...boundsOf(spec, topology, facts, result),
    observed: result.observed[index]!,
    ...(warmUp === undefined ? {} : { warmUp }),
    readPages: result.read[index]!,
    ...(result.distributions === null ? {} : { distribution: result.distributions[index]! }),
    zeroSinceOperation: result.zeroSince[index]!,
    ...(result.windows === null ? {} : { burnInOperations: burnIn(result.windows, index) }),
  };
  for (const { raw } of [measured.observed, ...(warmUp === undefined ? [] : [warmUp])]) {
    demandWithinBound(spec, raw, measured.exactUsed, facts.rssMembers);
  }
  return measured;
}

/** As results tell it. */
export function warmUpOf(
  warmUp: WarmUp | undefined,
  warmedUp: Replay['warmedUp'],
): Pick<MeasuredRun, 'warmUp'> {
  if (warmUp === undefined || warmedUp === null) return {};
  const untilPages = 'pages' in warmUp ? warmUp.pages : null;
  return { warmUp: { operations: warmedUp.operations, untilPages } };
}

interface Costs {
  readonly run: { readonly cost?: RunCost };
  /** In the order of the schemes. */
  readonly schemes: readonly { readonly cost?: SchemeCost }[];
}

/** Counts what updates cost, where that is asked for. */
export async function watchOf({
  topology,
  schemes,
  cost,
}: MeasureRequest): Promise<CostWatch | null> {
  if (cost === undefined) return null;
  const { watchCost } = await import('./run-cost.ts');
  return watchCost(topology, schemes, cost);
}

/** The costs of a run whose processes had so many threads together. */
export function costsOf(
  watch: CostWatch | null,
  { topology, schemes }: MeasureRequest,
  operations: number,
  threads: number,
): Costs {
  if (watch === null) return { run: {}, schemes: schemes.map(() => ({})) };
  const ofOne = watch.processes > 1 ? watch.mostThreads : threads;
  const machine = machineSize(topology);
  const memory = schemes.map((spec) => schemeOf(spec).memory(spec, machine, ofOne));
  const size = { operations, threads: ofOne, memory };
  return {
    run: { cost: watch.run(size) },
    schemes: watch.schemes(size).map((cost) => ({ cost })),
  };
}

/** @throws InputError where so many operations leave none to observe. */
export function demandShorter(warmUp: number, operations: number): void {
  if (warmUp === 0 || warmUp < operations) return;
  const all = formatCount(operations, 'operation');
  throw new InputError(`--warm-up ${warmUp}: there are ${all}: expected fewer`);
}

/** @throws InputError where the warm-up has left nothing to observe. */
export function demandWarmedUp(
  warmUp: WarmUp | undefined,
  { operations, largestRss, warmedUp }: Pick<Replay, 'operations' | 'largestRss' | 'warmedUp'>,
  pageSize: PageSize,
): void {
  if (warmUp === undefined || (warmedUp !== null && warmedUp.operations < operations)) return;
  if ('operations' in warmUp) {
    demandShorter(warmUp.operations, operations);
    return;
  }
  const all = formatCount(operations, 'operation');
  const bytes = (pages: number) => formatBytes(pagesToBytes(pages, pageSize));
  throw new InputError(
    `--warm-up auto: the process came to ${bytes(largestRss)} of ${bytes(warmUp.pages)} in ${all}: try more --operations`,
  );
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
): Promise<MeasuredRun & WithSeries> {
  const { topology, schemes, warmUp, pageSize } = request;
  const counters = schemes.map((spec) => ({
    name: formatScheme(spec),
    counters: createCounters(topology, spec),
  }));
  const watch = await watchOf(request);
  const listeners = watch === null ? [] : [watch.open()];
  const result = await replay(source, topology.nrCpuIds, counters, heartbeat, listeners, request);
  demandWarmedUp(warmUp, result, pageSize);
  const facts = factsOf();
  const threads = facts.threads ?? result.usedThreads;
  const costs = costsOf(watch, request, result.operations, threads);
  return {
    program: { version: request.version },
    topology: comparedTopology(topology, pageSize),
    operations: result.operations,
    ...warmUpOf(warmUp, result.warmedUp),
    updates: result.updates,
    rssPages: result.rss,
    largestRssPages: result.largestRss,
    used: {
      cpus: result.usedCpus.length,
      numaNodes: usedNodes(topology, result.usedCpus),
      threads: result.usedThreads,
    },
    ...costs.run,
    schemes: schemes.map((spec, index) => ({
      ...measuredScheme(spec, topology, facts, result, index),
      ...costs.schemes[index],
    })),
    ...(request.buckets === undefined ? {} : { series: seriesOf(request, result) }),
  };
}

/** A scheme after the other. */
function seriesOf({ schemes }: MeasureRequest, { series }: Replay): SeriesRecord[] {
  return schemes.flatMap((spec, i) =>
    series[i]!.map((bucket) => ({ scheme: formatScheme(spec), ...bucket })),
  );
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
