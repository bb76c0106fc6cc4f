/**
 * How wrong each scheme can get on one machine: stated and exact bounds, in flight, in memory; and how worst
 * cases run along counts of CPUs: where two change places, and in which order one grows.
 */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { isExact, type Seen, type SeenReader } from '../../kernel/seen.ts';
import { comparedTopology, describedNodes } from '../../render/compared-topology.ts';
import {
  type Holders,
  type InFlight,
  isBounded,
  type MachineSize,
  machineSize,
  SINGLE_PAGE_FAULTS,
  safeDifference,
  seenThroughClamp,
  type WorstCase,
} from '../../schemes/bound.ts';
import {
  formatScheme,
  rssBound,
  type SchemeName,
  type SchemeSpec,
  schemeNamed,
  schemeOf,
} from '../../schemes/registry.ts';
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import type {
  BoundResult,
  BoundsOfMachine,
  Crossing,
  ExactBound,
  Fit,
  Growth,
  GrowthModel,
  InFlightBounds,
  MemberAndRss,
  Relation,
  Run,
} from './result.ts';

export interface BoundRequest {
  readonly version: string;
  readonly pageSize: PageSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  /** The process whose readings are clamped; null: only the raw errors are asked for. */
  readonly sizePages: Pages | null;
  /** Also from which difference on the OOM killer cannot be wrong. */
  readonly oom: boolean;
  /** Whose counters, and who reads them; undefined: nobody said. */
  readonly seen?: Seen | undefined;
  readonly schemes: readonly SchemeSpec[];
}

/** What follows from the request alone. */
export function requestedPart({ version, threads, inFlight, sizePages, seen }: BoundRequest) {
  return {
    format: 'rss-err/bound@2',
    program: { version },
    ...(seen === undefined ? {} : { seen }),
    threads,
    kinds: SINGLE_PAGE_FAULTS,
    inFlight,
    sizePages,
  } as const;
}

/** The CPUs of --used. */
export function usedPart(used: CpuIds | null): BoundResult['used'] {
  return used === null ? null : { cpulist: formatCpulist(used), cpus: used.length };
}

/** A worst case of one member, and who there was to bring it about. */
export interface HeldBack {
  readonly worst: WorstCase;
  /** CPUs, nodes or threads: as many as can hold pages back. */
  readonly holders: number;
}

interface SchemeRequest {
  readonly size: MachineSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  readonly sizePages: Pages | null;
  readonly oom: boolean;
  readonly seen?: Seen | undefined;
}

function memberAndRss(scheme: SchemeName, member: WorstCase): MemberAndRss {
  return { ...member, rss: rssBound(scheme, member) };
}

function exactBound(scheme: SchemeName, { worst, holders }: HeldBack): ExactBound {
  const none = (worst.under === 0 && worst.over === 0) || !isBounded(worst);
  return {
    ...memberAndRss(scheme, worst),
    reachedBy: { count: none ? 0 : holders, of: schemeNamed(scheme).heldBy.of },
  };
}

function wider({ under, over }: WorstCase, extra: Pages): WorstCase {
  return { under: under + extra, over: over + extra };
}

function widerBoth(bound: MemberAndRss, extra: Pages | null): MemberAndRss | null {
  return extra === null ? null : { ...wider(bound, extra), rss: wider(bound.rss, extra) };
}

function inFlightBounds(
  spec: SchemeSpec,
  exact: MemberAndRss,
  { size, inFlight }: SchemeRequest,
): InFlightBounds {
  const { running, stalled, burst } = schemeOf(spec).inFlightExtra(spec, size, inFlight);
  return {
    running: widerBoth(exact, running),
    stalled: widerBoth(exact, stalled),
    burst: widerBoth(exact, burst),
  };
}

function seenOf(bound: MemberAndRss, size: Pages | null): MemberAndRss | null {
  if (size === null) return null;
  return { ...seenThroughClamp(bound, size), rss: seenThroughClamp(bound.rss, size) };
}

