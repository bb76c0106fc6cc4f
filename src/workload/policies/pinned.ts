/** Thread t always runs on the t-th CPU, beginning again after the last. No draws. */
import type { CpuIds } from '../../topology/cpulist.ts';
import { definePolicy, type Place } from '../policy.ts';

function place(cpus: CpuIds): Place {
  return (thread) => cpus[thread % cpus.length]!;
}

export const pinned = definePolicy({
  name: 'pinned',
  parameters: {},
  text: () => 'pinned',
  createPlace: ({ cpus }) => place(cpus),
});
