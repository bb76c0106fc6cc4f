/** One thread of the per-thread scheme: its event counter and its cached count. */
import { TASK_RSS_EVENTS_THRESH } from '../../../kernel/rss-stat.ts';
import type { Pages } from '../../../units.ts';
import type { LocalMachine } from './product-graph.ts';

/** What a thread does that moves its event counter or its cache. */
export const THREAD_MOVES = ['fault', 'huge', 'bulk'] as const;

export type ThreadMove = (typeof THREAD_MOVES)[number];

export interface ThreadState {
  readonly events: number;
  readonly cached: Pages;
}

/**
 * mm/memory.c before 6.2: a fault begins with check_sync_rss_stat(), a page of its own goes to the
 * cache, a huge one past it; a walk over page tables syncs first.
 */
export function threadAfter({ events, cached }: ThreadState, move: ThreadMove): ThreadState {
  if (move === 'bulk') return { events: 0, cached: 0 };
  const syncs = events > TASK_RSS_EVENTS_THRESH;
  const kept = syncs ? 0 : cached;
  return { events: syncs ? 0 : events + 1, cached: move === 'fault' ? kept + 1 : kept };
}

/** All states that a thread reaches from rest, in the order of discovery. */
export function threadMachine(): LocalMachine {
  const states: ThreadState[] = [{ events: 0, cached: 0 }];
  const numberOf = new Map([['0/0', 0]]);
  const next: number[] = [];
  for (let s = 0; s < states.length; s++) {
    for (const move of THREAD_MOVES) {
      const after = threadAfter(states[s]!, move);
      const key = `${after.events}/${after.cached}`;
      const known = numberOf.get(key) ?? states.length;
      if (known === states.length) {
        numberOf.set(key, known);
        states.push(after);
      }
      next.push(known);
    }
  }
  return {
    states: states.length,
    moves: THREAD_MOVES.length,
    next: Int32Array.from(next),
    held: Int32Array.from(states, ({ cached }) => cached),
  };
}
