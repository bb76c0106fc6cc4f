/** The contract of a counting scheme: columns of updates in, readings out; and the facts of one. */
import type { TreeMapping, TreeShape } from '../kernel/tree-shape.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';
import type { Bytes, Pages } from '../units.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { Readings } from '../update/readings.ts';
import type {
  Holders,
  InFlight,
  InFlightExtra,
  MachineSize,
  StatedBound,
  StreamTraits,
  UpdateKinds,
  WorstCase,
} from './bound.ts';
import type { CostCounters, CounterBytes, CreateCost } from './cost.ts';
import type { ParameterTable } from './parameters.ts';

/** One mm's members under one scheme. */
export interface Counters<State = unknown> {
  /** Consumes a batch and writes how its members read meanwhile to `readings`, which is clear. */
  apply(updates: UpdateColumns, readings: Readings): void;
  /** What the scheme's precise sum reads, pages. */
  preciseSum(member: number): number;
  /** The precise sum is that of 32-bit counters: equal to the truth modulo 2^32. */
  readonly wraps: boolean;
  /** No member's updates move another member, but for CPUs that come and go. */
  readonly membersApart?: true;
  /** The raw state of one member, for golden vectors and recorded kernels. */
  state(member: number): State;
}

/**
 * Where pages are held back, and when they are let go: what decides which stream attains the worst
 * case, and which states a search must visit.
 */
export type Holding =
  /** Cells, each of which hands on all it holds once that is a batch. */
  | {
      readonly kind: 'cells';
      /** One for each cell: a CPU that counts on it. */
      readonly cpus: CpuIds;
      readonly batch: Pages;
      /** Several CPUs count on one cell, in steps that can overlap. */
      readonly isShared: boolean;
      /**
       * Cells hold pages back only of so many threads, each of which counts on one CPU at a time;
       * left out: whose updates they are makes no difference.
       */
      readonly threads?: number;
    }
  /** Cells that hand a batch or more to the middle value of their group, which holds back the same way. */
  | {
      readonly kind: 'two-level';
      readonly cpus: CpuIds;
      /** The number of each CPU's group, 0, 1, … in the order of the CPUs. */
      readonly groups: Int32Array;
      readonly batch: Pages;
      readonly middle: Pages;
    }
  /** Threads' caches, which an event counter empties (mm/memory.c before 6.2). */
  | { readonly kind: 'threads' }
  /** Counters of a tree, which hand on whole batches of their level. */
  | {
      readonly kind: 'tree';
      readonly shape: TreeShape;
      readonly mapping: TreeMapping;
      /** By which the CPUs find their items. */
      readonly numbers: Int32Array;
    };

/** Each holder's share adds to the worst case, so all of them must have held pages back. */
interface HeldBy {
  readonly of: 'CPUs' | 'nodes' | 'threads';
  /** CPUs hold pages back, but how many threads there are decides whether, or on how many. */
  readonly byThreads?: true;
  count(topology: Topology, holders: Holders): number;
  /** All of a denseMachine(). */
  countDense(size: MachineSize, threads: number): number;
}

export const HELD_BY_CPUS: HeldBy = {
  of: 'CPUs',
  count: (_, { cpus }) => cpus.length,
  countDense: ({ onlineCpus }) => onlineCpus,
};

/** What the four counters of one process take. */
export interface MemoryPerMm extends CounterBytes {
  readonly total: Bytes;
  /** Which kernel's layout it is. */
  readonly layout: string;
}

/** Parts that are not given take nothing. */
export function memoryOf(layout: string, parts: Partial<CounterBytes>): MemoryPerMm {
  const { mmStruct = 0, perCpu = 0, items = 0, threads = 0 } = parts;
  const total = mmStruct + perCpu + items + threads;
  return { mmStruct, perCpu, items, threads, total, layout };
}

/** One call of an allocator when a process's counters are made, or one for each member. */
export interface CounterAllocation {
  /** In the kernel's words: "counters", "level0". */
  readonly what: string;
  readonly from: 'perCpu' | 'slab';
  readonly eachMember: boolean;
}

type SharedTouch = 'atomic' | 'locked';