/** The OOM killer adds up the resident members and the swap entries, each clamped at 0. */
function oomDifferences(scheme: SchemeName, bound: MemberAndRss) {
  return {
    member: safeDifference(bound),
    rss: safeDifference(bound.rss),
    rssAndSwap: safeDifference(rssBound(scheme, bound, NR_MEMBERS)),
  };
}

/**
 * What the reader can be off by, once no update runs: its members' worst cases together, and nothing
 * where it gets the truth. What is resident is all in its members.
 */
function readBound(
  scheme: SchemeName,
  member: MemberAndRss,
  { sums, members }: SeenReader,
  size: Pages | null,
): WorstCase {
  if (isExact(sums)) return { under: 0, over: 0 };
  const bound = rssBound(scheme, member, members.length);
  return size === null ? bound : seenThroughClamp(bound, size);
}

/** `whole` is for all on-line CPUs, `used` for those of --used. */
export function schemeBounds(
  spec: SchemeSpec,
  request: SchemeRequest,
  whole: HeldBack,
  used: HeldBack | null,
): BoundsOfMachine {
  const { scheme, ...parameters } = spec;
  const { size, threads, sizePages, oom, seen: by } = request;
  const reader = by?.reader ?? null;
  const facts = schemeOf(spec);
  const { formula, source, ...stated } = facts.statedBound(spec, size, threads);
  const boundsOf = (held: HeldBack) => {
    const exact = exactBound(scheme, held);
    return {
      exact,
      further: {
        inFlight: inFlightBounds(spec, exact, request),
        seen: seenOf(exact, sizePages),
        ...(oom ? { oom: oomDifferences(scheme, exact) } : {}),
        ...(reader === null ? {} : { read: readBound(scheme, exact, reader, sizePages) }),
      },
    };
  };
  const { exact, further } = boundsOf(whole);
  const { inFlight, seen, ...differences } = further;
  const ofUsed = used === null ? null : boundsOf(used);
  return {
    scheme,
    name: formatScheme(spec),
    parameters,
    stated: { ...memberAndRss(scheme, stated), formula, source },
    exact,
    exactUsed: ofUsed === null ? null : { ...ofUsed.exact, ...ofUsed.further },
    inFlight,
    seen,
    memory: facts.memory(spec, size, threads),
    levels: facts.levels(spec, size.nrCpuIds),
    ...differences,
  };
}

/** What these CPUs and threads can hold back. */
export function heldBack(spec: SchemeSpec, topology: Topology, holders: Holders): HeldBack {
  const scheme = schemeOf(spec);
  return {
    worst: scheme.worstCase(spec, topology, holders, SINGLE_PAGE_FAULTS),
    holders: scheme.heldBy.count(topology, holders),
  };
}

/** Over the first 1, 2, … on-line CPUs, in ascending order. */
function usedCrossings(topology: Topology, { schemes, threads }: BoundRequest): Crossing[] {
  const holders = { cpus: topology.online, threads };
  const counts = topology.online.map((_, i) => i + 1);
  return crossingsOf(schemes, 'used CPUs', counts, (spec) =>
    schemeOf(spec).worstCasePrefixes(spec, topology, holders, SINGLE_PAGE_FAULTS),
  );
}

/**
 * The bounds of one machine, and those of the CPUs `used` of it.
 * @throws InputError where machine and schemes do not fit.
 */
export function boundOfTopology(
  request: BoundRequest,
  topology: Topology,
  used: CpuIds | null,
): BoundResult {
  const { pageSize, threads, inFlight, sizePages, schemes, oom, seen } = request;
  const size = machineSize(topology);
  const schemeRequest = { size, threads, inFlight, sizePages, oom, seen };
  const heldBackBy = (spec: SchemeSpec, cpus: CpuIds) =>
    heldBack(spec, topology, { cpus, threads });
  return {
    ...requestedPart(request),
    topology: comparedTopology(topology, pageSize),
    range: null,
    used: usedPart(used),
    schemes: schemes.map((spec) => ({
      onlineCpus: size.onlineCpus,
      nrCpuIds: size.nrCpuIds,
      numaNodes: describedNodes(topology),
      ...schemeBounds(
        spec,
        schemeRequest,
        heldBackBy(spec, topology.online),
        used === null ? null : heldBackBy(spec, used),
      ),
    })),
    crossings: usedCrossings(topology, request),
    growth: [],
    staircase: [],
  };
}

