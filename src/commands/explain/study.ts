/** Explains figures: what each may stand for by the exact bounds of this kernel's counters, and together. */
import { percpuCounterBatch } from '../../kernel/batches.ts';
import { faultAroundPages, pagesPerPageTable } from '../../kernel/page-table.ts';
import {
  isClamped,
  preciseFrom,
  READERS,
  type Reader,
  sumsOfReader,
} from '../../kernel/readers.ts';
import { type KernelRelease, schemeOfRelease } from '../../kernel/releases.ts';
import type { MemberName } from '../../kernel/rss-stat.ts';
import type { WhoReads } from '../../kernel/tools.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import { machineSize, type UpdateKinds, type WorstCase } from '../../schemes/bound.ts';
import {
  formatScheme,
  parseScheme,
  rssBound,
  type SchemeSpec,
  schemeOf,
} from '../../schemes/registry.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import {
  basisOf,
  differencesAcrossReads,
  differencesAtOnce,
  type Figure,
  type Interval,
  isExplicable,
  residentAtPeak,
  residentNow,
  type Surroundings,
  trueChange,
} from './interval.ts';
import type { ExplainedPair, ExplainedReading, ExplainResult } from './result.ts';
import type { Rounded } from './shown.ts';

/** One reader, and what it shows; null: anything. */
export interface Reading {
  readonly who: WhoReads;
  readonly shown: Pages | null;
  /** What a figure of so few digits may be of; null: it is exact. */
  readonly rounded: Rounded | null;
}

export interface ExplainRequest {
  readonly version: string;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly kernel: KernelRelease;
  readonly kernelFrom: 'option' | 'running system';
  /** Null where nothing is known of them, which is right where no thread holds pages back. */
  readonly threads: number | null;
  /** CPUs on which the process was counted, and how many went off-line meanwhile. */
  readonly used: CpuIds;
  readonly offlinedCpus: number;
  /** Of the same members; the first is the one that is asked about. */
  readonly readings: readonly Reading[];
}

const RSS: readonly MemberName[] = ['file', 'anon', 'shmem'];

/**
 * Whose pages a figure in pages counts: a walk and the OOM report's rss those of the RSS. The event has one
 * member at a time, of which file's bound is the widest.
 */
export function membersOf({ name, members }: Reader): readonly MemberName[] {
  if (name === 'rss_stat') return ['file'];
  if (name === 'oom_score') return members;
  const ofRss = members.filter((member) => member !== 'swap');
  return members.length === 0 ? RSS : ofRss.length === 0 ? members : ofRss;
}

/**
 * The scheme of a kernel's counters. Where CPUs went off-line, counts on the others keep up to the batch
 * of before less one until they are next added to (lib/percpu_counter.c, compute_batch_value()).
 */
export function schemeOn(
  kernel: KernelRelease,
  topology: Topology,
  offlinedCpus: number,
): SchemeSpec {
  const spec = parseScheme(schemeOfRelease(kernel).value);
  if (spec.scheme !== 'per-cpu' || offlinedCpus === 0) return spec;
  return { ...spec, batch: percpuCounterBatch(topology.online.length + offlinedCpus) };
}

/**
 * Faults of any kind: around a page of a file or of shared memory several are mapped; a page that is copied
 * or swapped in leaves its member, and only reclaim adds to swap, past the threads' caches.
 */
function kindsOf(members: readonly MemberName[], pageSize: PageSize): UpdateKinds {
  const isAround = members.includes('file') || members.includes('shmem');
  return {
    pagesAddedPerFault: isAround ? faultAroundPages(pageSize) : Number(members.includes('anon')),
    pagesTakenPerFault: Number(members.some((name) => name !== 'anon')),
  };
}

/** The exact worst case of one member, and of the members together. */
export function errorsOf(
  { topology, pageSize, threads, used, readings }: ExplainRequest,
  spec: SchemeSpec,
): { member: WorstCase; rss: WorstCase } {
  const holders = { cpus: used, threads: threads ?? 0 };
  const members = membersOf(readings[0]!.who.reader);
  const kinds = kindsOf(members, pageSize);
  const member = schemeOf(spec).worstCase(spec, topology, holders, kinds);
  return { member, rss: rssBound(spec.scheme, member, members.length) };
}

const readerNamed = (name: string) => READERS.find((reader) => reader.name === name)!;

function figureOf({ who: { reader }, shown, rounded }: Reading, kernel: KernelRelease): Figure {
  return { basis: basisOf(reader, sumsOfReader(reader, kernel).value), shown: shown ?? 0, rounded };
}

const CHEAP_FIRST = ['statm', 'VmRSS', 'smaps_rollup'].map(readerNamed);

/** Readers of the same pages that show the truth; none where this one does, or is of something else. */
function betterThan({ reader }: WhoReads, { basis }: Figure, kernel: KernelRelease): string[] {
  if (basis === 'truth' || basis === 'other') return [];
  const own = membersOf(reader).join();
  return CHEAP_FIRST.filter(
    (other) =>
      basisOf(other, sumsOfReader(other, kernel).value) === 'truth' &&
      (other.members.length === 0 || membersOf(other).join() === own),
  ).map(({ name }) => name);
}

const EXACT: WorstCase = { under: 0, over: 0 };

const widthOf = (rounded: Rounded | null) => (rounded === null ? 0 : rounded.high - rounded.low);

