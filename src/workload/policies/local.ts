/**
 * Every operation runs on a random CPU of the thread's group (a last-level cache, a node), and with
 * the remaining probability on a random CPU outside it. Draws: whether it stays (not at the first
 * operation, nor where there is one group), and the CPU.
 */
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { below, chance, type RandomState } from '../random.ts';
import type { LocalityScope } from '../workload.ts';
import { groupCpus } from './groups.ts';
import type { Place } from './policy.ts';

/** @throws InputError where the topology does not describe such groups for every CPU. */
export function local(
  topology: Topology,
  allowed: CpuIds,
  random: RandomState,
  threads: number,
  scope: LocalityScope,
  stayPerMillion: number,
): Place {
  const { cpus, starts, groupAt } = groupCpus(topology, allowed, scope, {
    policy: 'local',
    advice: `try --local-to ${scope === 'cache' ? 'node' : 'cache'}`,
  });
  const all = cpus.length;
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
    return cpus[place]!;
  };
}
