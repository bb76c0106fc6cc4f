/**
 * Every operation runs on a random CPU of the thread's group (a last-level cache, a node), and with
 * the remaining probability on a random CPU outside it. Draws: whether it stays (not at the first
 * operation, nor where there is one group), and the CPU.
 */
import { InputError } from '../../input-error.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { lastLevelCaches, type Topology } from '../../topology/topology.ts';
import { below, chance, type RandomState } from '../random.ts';
import type { LocalityScope } from '../workload.ts';
import type { Place } from './policy.ts';

/** @throws InputError where the topology does not describe such groups for every CPU. */
function groupsOf(topology: Topology, cpus: CpuIds, scope: LocalityScope): number[][] {
  const groups =
    scope === 'cache' ? lastLevelCaches(topology) : topology.numaNodes.map((node) => node.cpus);
  const allowed = new Set(cpus);
  const members = groups
    .map((group) => Array.from(group).filter((cpu) => allowed.has(cpu)))
    .filter((group) => group.length > 0);
  const covered = members.reduce((sum, group) => sum + group.length, 0);
  if (covered !== cpus.length) {
    throw new InputError(
      `--policy local: ${topology.name} describes no ${scope} for ${cpus.length - covered} of the CPUs that threads run on: try --local-to ${scope === 'cache' ? 'node' : 'cache'}`,
    );
  }
  return members;
}

export function local(
  topology: Topology,
  cpus: CpuIds,
  random: RandomState,
  threads: number,
  scope: LocalityScope,
  stayPerMillion: number,
): Place {
  const groups = groupsOf(topology, cpus, scope);
  /** CPUs group after group; group g is from starts[g] to starts[g + 1]. */
  const grouped = Int32Array.from(groups.flat());
  const starts = new Int32Array(groups.length + 1);
  const groupAt = new Int32Array(grouped.length);
  groups.forEach((group, g) => {
    starts[g + 1] = starts[g]! + group.length;
    groupAt.fill(g, starts[g], starts[g + 1]);
  });
  const all = grouped.length;
  const groupOfThread = new Int32Array(threads).fill(-1);
  return (thread) => {
    const group = groupOfThread[thread]!;
    let place: number;
    if (group < 0) {
      place = below(random, all);
    } else {
      const start = starts[group]!;
      const size = starts[group + 1]! - start;
      if (size === all || chance(random, stayPerMillion)) {
        place = start + below(random, size);
      } else {
        place = below(random, all - size);
        if (place >= start) place += size;
      }
    }
    groupOfThread[thread] = groupAt[place]!;
    return grouped[place]!;
  };
}
