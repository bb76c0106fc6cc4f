/**
 * Scheduling domains: the CPUs that threads may run on as nested groups: cores (SMT siblings),
 * last-level caches, NUMA nodes, the whole machine (kernel/sched/topology.c builds one set a CPU).
 * A level that the machine's description lacks, that does not nest, or that is the same as the one
 * below is left out, as sd_degenerate() leaves it out.
 */
import type { CpuIds } from '../../topology/cpulist.ts';
import { groupOfCpu, lastLevelCaches, type Topology } from '../../topology/topology.ts';

/** The groups of one level: place p is in the group of places start[p] to end[p] − 1. */
export interface DomainLevel {
  readonly start: Int32Array;
  readonly end: Int32Array;
}

export interface Domains {
  /** The CPUs in an order in which the CPUs of a group of any level stand together. */
  readonly cpus: Int32Array;
  /** From the smallest groups to the largest. */
  readonly levels: readonly DomainLevel[];
}

/** For each CPU of a list the number of its group; those that are in none are alone. */
function partition(topology: Topology, cpus: CpuIds, groups: readonly CpuIds[]): number[] {
  const groupOf = groupOfCpu(topology.nrCpuIds, groups);
  return Array.from(cpus, (cpu) => (groupOf[cpu]! < 0 ? groups.length + cpu : groupOf[cpu]!));
}

/** Each group of `fine` lies within one of `coarse`, and not all are whole ones. */
function isCoarser(coarse: readonly number[], fine: readonly number[]): boolean {
  const parents = new Map<number, number>();
  const nests = fine.every((group, i) => {
    const parent = parents.get(group) ?? coarse[i]!;
    parents.set(group, parent);
    return parent === coarse[i];
  });
  return nests && new Set(coarse).size < parents.size;
}

/** Where the run of equal groups that each place is in begins and ends. */
function runsOf(groups: readonly number[]): DomainLevel {
  const start = new Int32Array(groups.length);
  const end = new Int32Array(groups.length);
  let from = 0;
  groups.forEach((group, place) => {
    if (group !== groups[from]) from = place;
    start[place] = from;
  });
  for (let place = groups.length - 1; place >= 0; place--) {
    const isLast = groups[place + 1] !== groups[place];
    end[place] = isLast ? place + 1 : end[place + 1]!;
  }
  return { start, end };
}

/** The domains of some CPUs of a machine; where there is one CPU, there are no levels. */
export function schedulingDomains(topology: Topology, cpus: CpuIds): Domains {
  const described = [
    topology.cores,
    lastLevelCaches(topology),
    topology.numaNodes.map((node) => node.cpus),
    [cpus],
  ];
  const levels: number[][] = [];
  let below = partition(topology, cpus, []);
  for (const groups of described) {
    const level = partition(topology, cpus, groups);
    if (!isCoarser(level, below)) continue;
    levels.push(level);
    below = level;
  }
  const order = Array.from(cpus.keys()).sort((a, b) => {
    for (const level of levels.toReversed()) {
      if (level[a] !== level[b]) return level[a]! - level[b]!;
    }
    return a - b;
  });
  return {
    cpus: Int32Array.from(order, (i) => cpus[i]!),
    levels: levels.map((level) => runsOf(order.map((i) => level[i]!))),
  };
}
