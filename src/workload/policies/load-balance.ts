/**
 * A sketch of periodic load balancing (kernel/sched/fair.c: sched_balance_domains() and
 * sched_balance_rq(), load_balance() before 6.10): every so many of its operations a thread's CPU is
 * looked at in each of its domains, from the smallest to the largest, and where it is the busier
 * one, the thread is pulled to a random CPU of another group of that domain. A domain of w CPUs is
 * looked at every w × `every` operations (sd->balance_interval begins at the domain's weight); where
 * nothing was pulled the interval doubles, up to twice (sd->max_interval), and pulling resets it.
 * Draws: the CPU at a thread's first operation; then, for each domain that is due, whether the
 * thread's CPU is the busier one, and if so the CPU.
 */
import type { CpuSets } from '../../topology/cpu-sets.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { groupOfCpu, lastLevelCaches, type Topology } from '../../topology/topology.ts';
import { definePolicy } from '../contract/policy.ts';
import { below, chance } from '../contract/random.ts';
import { BUSY } from './wake-affine.ts';

/** The groups of one level: place p is in the group of places start[p] to end[p] − 1. */
interface DomainLevel {
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
function partition(topology: Topology, cpus: CpuIds, groups: CpuSets): number[] {
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

/**
 * The domains of some CPUs of a machine: the CPUs that threads may run on as nested groups: cores (SMT siblings),
 * last-level caches, NUMA nodes, the whole machine (kernel/sched/topology.c builds one set a CPU).
 * A level that the machine's description lacks, that does not nest, or that is the same as the one
 * below is left out, as sd_degenerate() leaves it out.
 * Where there is one CPU, there are no levels.
 */
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

/** What is kept of a thread. */
interface BalancedThread {
  place: number;
  operations: number;
  /** By level: at which of its operations the domain is looked at next, and after how many. */
  readonly due: Float64Array;
  readonly interval: Float64Array;
}

/** max_interval is twice min_interval (sd_init(), kernel/sched/topology.c). */
const MOST_DOUBLED = 2;

export const loadBalance = definePolicy({
  name: 'load-balance',
  parameters: {
    every: {
      kind: 'count',
      flag: '--balance-every',
      column: 'balance_every_operations',
      low: 1,
      high: 2 ** 31,
      default: 100,
      help: 'operations between looks at a domain, for each CPU of it',
      description: 'operations between looks at a domain, for each CPU of it',
    },
    busyPerMillion: {
      ...BUSY,
      help: 'looks that find a thread to pull',
      description: 'looks that find a thread to pull',
    },
  },
  text: ({ every, busyPerMillion }, { count, percent }) =>
    `load-balance migration (a look every ${count(every, 'operation')} a CPU of the domain, ${percent(busyPerMillion)} of them pull)`,
  createPlace({ topology, cpus: allowed, random }, { every, busyPerMillion }) {
    const { cpus, levels } = schedulingDomains(topology, allowed);
    const threads = new Map<number, BalancedThread>();

    /** Operations between two looks at the domain of a place. */
    function shortest(level: number, place: number): number {
      const { start, end } = levels[level]!;
      return (end[place]! - start[place]!) * every;
    }

    function begin(thread: number): BalancedThread {
      const place = below(random, cpus.length);
      const interval = Float64Array.from(levels, (_, level) => shortest(level, place));
      const begun = { place, operations: 0, due: interval.slice(), interval };
      threads.set(thread, begun);
      return begun;
    }

    /** Pulls the thread to another group of its domain; false where there is none, or no need. */
    function pull(thread: BalancedThread, level: number): boolean {
      const { place } = thread;
      const [from, to] = [levels[level]!.start[place]!, levels[level]!.end[place]!];
      const child = levels[level - 1];
      const own = child === undefined ? place : child.start[place]!;
      const ownSize = child === undefined ? 1 : child.end[place]! - own;
      const others = to - from - ownSize;
      if (others === 0 || !chance(random, busyPerMillion)) return false;
      const pulled = from + below(random, others);
      thread.place = pulled < own ? pulled : pulled + ownSize;
      return true;
    }

    function look(thread: BalancedThread): void {
      for (let level = 0; level < levels.length; level++) {
        if (thread.operations < thread.due[level]!) continue;
        const pulled = pull(thread, level);
        const least = shortest(level, thread.place);
        const doubled = Math.min(2 * thread.interval[level]!, MOST_DOUBLED * least);
        thread.interval[level] = pulled ? least : doubled;
        thread.due[level] = thread.operations + thread.interval[level]!;
      }
    }

    return (index) => {
      const known = threads.get(index);
      const thread = known ?? begin(index);
      thread.operations += 1;
      if (known !== undefined) look(thread);
      return cpus[thread.place]!;
    };
  },
});
