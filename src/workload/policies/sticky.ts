/**
 * A thread stays on its CPU and leaves it for a random one with probability 1/meanRun before each
 * operation. Draws: whether it migrates (not at its first operation), and then the CPU.
 */
import type { AnyParameter } from '../contract/parameter.ts';
import { definePolicy } from '../contract/policy.ts';
import { below } from '../contract/random.ts';

/** Operations between a thread's migrations or wake-ups, on average. */
export const MEAN_RUN = {
  kind: 'count',
  flag: '--run-length',
  column: 'mean_run_operations',
  low: 1,
  high: 2 ** 31,
  default: 1000,
} as const satisfies AnyParameter;

export const sticky = definePolicy({
  name: 'sticky',
  parameters: {
    meanRun: {
      ...MEAN_RUN,
      help: 'operations between migrations',
      description: 'operations',
    },
  },
  text: ({ meanRun }, { count }) => `sticky migration (mean run ${count(meanRun, 'operation')})`,
  createPlace({ cpus, random, threads }, { meanRun }) {
    const cpuOf = new Int32Array(threads).fill(-1);
    return (thread) => {
      let cpu = cpuOf[thread]!;
      if (cpu < 0 || below(random, meanRun) === 0) {
        cpu = cpus[below(random, cpus.length)]!;
        cpuOf[thread] = cpu;
      }
      return cpu;
    };
  },
});
