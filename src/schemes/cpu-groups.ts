/** Which CPUs of a machine share a middle value: those of a NUMA node, or of a last-level cache. */
import { InputError } from '../errors.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import { groupOfCpu, lastLevelCaches, type Topology } from '../topology/topology.ts';
import type { MachineSize } from './bound.ts';

export const GROUPINGS = ['node', 'cache'] as const;

export type Grouping = (typeof GROUPINGS)[number];

function demandCaches(count: number): void {
  if (count > 0) return;
  throw new InputError(
    'two-level:group=cache: the machine describes no caches: take group=node, or a machine that does',
  );
}

function findGroups(topology: Topology, grouping: Grouping): Int32Array {
  const caches = lastLevelCaches(topology);
  if (grouping === 'cache') demandCaches(caches.length);
  const sets = grouping === 'cache' ? caches : topology.numaNodes.map(({ cpus }) => cpus);
  return groupOfCpu(topology.nrCpuIds, sets).map((group) => Math.max(group, 0));
}

/** One table a machine and a grouping: thousands of processes each have counters of their own. */
const tables = new WeakMap<Topology, Map<Grouping, Int32Array>>();

/**
 * For each CPU id the place of its group: of its node in the order of the machine's, or of its cache. A
 * CPU that is in none counts with the first; without nodes all are one group, as in a kernel without NUMA.
 * @throws InputError where caches are asked for and none are described.
 */
export function groupsOn(topology: Topology, grouping: Grouping): Int32Array {
  const known = tables.get(topology) ?? new Map<Grouping, Int32Array>();
  const groups = known.get(grouping) ?? findGroups(topology, grouping);
  tables.set(topology, known.set(grouping, groups));
  return groups;
}

/** For each of these CPUs the number of its group among those that they are in: 0, 1, … as they come. */
export function groupsAmong(topology: Topology, grouping: Grouping, cpus: CpuIds): Int32Array {
  const groupOf = groupsOn(topology, grouping);
  const numbers = new Map<number, number>();
  return cpus.map((cpu) => {
    const group = groupOf[cpu]!;
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

/** Groups of a machine of this size, nodes without CPUs included. @throws InputError as groupsOn(). */
export function nrGroups({ numaNodes, lastLevelCaches: caches }: MachineSize, grouping: Grouping) {
  if (grouping === 'node') return numaNodes;
  demandCaches(caches);
  return caches;
}

/** Groups that all CPUs of a dense machine are in: a node beyond the CPUs has none of them. */
export function denseGroups(size: MachineSize, grouping: Grouping): number {
  return Math.min(size.onlineCpus, nrGroups(size, grouping));
}