/** What one precise sum of one member does. */
interface PreciseSumCost {
  /** Counts read. */
  readonly reads: number;
  readonly locks: number;
}

/** What counts the cost of a scheme's updates: a module of its own, so that it need not be there. */
interface CostModule<Spec> {
  createCostCounters(...of: Parameters<CreateCost<Spec>>): CostCounters;
}

/**
 * All that the program knows of a scheme: what is forgotten does not compile. What takes a spec
 * throws InputError where the machine and the parameters do not fit.
 */
export interface Scheme<Spec extends { readonly scheme: string }> {
  readonly name: Spec['scheme'];
  /** Earlier names, still read. */
  readonly aliases: readonly string[];
  readonly parameters: ParameterTable<Spec>;
  /** A row where no scheme is named. */
  readonly isDefault: boolean;
  /** Its own in all pictures, which colour-blind readers tell apart (Okabe and Ito, and two more). */
  readonly colour: string;
  /** Which kernels count so; none: a reference for the others. */
  readonly kernels: 'before 6.2' | '6.2 and later' | 'proposed' | 'none';

  /** Counters at zero. */
  createCounters(topology: Topology, spec: Spec): Counters;

  /** The bound that the scheme's authors state for the whole machine, one member, pages. */
  statedBound(spec: Spec, size: MachineSize, threads: number): StatedBound;
  /** The exact worst case over these CPUs and threads, settled and serialised, one member, pages. */
  worstCase(spec: Spec, topology: Topology, holders: Holders, kinds: UpdateKinds): WorstCase;
  /**
   * The larger side of worstCase() over the first CPU, the first two, … all of them. The threads are
   * all there from the first CPU on.
   */
  worstCasePrefixes(
    spec: Spec,
    topology: Topology,
    holders: Holders,
    kinds: UpdateKinds,
  ): Float64Array;
  /**
   * worstCase() over all CPUs of one denseMachine() after another, without visiting each CPU;
   * fastest where they ascend. test/property/whole-machine.test.ts holds the two to each other.
   */
  denseWorstCase(spec: Spec, threads: number, kinds: UpdateKinds): (size: MachineSize) => WorstCase;
  readonly heldBy: HeldBy;
  /**
   * Whether each member can be at its worst while the others are; else what is held back of all of
   * them together is what can be held back of one.
   */
  readonly hasIndependentMembers: boolean;
  /** Its bounds are for updates one after the other: adds at once to one count have none. */
  readonly isBoundedSerialisedOnly: boolean;
  /** Whether the closed form speaks of a stream. */
  boundsStream(spec: Spec, traits: StreamTraits): boolean;
  /** What updates in flight add to the settled worst case. */
  inFlightExtra(spec: Spec, size: MachineSize, inFlight: InFlight): InFlightExtra;

  /** Where these CPUs, and so many threads, hold pages back. */
  holding(spec: Spec, topology: Topology, cpus: CpuIds, threads: number): Holding;
  /** Why its settled states are all there are: docs/commands/witness.md has the argument. */
  readonly statesText: string;
  /** Levels below the sum; null: it has none at all. */
  levels(spec: Spec, nrCpuIds: number): number | null;

  /** Bytes for the four members on a machine of this size, for a process of so many threads. */
  memory(spec: Spec, size: MachineSize, threads: number): MemoryPerMm;
  /**
   * `grouped`: those of all members in one where the kernel can, as since 6.6; with more than one thread
   * those of the second's clone() too.
   */
  allocations(
    spec: Spec,
    nrCpuIds: number,
    grouped: boolean,
    threads: number,
  ): readonly CounterAllocation[];
  /** Null: there is no precise sum. */
  preciseSum(spec: Spec, topology: Topology): PreciseSumCost | null;
  /** Some line is touched by one CPU, or one thread, alone. */
  readonly hasOwnLine: boolean;
  /** How shared lines are touched, each in its own way where there are several. */
  readonly sharedTouch: SharedTouch | readonly SharedTouch[];
  /** Loads when costs are asked for. */
  loadCost(): Promise<CostModule<Spec>>;
}
