/** The machine as the schemes and policies need it: CPUs in Linux's own terms, and who shares what. */
import type { PageSize } from '../units.ts';
import { type CpuSets, type List, listFrom } from './cpu-sets.ts';
import type { CpuIds } from './cpulist.ts';

export interface CacheGroup {
  readonly level: number;
  readonly cpus: CpuIds;
}

export interface Package {
  readonly id: number;
  readonly cpus: CpuIds;
}

/** A die of a package (CPUID leaf 1F, /sys/…/topology/die_id): ids repeat from package to package. */
export interface Die {
  /** Null where the description does not tell. */
  readonly packageId: number | null;
  readonly id: number;
  readonly cpus: CpuIds;
}

export interface NumaNode {
  readonly id: number;
  readonly cpus: CpuIds;
  readonly memoryMiB?: number;
}

/** Parts that a description does not tell are empty lists, never invented. */
export interface Topology {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly pageSize: PageSize;
  /** Highest possible CPU id + 1: what the tree's size follows. */
  readonly nrCpuIds: number;
  readonly possible: CpuIds;
  readonly present: CpuIds;
  /** Where threads run, and what the per-CPU batch follows. */
  readonly online: CpuIds;
  readonly cores: CpuSets;
  readonly caches: List<CacheGroup>;
  readonly packages: List<Package>;
  readonly dies: List<Die>;
  /** Empty where none are described. */
  readonly numaNodes: readonly NumaNode[];
  readonly distances: readonly (readonly number[])[];
}

/** For each CPU id the index of its group, −1 where it is in none. */
export function groupOfCpu(nrCpuIds: number, groups: CpuSets): Int32Array {
  const groupOf = new Int32Array(nrCpuIds).fill(-1);
  groups.forEach((cpus, index) => {
    for (const cpu of cpus) groupOf[cpu] = index;
  });
  return groupOf;
}

/**
 * For each CPU id its NUMA node's id, −1 where it is in none. Where no nodes are described every CPU
 * is on node 0, as in a kernel without NUMA (include/linux/topology.h, numa_node_id()).
 */
export function nodeOfCpu(topology: Topology): Int32Array {
  const nodeOf = new Int32Array(topology.nrCpuIds).fill(topology.numaNodes.length === 0 ? 0 : -1);
  for (const node of topology.numaNodes) {
    for (const cpu of node.cpus) nodeOf[cpu] = node.id;
  }
  return nodeOf;
}

/** The levels of the caches that are described. */
export function cacheLevels({ caches }: Topology): readonly number[] {
  const levels = new Set<number>();
  caches.forEach(({ level }) => void levels.add(level));
  return [...levels].sort((a, b) => a - b);
}

/** Where the caches of a level are in the list of all. */
export function placesOfCaches({ caches }: Topology, level: number): readonly number[] {
  const places: number[] = [];
  caches.forEach((cache, i) => {
    if (cache.level === level) places.push(i);
  });
  return places;
}

/** The CPUs of each cache of a level. */
export function cachesOf(topology: Topology, level: number): CpuSets {
  return listFrom(placesOfCaches(topology, level), (place) => topology.caches.at(place)!.cpus);
}

/** The groups of CPUs that share a last-level cache: those of the highest level described. */
export function lastLevelCaches(topology: Topology): CpuSets {
  return cachesOf(topology, Math.max(0, ...cacheLevels(topology)));
}
