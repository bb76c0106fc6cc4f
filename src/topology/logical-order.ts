/** hwloc's logical numbering of CPUs: depth first over packages, dies, nodes, caches and cores. */
import { type CpuSets, setsIn } from './cpu-sets.ts';
import { groupOfCpu, lastLevelCaches, type Topology } from './topology.ts';

/** For each CPU the lowest id of its group, which is how hwloc orders siblings; the CPU itself where it has none. */
function firstOfGroup(nrCpuIds: number, groups: CpuSets): Int32Array {
  const groupOf = groupOfCpu(nrCpuIds, groups);
  const first = groups.map((cpus) => cpus[0]);
  return groupOf.map((group, cpu) => first[group] ?? cpu);
}

/**
 * For each possible CPU id its place in logical order (0 … possible CPUs − 1), −1 elsewhere.
 * Levels that the topology does not describe do not take part.
 */
export function logicalNumbers(topology: Topology): Int32Array {
  const { nrCpuIds } = topology;
  const levels = [
    setsIn(topology.packages),
    setsIn(topology.dies),
    setsIn(topology.numaNodes),
    lastLevelCaches(topology),
    topology.cores,
  ]
    .map((groups) => [...groups].filter((cpus) => cpus.length > 0))
    .filter((groups) => groups.length > 0)
    // A die may hold several nodes, and a node several dies: what there is less of holds the other.
    .sort((a, b) => a.length - b.length);
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
