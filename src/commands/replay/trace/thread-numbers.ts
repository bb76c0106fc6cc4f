/** A process's threads, numbered as they turn up. */
import type { RecordedUpdate } from '../../../recorded/recorded.ts';

export interface ThreadNumbers {
  /** At least 1: a process has a thread, whoever made its updates. */
  count(): number;
  of(record: Pick<RecordedUpdate, 'kind' | 'thread'>): number;
}

export function createThreadNumbers(): ThreadNumbers {
  const numberOf = new Map<number, number>();
  let last = 0;
  return {
    count: () => Math.max(1, numberOf.size),
    of({ kind, thread }) {
      // Another context's update goes past every thread's cache: it is nobody's.
      if (kind === 'remote') return last;
      const known = numberOf.get(thread);
      last = known ?? numberOf.size;
      if (known === undefined) numberOf.set(thread, last);
      return last;
    },
  };
}
