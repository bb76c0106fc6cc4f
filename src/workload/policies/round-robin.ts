/** Each operation of a thread runs on the CPU after its last; thread t starts at the t-th. No draws. */
import { definePolicy } from '../contract/policy.ts';

export const roundRobin = definePolicy({
  name: 'round-robin',
  parameters: {},
  text: () => 'round-robin migration',
  createPlace({ cpus, threads }) {
    const next = Int32Array.from({ length: threads }, (_, thread) => thread % cpus.length);
    return (thread) => {
      const place = next[thread]!;
      next[thread] = place + 1 === cpus.length ? 0 : place + 1;
      return cpus[place]!;
    };
  },
});
