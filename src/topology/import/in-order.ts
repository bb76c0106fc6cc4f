/** The order in which importers list parts of a machine, so that one machine is one topology from any form. */
import type { CpuIds } from '../cpulist.ts';
import type { CacheGroup } from '../topology.ts';

/** Cores: by their lowest CPU. */
export function byLowestCpu(a: CpuIds, b: CpuIds): number {
  return (a[0] ?? -1) - (b[0] ?? -1);
}

/** Caches: by level, then by their lowest CPU. */
export function byLevelAndCpu(a: CacheGroup, b: CacheGroup): number {
  return a.level - b.level || byLowestCpu(a.cpus, b.cpus);
}
