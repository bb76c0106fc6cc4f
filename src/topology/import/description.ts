/** What a description of a machine reports, in Linux's own terms, before it is made a Topology. */
import { InputError } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { type Bytes, PAGE_SIZES, type PageSize } from '../../units.ts';
import type { CpuSets, List } from '../cpu-sets.ts';
import type { CpuIds } from '../cpulist.ts';
import type { CacheGroup, Die, NumaNode, Package } from '../topology.ts';

/** What a topology can hold and a description may leave out, in the words of the remark on it. */
export const MISSING = {
  offline: 'off-line CPUs',
  cores: 'cores',
  packages: 'packages',
  packagesOf: 'which CPUs are in which package',
  dies: 'dies',
  caches: 'caches',
  cachesOf: 'which CPUs share which cache',
  numa: 'NUMA nodes',
  nodes: 'NUMA nodes and their CPUs',
  memoryNodes: 'NUMA nodes without CPUs',
  memory: 'memory of NUMA nodes',
  distances: 'NUMA distances',
  possible: 'which CPUs are possible',
  pageSize: 'the page size',
} as const;

export type Missing = keyof typeof MISSING;

/** One importer's findings: nothing in it is a guess. */
export interface MachineDescription {
  /** The form and its version as a user would say it: "hwloc XML 2.0", "lscpu -e -J". */
  readonly form: string;
  /** A name in the description itself, of printable ASCII; never a host name or serial number. */
  readonly name: string | null;
  readonly possible: CpuIds | null;
  readonly present: CpuIds | null;
  /** Never empty: a description without CPUs is refused by its importer. */
  readonly online: CpuIds;
  readonly cores: CpuSets;
  readonly dies: List<Die>;
  readonly caches: List<CacheGroup>;
  readonly packages: List<Package>;
  /** As the description has them: on-line CPUs may be in none, or in several. Null: not reported. */
  readonly numaNodes: readonly NumaNode[] | null;
  /** A row and a column for each node, in the order of numaNodes; empty where not reported. */
  readonly distances: readonly (readonly number[])[];
  /** Whether nodes are there that the form keeps from its reader, as a cgroup makes hwloc do. */
  readonly hidesNodes: boolean;
  readonly pageSize: PageSize | null;
  /** What this text leaves out, in the order in which the user is to hear of it. */
  readonly missing: readonly Missing[];
  /** What was contradictory or had to be settled, and how, a sentence each without a full stop. */
  readonly remarks: readonly string[];
}

/** The end of a remark that holds as long as nothing else tells the cores. */
export const TELLS_CORES = 'lscpu -p tells the cores';

/** A description of what is reported; all else is absent. */
export function describe(
  reported: Pick<MachineDescription, 'form' | 'online'> & Partial<MachineDescription>,
): MachineDescription {
  return {
    name: null,
    possible: null,
    present: null,
    cores: [],
    dies: [],
    caches: [],
    packages: [],
    numaNodes: null,
    distances: [],
    hidesNodes: false,
    pageSize: null,
    missing: [],
    remarks: [],
    ...reported,
  };
}

/** The keys of those parts that are absent. */
export function missingOf(
  parts: Partial<Readonly<Record<Missing, { readonly length: number } | null>>>,
): Missing[] {
  return (Object.keys(parts) as Missing[]).filter((key) => (parts[key]?.length ?? 0) === 0);
}

/**
 * How the CPUs of a machine that has no numbers of its own are numbered:
 * - adjacent: siblings of a core side by side, as hwloc and QEMU number, and POWER, s390 and hybrid clients do;
 * - split: the first thread of every core, then the second of every core, as x86 servers do.
 */
export const NUMBERINGS = ['adjacent', 'split'] as const;

export type Numbering = (typeof NUMBERINGS)[number];

/** Cores by their lowest CPU: in this order importers list them, so that one machine is one topology. */
export function byLowestCpu(a: CpuIds, b: CpuIds): number {
  return (a[0] ?? -1) - (b[0] ?? -1);
}

/** Caches by level, then by their lowest CPU. */
export function byLevelAndCpu(a: CacheGroup, b: CacheGroup): number {
  return a.level - b.level || byLowestCpu(a.cpus, b.cpus);
}

/** CPU ids of several lists, ascending, each once. */
export function unionOf(lists: readonly CpuIds[]): CpuIds {
  const highest = lists.reduce((high, list) => Math.max(high, list.at(-1) ?? -1), -1);
  const marks = new Uint8Array(highest + 1);
  for (const list of lists) for (const cpu of list) marks[cpu] = 1;
  return markedCpus(marks);
}

/** The CPUs whose mark is 1. */
export function markedCpus(marks: Uint8Array): CpuIds {
  let count = 0;
  for (const mark of marks) count += mark;
  const ids = new Int32Array(count);
  let next = 0;
  for (let cpu = 0; cpu < marks.length; cpu++) if (marks[cpu] === 1) ids[next++] = cpu;
  return ids;
}

/** The CPUs of items with the same key, in the order of the keys' first items; null is in no group. */
export function cpusByKey<Item, Key>(
  items: readonly Item[],
  cpuOf: (item: Item) => number,
  keyOf: (item: Item) => Key | null,
): ReadonlyMap<Key, CpuIds> {
  const members = new Map<Key, number[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const cpus = members.get(key);
    if (cpus === undefined) members.set(key, [cpuOf(item)]);
    else cpus.push(cpuOf(item));
  }
  return new Map([...members].map(([key, cpus]) => [key, Int32Array.from(cpus).sort()]));
}

/** The CPUs `from` … `to` − 1. */
export function cpuRange(from: number, to: number): CpuIds {
  return new Int32Array(Math.max(0, to - from)).map((_, i) => from + i);
}

/** The page size as topologies have it; null, and a remark, for one that rss-err does not count in. */
export function knownPageSize(bytes: Bytes | null, remarks: string[]): PageSize | null {
  const known = PAGE_SIZES.find((size) => size === bytes) ?? null;
  if (known === null && bytes !== null) {
    remarks.push(`pages of ${bytes} bytes are none that rss-err counts in`);
  }
  return known;
}

/**
 * A limit to the CPUs that lists of `kinds` kinds name together, in each of which a CPU is once on a
 * machine as there are: lists that overlap again and again would fill memory. The function counts a
 * list. @throws InputError "PLACE: …" where it and those before name too many.
 */
export function cpuBudget(kinds: number): (cpus: CpuIds, place: string) => void {
  const most = kinds * MAX_NR_CPU_IDS;
  let named = 0;
  return (cpus, place) => {
    named += cpus.length;
    if (named > most) {
      throw new InputError(`${place}: this and other lists name more than ${most} CPUs together`);
    }
  };
}
