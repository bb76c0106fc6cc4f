/** What a counter is judged by, each figure exact: from the scheme's own closed forms and its count of touches. */
import { numaSlot } from '../../kernel/batches.ts';
import { MEMBER } from '../../kernel/rss-stat.ts';
import { itemMappings, itemOf } from '../../kernel/tree-shape.ts';
import {
  type InFlight,
  largerSide,
  type MachineSize,
  SINGLE_PAGE_FAULTS,
  type WorstCase,
} from '../../schemes/bound.ts';
import { type CostCounts, distancesOn } from '../../schemes/cost.ts';
import { rssBound, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { nodeOfCpu, type Topology } from '../../topology/topology.ts';
import type { Bytes, Pages } from '../../units.ts';
import { appendRow, createUpdateColumns } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';

/** The machine and the process that a counter is built for. */
export interface Purpose {
  readonly topology: Topology;
  readonly size: MachineSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  /** The CPUs that such a process uses; null: all on-line ones. */
  readonly used: CpuIds | null;
  /** Pages that a thread maps between two switches of its CPU to another process. */
  readonly switchEvery: Pages;
}

/** Figures of one design, each the less the better. */
export interface Figures {
  /** Larger side of the exact worst case of one member, settled, over all on-line CPUs; pages. */
  readonly worst: Pages;
  /** The same over the CPUs of --used. */
  readonly used: Pages;
  /** A model: the larger side of `worst`, were readings moved by a constant to the middle of the interval. */
  readonly centred: Pages;
  /** The same of `used`, were they moved by half of what the CPUs used can hold back. */
  readonly centredUsed: Pages;
  /** With updates in flight; infinite where there is no bound. */
  readonly inFlight: Pages;
  /** Touches of shared lines, a page of a process that grows. */
  readonly touches: number;
  /** Those of the line that has the most, while all on-line CPUs grow alike. */
  readonly busiest: number;
  /** Of the four members of one process. */
  readonly memory: Bytes;
  /** Values that one reading adds up. */
  readonly reads: number;
  /** Values that a precise sum of one member adds up; infinite where there is none. */
  readonly precise: number;
}

export const EXACT_OBJECTIVES = [
  'worst',
  'used',
  'centred',
  'centred-used',
  'in-flight',
  'touches',
  'busiest',
  'memory',
  'reads',
  'precise',
] as const;

export type ExactObjective = (typeof EXACT_OBJECTIVES)[number];

/** Known when each design has been replayed. */
const REPLAYED_OBJECTIVES = ['observed', 'atomics', 'moved', 'time'] as const;

export const OBJECTIVES = [...EXACT_OBJECTIVES, ...REPLAYED_OBJECTIVES] as const;

export type Objective = (typeof OBJECTIVES)[number];

export const MOST_OBJECTIVES = OBJECTIVES.length;

export function isExact(objective: Objective): objective is ExactObjective {
  return EXACT_OBJECTIVES.includes(objective as ExactObjective);
}

/** The figure of an objective. */
export function figureOf(figures: Figures, objective: ExactObjective): number {
  switch (objective) {
    case 'in-flight':
      return figures.inFlight;
    case 'centred-used':
      return figures.centredUsed;
    default:
      return figures[objective];
  }
}

/** Pages that the growing process maps, one by one: whole batches of every level of any tree. */
const GROWTH: Pages = 2 ** 30;

/** The most CPUs of a machine that share one of some lines. */
function mostAlike(lineOf: readonly number[] | Int32Array): number {
  const counts = new Map<number, number>();
  let most = 0;
  for (const line of lineOf) {
    const count = (counts.get(line) ?? 0) + 1;
    counts.set(line, count);
    if (count > most) most = count;
  }
  return most;
}

/** Of each sort of shared line, from the CPU upwards: how many on-line CPUs count on the fullest one. */
function sharersOf(spec: SchemeSpec, { topology, threads }: Purpose, sorts: number): number[] {
  const { online } = topology;
  const holding = schemeOf(spec).holding(spec, topology, online, threads);
  const all = new Array<number>(sorts).fill(online.length);
  if (holding.kind === 'tree') {
    const { numbers, shape, mapping } = holding;
    const shared = itemMappings(shape, mapping).map((item) =>
      mostAlike(numbers.map((number) => itemOf(item, number))),
    );
    return all.map((everyone, level) => shared[level] ?? everyone);
  }
  if (holding.kind === 'two-level') all[0] = mostAlike(holding.groups);
  if (holding.kind === 'cells' && holding.isShared) {
    const nodeOf = nodeOfCpu(topology);
    all[0] = mostAlike(online.map((cpu) => numaSlot(nodeOf[cpu]!)));
  }
  return all;
}

/** Touches of each sort of shared line so far. */
function touchesOf({ shared }: CostCounts): number[] {
  return shared.map(({ atomics, locks }) => atomics + locks);
}

/**
 * Touches a page of each sort of shared line, by the scheme's own count of them: one thread of a process
 * of several maps page after page on one CPU; of the stash between two switches, after each of which its
 * cells are empty again.
 */
async function touchesPerPage(spec: SchemeSpec, purpose: Purpose): Promise<number[]> {
  const { topology, threads, switchEvery } = purpose;
  const { createCostCounters } = await schemeOf(spec).loadCost();
  const counters = createCostCounters(topology, spec, distancesOn(topology));
  const cpu = topology.online[0]!;
  const pages = spec.scheme === 'stash' ? switchEvery : GROWTH;
  const columns = createUpdateColumns(4);
  const { anon } = MEMBER;
  for (let thread = 0; thread < Math.min(threads, 2); thread++) {
    appendRow(columns, thread, cpu, 0, KIND.threadStart, anon, 0);
  }
  columns.threads = 2;
  counters.apply(columns);
  const before = touchesOf(counters.counts);
  columns.length = 0;
  appendRow(columns, 0, cpu, pages, KIND.fault, anon, 1);
  appendRow(columns, 0, cpu, 0, KIND.switchOut, anon, 0);
  counters.apply(columns);
  return touchesOf(counters.counts).map((touches, sort) => (touches - before[sort]!) / pages);
}

/** The exact worst case of one member over some CPUs, settled. */
export function worstOf(spec: SchemeSpec, purpose: Purpose, cpus: CpuIds): WorstCase {
  const { topology, threads } = purpose;
  return schemeOf(spec).worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS);
}

