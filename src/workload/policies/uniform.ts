/** Every operation runs on a random CPU. Draws: the CPU. */
import type { CpuIds } from '../../topology/cpulist.ts';
import { below, type RandomState } from '../random.ts';
import type { Place } from './policy.ts';

export function uniform(cpus: CpuIds, random: RandomState): Place {
  const count = cpus.length;
  const first = cpus[0]!;
  // Most machines number their CPUs without gaps: a table of a million would miss the caches.
  if (cpus[count - 1]! - first === count - 1) return () => first + below(random, count);
  return () => cpus[below(random, count)]!;
}
