/** Each operation of a thread runs on the CPU after its last; thread t starts at the t-th. No draws. */
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Place } from './policy.ts';

export function roundRobin(cpus: CpuIds, threads: number): Place {
  const next = Int32Array.from({ length: threads }, (_, thread) => thread % cpus.length);
  return (thread) => {
    const place = next[thread]!;
    next[thread] = place + 1 === cpus.length ? 0 : place + 1;
    return cpus[place]!;
  };
}