function relationOf(subject: Pages, other: Pages): Relation {
  if (subject === other) return 'equal';
  return subject > other ? 'above' : 'below';
}

/** The relation of two worst cases along ascending counts, as runs of equal relation. */
export function crossingRuns(
  counts: ArrayLike<number>,
  subject: ArrayLike<Pages>,
  other: ArrayLike<Pages>,
): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let i = 0; i < counts.length; i++) {
    const relation = relationOf(subject[i]!, other[i]!);
    const next = i + 1;
    if (next < counts.length && relationOf(subject[next]!, other[next]!) === relation) continue;
    runs.push({ from: counts[first]!, to: counts[i]!, values: next - first, relation });
    first = next;
  }
  return runs;
}

/** Each tree set against the first per-CPU scheme, where there is one: the question of the RFC. */
export function crossingsOf(
  schemes: readonly SchemeSpec[],
  over: Crossing['over'],
  counts: ArrayLike<number>,
  limitsOf: (spec: SchemeSpec) => ArrayLike<Pages>,
): Crossing[] {
  const perCpu = schemes.find(({ scheme }) => scheme === 'per-cpu');
  const trees = schemes.filter(({ scheme }) => scheme === 'tree');
  if (perCpu === undefined || trees.length === 0) return [];
  const limits = limitsOf(perCpu);
  return trees.map((tree) => ({
    subject: formatScheme(tree),
    other: formatScheme(perCpu),
    over,
    runs: crossingRuns(counts, limitsOf(tree), limits),
  }));
}

/** From the slowest. */
export const GROWTH_MODELS: readonly GrowthModel[] = ['N', 'N log2 N', 'N^2'];

const CURVES: Record<GrowthModel, (cpus: number) => number> = {
  N: (cpus) => cpus,
  'N log2 N': (cpus) => cpus * Math.log2(cpus),
  'N^2': (cpus) => cpus * cpus,
};

/** A curve through the origin, by least squares with one coefficient: a = Σ f·y / Σ f². */
export function fitCurve(
  model: GrowthModel,
  cpus: ArrayLike<number>,
  worst: ArrayLike<Pages>,
): Fit {
  const curve = CURVES[model];
  let products = 0;
  let squares = 0;
  let total = 0;
  for (let i = 0; i < cpus.length; i++) {
    const f = curve(cpus[i]!);
    products += f * worst[i]!;
    squares += f * f;
    total += worst[i]! ** 2;
  }
  const coefficient = products / squares;
  let left = 0;
  for (let i = 0; i < cpus.length; i++) left += (worst[i]! - coefficient * curve(cpus[i]!)) ** 2;
  return { model, coefficient, residual: Math.sqrt(left / total) };
}

/** With fewer values a curve of one coefficient says nothing. */
export const LEAST_VALUES = 3;

export function growthOf(
  name: string,
  cpus: ArrayLike<number>,
  worst: ArrayLike<Pages>,
  levels: readonly number[],
): Growth {
  const range = { from: cpus[0]!, to: cpus[cpus.length - 1]!, values: cpus.length };
  const first = worst[0]!;
  if (Array.prototype.every.call(worst, (pages) => pages === first)) {
    return { name, ...range, levels, fits: [], best: 'constant' };
  }
  const fits = GROWTH_MODELS.map((model) => fitCurve(model, cpus, worst));
  const best = fits.reduce((least, fit) => (fit.residual < least.residual ? fit : least));
  return { name, ...range, levels, fits, best: best.model };
}
