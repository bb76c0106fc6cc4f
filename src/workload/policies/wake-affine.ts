/**
 * A sketch of waking up (kernel/sched/fair.c: select_task_rq_fair(), wake_affine(),
 * select_idle_sibling()): before an operation a thread has slept with probability 1/meanRun. If the
 * CPU that it had is idle, it goes back there. Else its target is that CPU or, as likely, the
 * waker's: that of a random thread of the process, itself included (a timer), or a random CPU (an
 * interrupt), all equally likely. If the target is idle it goes there, else to the first idle one of
 * four random CPUs that share the target's last-level cache, else it queues on the target. Each CPU
 * is busy with other work with a given probability, each time anew.
 * Draws: the CPU at a thread's first operation; then whether it has slept; if so, whether its CPU is
 * busy; if so, the waker (and an interrupt's CPU), which of the two is the target, whether the waker's
 * CPU is busy where that is the target and another, and each CPU that is tried with whether it is.
 */
import type { AnyParameter } from '../contract/parameter.ts';
import { definePolicy } from '../contract/policy.ts';
import { below, chance } from '../contract/random.ts';
import { groupCpus } from './groups.ts';
import { MEAN_RUN } from './sticky.ts';

/** CPUs that are tried: select_idle_cpu()'s least budget (nr = 4 under SIS_PROP, before 6.7). */
const TRIES = 4;

/** How often CPUs or domains are found busy. */
export const BUSY = {
  kind: 'share',
  flag: '--busy',
  column: 'busy_per_million',
  default: 500_000,
} as const satisfies AnyParameter;

export const wakeAffine = definePolicy({
  name: 'wake-affine',
  parameters: {
    meanRun: {
      ...MEAN_RUN,
      help: 'between wake-ups, on average',
      description: 'operations between wake-ups',
    },
    busyPerMillion: {
      ...BUSY,
      help: 'CPUs that are not idle',
      description: 'CPUs that are not idle',
    },
  },
  text: ({ meanRun, busyPerMillion }, { count, percent }) =>
    `wake-affine migration (a wake-up every ${count(meanRun, 'operation')} on average, CPUs ${percent(busyPerMillion)} busy)`,
  /** @throws InputError where the topology does not describe the last-level cache of every CPU. */
  createPlace({ topology, cpus: allowed, random, threads }, { meanRun, busyPerMillion }) {
    const { cpus, starts, groupAt } = groupCpus(topology, allowed, 'cache', {
      policy: 'wake-affine',
      advice: 'a thread looks for an idle CPU that shares its cache',
    });
    const placeOf = new Int32Array(threads).fill(-1);
    /** Threads in the order in which they first ran; the first `nrRun` count. */
    const run = new Int32Array(threads);
    let nrRun = 0;

    const isBusy = () => chance(random, busyPerMillion);

    function wakersPlace(): number {
      const waker = below(random, nrRun + 1);
      return waker === nrRun ? below(random, cpus.length) : placeOf[run[waker]!]!;
    }

    /** An idle CPU that shares the target's cache, or the target. */
    function idleSibling(target: number): number {
      const group = groupAt[target]!;
      const start = starts[group]!;
      const size = starts[group + 1]! - start;
      for (let i = 0; i < TRIES; i++) {
        const place = start + below(random, size);
        if (!isBusy()) return place;
      }
      return target;
    }

    function wake(previous: number): number {
      if (!isBusy()) return previous;
      const wakers = wakersPlace();
      const isAffine = below(random, 2) === 1;
      if (!isAffine || wakers === previous) return idleSibling(previous);
      return isBusy() ? idleSibling(wakers) : wakers;
    }

    return (thread) => {
      const previous = placeOf[thread]!;
      if (previous < 0) {
        run[nrRun] = thread;
        nrRun += 1;
        placeOf[thread] = below(random, cpus.length);
      } else if (below(random, meanRun) === 0) {
        placeOf[thread] = wake(previous);
      }
      return cpus[placeOf[thread]!]!;
    };
  },
});
