/** Walks a state graph breadth first, and stops at the first state beyond a bound. */
import type { WorstCase } from '../../../schemes/bound.ts';
import type { SearchClock } from './search-clock.ts';
import { type Extremes, noteError, type StateGraph } from './state-graph.ts';

export interface Exploration<Step> {
  readonly found: WorstCase;
  /** Reached, the start included. */
  readonly states: number;
  /** Possible moves tried. */
  readonly transitions: number;
  /** Every state that can be reached was, and every move of it tried. */
  readonly complete: boolean;
  /** The shortest way to a state beyond the bound, null where there is none. */
  readonly beyond: readonly Step[] | null;
}

/** A queue of numbers below 2^31 in a ring that grows. */
function createQueue() {
  let ring = new Int32Array(1024);
  let head = 0;
  let length = 0;
  return {
    length: () => length,
    push(value: number): void {
      if (length === ring.length) {
        const larger = new Int32Array(2 * ring.length);
        larger.set(ring.subarray(head));
        larger.set(ring.subarray(0, head), ring.length - head);
        ring = larger;
        head = 0;
      }
      ring[(head + length) & (ring.length - 1)] = value;
      length += 1;
    },
    shift(): number {
      const value = ring[head]!;
      head = (head + 1) & (ring.length - 1);
      length -= 1;
      return value;
    },
  };
}

/** The moves from the start to a state, by the state that each was first reached from. */
function wayTo<Step>(graph: StateGraph<Step>, cameFrom: Int32Array, end: number): Step[] {
  const way: Step[] = [];
  for (let state = end; state !== 0; ) {
    const from = cameFrom[state]!;
    let move = 0;
    while (graph.step(from, move) !== state) move += 1;
    way.push(graph.tell(move));
    state = from;
  }
  return way.reverse();
}

/** States expanded between two looks at the clock. */
const LOOK_EVERY = 4096;

/** @throws what the clock's heartbeat throws. */
export async function explore<Step>(
  graph: StateGraph<Step>,
  bound: WorstCase,
  clock: SearchClock,
): Promise<Exploration<Step>> {
  // Where each state was first reached from, and a bit for each that was: these stay in the cache.
  const cameFrom = new Int32Array(graph.states);
  const reached = new Uint32Array(Math.ceil(graph.states / 32));
  reached[0] = 1;
  const queue = createQueue();
  queue.push(0);
  const found: Extremes = { under: 0, over: 0 };
  let states = 1;
  let transitions = 0;
  let beyond: readonly Step[] | null = null;

  function reach(state: number, from: number): void {
    cameFrom[state] = from;
    reached[state >>> 5]! |= 1 << (state & 31);
    queue.push(state);
    states += 1;
    noteError(found, graph.error(state));
    if (found.under > bound.under || found.over > bound.over) {
      beyond = wayTo(graph, cameFrom, state);
    }
  }

  let sinceLook = 0;
  while (queue.length() > 0 && beyond === null) {
    const from = queue.shift();
    for (let move = 0; move < graph.moves && beyond === null; move++) {
      const state = graph.step(from, move);
      if (state < 0) continue;
      transitions += 1;
      if ((reached[state >>> 5]! & (1 << (state & 31))) === 0) reach(state, from);
    }
    sinceLook += 1;
    if (sinceLook < LOOK_EVERY) continue;
    sinceLook = 0;
    const pause = clock.heartbeat(states);
    if (pause !== undefined) await pause;
    if (clock.expired()) break;
  }
  return { found, states, transitions, complete: queue.length() === 0, beyond };
}
