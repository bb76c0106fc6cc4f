/** Thread t always runs on the t-th CPU, beginning again after the last. No draws. */
import { definePolicy } from '../contract/policy.ts';

export const pinned = definePolicy({
  name: 'pinned',
  parameters: {},
  text: () => 'pinned',
  createPlace({ cpus }) {
    return (thread) => cpus[thread % cpus.length]!;
  },
});
