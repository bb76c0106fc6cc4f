/** The machine as the schemes and policies need it: CPUs in Linux's own terms, and who shares what. */
import type { PageSize } from '../units.ts';
import type { CpuSets } from './cpu-sets.ts';
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
  readonly caches: readonly CacheGroup[];
  readonly packages: readonly Package[];
  readonly dies: readonly Die[];
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

/** The groups of CPUs that share a last-level cache: those of the highest level described. */
export function lastLevelCaches(topology: Topology): readonly CpuIds[] {
  const level = topology.caches.reduce((highest, cache) => Math.max(highest, cache.level), 0);
  return topology.caches.filter((cache) => cache.level === level).map((cache) => cache.cpus);
}
