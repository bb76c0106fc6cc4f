/** Every operation runs on a random CPU. Draws: the CPU. */
import type { CpuIds } from '../../topology/cpulist.ts';
import { below, type RandomState } from '../random.ts';
import type { Place } from './policy.ts';

export function uniform(cpus: CpuIds, random: RandomState): Place {
  return () => cpus[below(random, cpus.length)]!;
}
