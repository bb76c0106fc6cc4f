/** Every operation runs on a random CPU. Draws: the CPU. */
import type { CpuIds } from '../../topology/cpulist.ts';
import { below, type RandomState } from '../random.ts';
import type { Place } from './policy.ts';

/** Most machines number their CPUs without gaps: a table of a million would miss the caches. */
export function withoutGaps(cpus: CpuIds): boolean {
  return cpus[cpus.length - 1]! - cpus[0]! === cpus.length - 1;
}

export function uniform(cpus: CpuIds, random: RandomState): Place {
  const count = cpus.length;
  const first = cpus[0]!;
  if (withoutGaps(cpus)) return () => first + below(random, count);
  return () => cpus[below(random, count)]!;
}