function explainedReading(
  reading: Reading,
  kernel: KernelRelease,
  surroundings: Surroundings,
): ExplainedReading {
  const { who, shown, rounded } = reading;
  const { reader, word } = who;
  const figure = figureOf(reading, kernel);
  const { value, evidence, source } = sumsOfReader(reader, kernel);
  const { basis } = figure;
  const error = basis === 'other' ? null : basis === 'truth' ? EXACT : surroundings.error;
  return {
    reader: word,
    label: who.label,
    reads: reader.reads,
    sums: value,
    isPeak: reader.isPeak,
    clamped: isClamped(value),
    ...{ evidence, source, shown, rounded, error },
    now: shown === null ? null : residentNow(figure, surroundings),
    peak: shown === null ? null : residentAtPeak(figure, surroundings),
    equalHide: error === null ? null : error.under + error.over + widthOf(rounded),
    better: betterThan(who, figure, kernel),
    preciseFrom: preciseFrom(reader),
  };
}

/** Two figures of one reader: the second is the later one. */
function changePair(name: string, figures: readonly [Figure, Figure], surroundings: Surroundings) {
  const [first, second] = figures.map(
    (figure) => residentAtPeak(figure, surroundings) ?? residentNow(figure, surroundings)!,
  ) as [Interval, Interval];
  const { low, high } = trueChange(first, second);
  const isSum = figures[0].basis !== 'truth';
  return {
    ...({ lowest: low, highest: high, when: 'one after the other', explicable: true } as const),
    errorOf: isSum ? [name] : [],
  };
}

function explainedPair(
  [one, other]: readonly [Reading, Reading],
  kernel: KernelRelease,
  surroundings: Surroundings,
): ExplainedPair {
  const figures = [figureOf(one, kernel), figureOf(other, kernel)] as const;
  const [first, second] = figures;
  const names = { first: one.who.word, second: other.who.word };
  const difference = first.shown - second.shown;
  if (one.who.reader.name === other.who.reader.name) {
    return { ...names, difference, ...changePair(names.first, figures, surroundings) };
  }
  const atOnce = differencesAtOnce(first, second, surroundings);
  const across = differencesAcrossReads(first, second, surroundings);
  const isAcross = !isExplicable(difference, atOnce) && isExplicable(difference, across);
  const limits = isAcross ? across : atOnce;
  const approximate = [one, other].filter((_, i) => figures[i]!.basis !== 'truth');
  return {
    ...{ ...names, difference, ...limits },
    when: isAcross ? 'across reads' : 'at once',
    explicable: isExplicable(difference, limits),
    errorOf: approximate.map(({ who }) => who.word),
  };
}

function pairsOf<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((one, i) => all.slice(i + 1).map((other): [T, T] => [one, other]));
}

/** What all figures together leave, where they are of one moment. */
function together(
  readings: readonly ExplainedReading[],
  pairs: readonly ExplainedPair[],
): Interval | null {
  const isOneMoment = pairs.every(({ when, explicable }) => when === 'at once' && explicable);
  if (readings.length < 2 || !isOneMoment) return null;
  const low = Math.max(...readings.map(({ now }) => now!.low));
  const high = Math.min(...readings.map(({ now }) => now!.high));
  return low > high ? null : { low, high };
}

/** VmHWM is then no lower than the precise sum now. */
function isStatusPrecise(kernel: KernelRelease): boolean {
  return sumsOfReader(readerNamed('VmRSS'), kernel).value === 'precise';
}

/** All but what is typical. The readings are of readers that show pages of a process. */
export function explain(request: ExplainRequest): Omit<ExplainResult, 'typical'> {
  const { version, topology, pageSize, kernel, threads, used } = request;
  const spec = schemeOn(kernel, topology, request.offlinedCpus);
  const scheme = schemeOf(spec);
  const size = machineSize(topology);
  const holders = { cpus: used, threads: threads ?? 0 };
  const holding = scheme.holding(spec, topology, holders.cpus, holders.threads);
  const known = schemeOfRelease(kernel);
  const { member, rss } = errorsOf(request, spec);
  const surroundings = { error: rss, isStatusPrecise: isStatusPrecise(kernel) };
  const readings = request.readings.map((one) => explainedReading(one, kernel, surroundings));
  const pairs = pairsOf(request.readings).map((two) => explainedPair(two, kernel, surroundings));
  return {
    format: 'rss-err/explain@2',
    program: { version },
    topology: comparedTopology(topology, pageSize),
    kernel: { release: kernel.text, from: request.kernelFrom },
    scheme: formatScheme(spec),
    schemeEvidence: known.evidence,
    schemeSource: known.source,
    heldBy: { of: scheme.heldBy.of, count: scheme.heldBy.count(topology, holders) },
    batch: spec.scheme === 'per-cpu' && holding.kind === 'cells' ? holding.batch : null,
    ...{ threads, used: { cpus: used.length }, offlinedCpus: request.offlinedCpus },
    ...{ members: membersOf(request.readings[0]!.who.reader), exact: { ...member, rss } },
    inFlight: scheme.inFlightExtra(spec, size, {
      updates: used.length,
      pages: pagesPerPageTable(pageSize),
    }).running,
    readings,
    pairs,
    together: together(readings, pairs),
  };
}
