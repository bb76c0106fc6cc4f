/**
 * Every operation runs on a random CPU of the thread's group (a last-level cache, a node), and with
 * the remaining probability on a random CPU outside it. Draws: whether it stays (not at the first
 * operation, nor where there is one group), and the CPU.
 */
import { definePolicy } from '../contract/policy.ts';
import { below, chance } from '../contract/random.ts';
import { groupCpus, LOCALITY_SCOPES } from './groups.ts';

export const local = definePolicy({
  name: 'local',
  parameters: {
    scope: {
      kind: 'word',
      flag: '--local-to',
      column: 'local_to',
      words: LOCALITY_SCOPES,
      default: 'cache',
      help: `what a thread stays in: ${LOCALITY_SCOPES.join(', ')}`,
    },
    stayPerMillion: {
      kind: 'share',
      flag: '--stay',
      column: 'stay_per_million',
      default: 900_000,
      help: 'operations that stay near',
      helpFirst: true,
    },
  },
  text: ({ scope, stayPerMillion }, { percent }) =>
    `local migration (${percent(stayPerMillion)} within the ${scope === 'cache' ? 'last-level cache' : 'NUMA node'})`,
  /** @throws InputError where the topology does not describe such groups for every CPU. */
  createPlace({ topology, cpus: allowed, random, threads }, { scope, stayPerMillion }) {
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
  },
});
