/**
 * Watches for a process's second thread: it is told to begin (clone with CLONE_THREAD, which vfork()
 * does not have), or makes an update of its own where no stream told its beginning.
 */
import { addsOf, type UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';

interface ThreadWatch {
  /** The row of a batch by which there are two threads; its length where there still is one. */
  secondThread(updates: UpdateColumns): number;
}

export function createThreadWatch(): ThreadWatch {
  let first = -1;
  return {
    secondThread({ length, thread, pages, kind }) {
      for (let u = 0; u < length; u++) {
        const k = kind[u]!;
        const isOwn = k < FIRST_KIND_WITHOUT_PAGES && k !== KIND.remote;
        if (k !== KIND.threadStart && !(isOwn && addsOf(k, pages[u]!) > 0)) continue;
        if (first === -1) first = thread[u]!;
        else if (first !== thread[u]) return u;
      }
      return length;
    },
  };
}