/** What an ordinary reading adds up: one value, but the stash's with the cells of those that may run it. */
function readsOf(spec: SchemeSpec, { topology }: Purpose): number {
  const walks = spec.scheme === 'stash' && spec.read === 'running';
  return walks ? 1 + topology.online.length : 1;
}

/** Both sides of an interval of this width, once its middle is read; a model. */
export function centredOf({ under, over }: WorstCase): WorstCase {
  const width = under + over;
  return { under: Math.ceil(width / 2), over: Math.floor(width / 2) };
}

/** @throws InputError where the machine and the design do not fit. */
export async function figuresOf(spec: SchemeSpec, purpose: Purpose): Promise<Figures> {
  const { topology, size, threads, inFlight, used } = purpose;
  const scheme = schemeOf(spec);
  const sides = worstOf(spec, purpose, topology.online);
  const sidesUsed = used === null ? sides : worstOf(spec, purpose, used);
  const worst = largerSide(sides);
  const { running } = scheme.inFlightExtra(spec, size, inFlight);
  const rates = await touchesPerPage(spec, purpose);
  const sharers = sharersOf(spec, purpose, rates.length);
  const cpus = topology.online.length;
  return {
    worst,
    used: largerSide(sidesUsed),
    centred: largerSide(centredOf(sides)),
    centredUsed: largerSide(centredOf(sidesUsed)),
    inFlight: running === null ? Number.POSITIVE_INFINITY : worst + running,
    touches: rates.reduce((sum, rate) => sum + rate, 0),
    busiest: Math.max(0, ...rates.map((rate, sort) => (rate * sharers[sort]!) / cpus)),
    memory: scheme.memory(spec, size, threads).total,
    reads: readsOf(spec, purpose),
    precise: scheme.preciseSum(spec, topology)?.reads ?? Number.POSITIVE_INFINITY,
  };
}

/** What RSS, of several members, can be off by: the larger side. */
export function rssOf(
  { scheme }: Pick<SchemeSpec, 'scheme'>,
  { worst }: Pick<Figures, 'worst'>,
): Pages {
  return largerSide(rssBound(scheme, { under: worst, over: worst }));
}
