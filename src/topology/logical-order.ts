/** hwloc's logical numbering of CPUs: depth first over packages, nodes, caches and cores. */
import { groupOfCpu, lastLevelCaches, type Topology } from './topology.ts';

/** For each CPU the lowest id of its group, which is how hwloc orders siblings; the CPU itself where it has none. */
function firstOfGroup(nrCpuIds: number, groups: Topology['cores']): Int32Array {
  const groupOf = groupOfCpu(nrCpuIds, groups);
  return groupOf.map((group, cpu) => groups[group]?.[0] ?? cpu);
}

/**
 * For each possible CPU id its place in logical order (0 … possible CPUs − 1), −1 elsewhere.
 * Levels that the topology does not describe do not take part.
 */
export function logicalNumbers(topology: Topology): Int32Array {
  const { nrCpuIds } = topology;
  const levels = [
    topology.packages.map((pkg) => pkg.cpus),
    topology.numaNodes.map((node) => node.cpus),
    lastLevelCaches(topology),
    topology.cores,
  ].filter((groups) => groups.length > 0);
  const keys = levels.map((groups) => firstOfGroup(nrCpuIds, groups));
  const ordered = Array.from(topology.possible).sort((a, b) => {
    for (const key of keys) {
      const difference = key[a]! - key[b]!;
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  const logical = new Int32Array(nrCpuIds).fill(-1);
  ordered.forEach((cpu, place) => {
    logical[cpu] = place;
  });
  return logical;
}
