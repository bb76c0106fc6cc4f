/** Thread t always runs on the t-th CPU, beginning again after the last. No draws. */
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Place } from './policy.ts';

export function pinned(cpus: CpuIds): Place {
  return (thread) => cpus[thread % cpus.length]!;
}
