/**
 * A thread stays on its CPU and leaves it for a random one with probability 1/meanRun before each
 * operation. Draws: whether it migrates (not at its first operation), and then the CPU.
 */
import type { CpuIds } from '../../topology/cpulist.ts';
import { below, type RandomState } from '../random.ts';
import type { Place } from './policy.ts';

export function sticky(cpus: CpuIds, random: RandomState, threads: number, meanRun: number): Place {
  const cpuOf = new Int32Array(threads).fill(-1);
  return (thread) => {
    let cpu = cpuOf[thread]!;
    if (cpu < 0 || below(random, meanRun) === 0) {
      cpu = cpus[below(random, cpus.length)]!;
      cpuOf[thread] = cpu;
    }
    return cpu;
  };
}
