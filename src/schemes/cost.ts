/**
 * The cost of a scheme's updates: which cache lines they touch, from how far each line comes, and the
 * contract of what counts that. Nothing here takes time or counts pages.
 */
import { CACHE_LINE } from '../kernel/counter-layout.ts';
import { groupOfCpu, lastLevelCaches, type Topology } from '../topology/topology.ts';
import type { Bytes } from '../units.ts';
import type { UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';

/** Where a line's last toucher was, seen from the CPU that touches it now; see docs/cost.md. */
export const DISTANCES = [
  'unknown',
  'sameCpu',
  'sameCore',
  'sameCache',
  'sameNode',
  'remoteNode',
] as const;

export type Distance = (typeof DISTANCES)[number];

/** The place of each in DISTANCES. */
export const DISTANCE = {
  unknown: 0,
  sameCpu: 1,
  sameCore: 2,
  sameCache: 3,
  sameNode: 4,
  remoteNode: 5,
} as const satisfies Record<Distance, number>;

/** Which distances a description can tell: without cores or caches theirs fold into the next. */
export interface Described {
  readonly cores: boolean;
  /** The level of the last-level caches; null: no cache is described. */
  readonly cacheLevel: number | null;
}

export function describedBy(topology: Topology): Described {
  const levels = topology.caches.map(({ level }) => level);
  return {
    cores: topology.cores.length > 0,
    cacheLevel: levels.length === 0 ? null : Math.max(...levels),
  };
}

/** The distance of two CPUs, as its place in DISTANCES. */
export type DistanceOf = (cpu: number, other: number) => number;

/** A CPU in no core or cache shares none; one without a node counts on the first. */
export function distancesOn(topology: Topology): DistanceOf {
  const { nrCpuIds } = topology;
  const coreOf = groupOfCpu(nrCpuIds, topology.cores);
  const cacheOf = groupOfCpu(nrCpuIds, lastLevelCaches(topology));
  const nodes = topology.numaNodes.map(({ cpus }) => cpus);
  const nodeOf = groupOfCpu(nrCpuIds, nodes).map((node) => Math.max(node, 0));
  return (cpu, other) => {
    if (cpu === other) return DISTANCE.sameCpu;
    if (coreOf[cpu]! >= 0 && coreOf[cpu] === coreOf[other]) return DISTANCE.sameCore;
    if (cacheOf[cpu]! >= 0 && cacheOf[cpu] === cacheOf[other]) return DISTANCE.sameCache;
    return nodeOf[cpu] === nodeOf[other] ? DISTANCE.sameNode : DISTANCE.remoteNode;
  };
}

/** Touches by distance, in the order of DISTANCES. */
export type Transfers = Float64Array;

const createTransfers = (): Transfers => new Float64Array(DISTANCES.length);

export interface Lines {
  /** So many touches in a row of one line by one CPU: the first brings the line there. */
  touch(line: number, cpu: number, times: number, transfers: Transfers): void;
  /** A touch by a CPU that the stream does not name. */
  touchUnseen(line: number, transfers: Transfers): void;
  /** A CPU that the stream does not name has it: where the next touch brings it from is not known. */
  forget(line: number): void;
  /** The CPU of the last touch; −1 where it is not known. */
  lastCpu(line: number): number;
  /** Makes room for so many lines, the old ones kept. */
  reserve(nrLines: number): void;
}

const NOBODY = -1;

export function createLines(nrLines: number, distanceOf: DistanceOf): Lines {
  let last = new Int32Array(nrLines).fill(NOBODY);
  return {
    touch(line, cpu, times, transfers) {
      if (times === 0) return;
      const before = last[line]!;
      transfers[before === NOBODY ? DISTANCE.unknown : distanceOf(cpu, before)]! += 1;
      transfers[DISTANCE.sameCpu]! += times - 1;
      last[line] = cpu;
    },
    touchUnseen(line, transfers) {
      transfers[DISTANCE.unknown]! += 1;
      last[line] = NOBODY;
    },
    forget(line) {
      last[line] = NOBODY;
    },
    lastCpu: (line) => last[line]!,
    reserve(wanted) {
      if (wanted <= last.length) return;
      const larger = new Int32Array(Math.max(wanted, 2 * last.length)).fill(NOBODY);
      larger.set(last);
      last = larger;
    },
  };
}

/** Plain writes to lines of one CPU or one thread. */
interface OwnTouches {
  plain: number;
  readonly transfers: Transfers;
}

/** Touches of the shared words of one sort: a level of the tree, the slots, the shared value. */
interface SharedTouches {
  readonly name: string;
  atomics: number;
  locks: number;
  /** Σ = atomics + locks. */
  readonly transfers: Transfers;
}

export interface CostCounts {
  readonly own: OwnTouches;
  /** From the CPU upwards: the last is what readers see. */
  readonly shared: readonly SharedTouches[];
}

/**
 * One mm's members, counted once more for what it costs to count them. Its sums are those of the
 * scheme: tests compare them after every update.
 */
export interface CostCounters {
  apply(updates: UpdateColumns): void;
  readonly counts: CostCounts;
  /** What the member reads, unclamped, pages. */
  reading(member: number): number;
  /** Pages; of trees of 32-bit counters modulo 2^32. */
  preciseSum(member: number): number;
}

/**
 * Counters of a process at zero, no line of its touched yet. Given counts are added to: those of other
 * processes under the same scheme.
 * @throws InputError where the machine and the parameters do not fit.
 */
export type CreateCost<Spec> = (
  topology: Topology,
  spec: Spec,
  distanceOf: DistanceOf,
  counts?: CostCounts,
) => CostCounters;

export function createCounts(sharedNames: readonly string[]): CostCounts {
  return {
    own: { plain: 0, transfers: createTransfers() },
    shared: sharedNames.map((name) => ({
      name,
      atomics: 0,
      locks: 0,
      transfers: createTransfers(),
    })),
  };
}

/** What a run has done to a count. */
export interface RunOfFlushes {
  flushes: number;
  /** What the count holds after it, pages. */
  left: number;
}

/**
 * |delta| adds of one page to a count that holds `held`: the first flush where the batch is reached
 * (at once where a batch that has shrunk is exceeded already), then one every `batch` adds.
 */
function runOfFlushes(held: number, delta: number, batch: number, run: RunOfFlushes): void {
  const sign = delta < 0 ? -1 : 1;
  const adds = delta * sign;
  const first = Math.abs(held + sign) >= batch ? 1 : batch - sign * held;
  const after = adds - first;
  run.flushes = after < 0 ? 0 : 1 + Math.floor(after / batch);
  run.left = after < 0 ? held + delta : sign * (after % batch);
}

/** One add of any size. */
function oneFlush(held: number, delta: number, batch: number, run: RunOfFlushes): void {
  const sum = held + delta;
  run.flushes = Math.abs(sum) >= batch ? 1 : 0;
  run.left = run.flushes === 1 ? 0 : sum;
}

/** An update: a run of faults adds page by page, any other at once. */
export function flushOf(
  kind: number,
  held: number,
  delta: number,
  batch: number,
  run: RunOfFlushes,
): void {
  if (kind === KIND.fault) runOfFlushes(held, delta, batch, run);
  else oneFlush(held, delta, batch, run);
}

/** Bytes asked for, by where they are; the rounding of allocators is not in them. */
export interface CounterBytes {
  readonly mmStruct: Bytes;
  /** In the per-CPU areas of all possible CPUs. */
  readonly perCpu: Bytes;
  /** The tree's items above level 0, the approximate sums among them. */
  readonly items: Bytes;
  /** In the task_structs. */
  readonly threads: Bytes;
}

const linesOf = (bytes: Bytes): number => Math.ceil(bytes / CACHE_LINE);

/**
 * Cache lines that initialising writes, at least: what is next to each other may begin in the middle
 * of a line. pcpu_alloc() (mm/percpu.c) zeroes its bytes on every possible CPU, copy_process() (6.1,
 * kernel/fork.c) those of each thread.
 */
export function initialisedLines(
  { mmStruct, perCpu, items, threads }: CounterBytes,
  possibleCpus: number,
  nrThreads: number,
): number {
  const perThread = nrThreads === 0 ? 0 : threads / nrThreads;
  return (
    linesOf(mmStruct) +
    possibleCpus * linesOf(perCpu / possibleCpus) +
    linesOf(items) +
    nrThreads * linesOf(perThread)
  );
}
