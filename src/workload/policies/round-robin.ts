/** Each operation of a thread runs on the CPU after its last; thread t starts at the t-th. No draws. */
import type { CpuIds } from '../../topology/cpulist.ts';
import { definePolicy, type Place } from '../policy.ts';

function place(cpus: CpuIds, threads: number): Place {
  const next = Int32Array.from({ length: threads }, (_, thread) => thread % cpus.length);
  return (thread) => {
    const place = next[thread]!;
    next[thread] = place + 1 === cpus.length ? 0 : place + 1;
    return cpus[place]!;
  };
}

export const roundRobin = definePolicy({
  name: 'round-robin',
  parameters: {},
  text: () => 'round-robin migration',
  createPlace: ({ cpus, threads }) => place(cpus, threads),
});
