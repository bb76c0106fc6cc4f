/** Holders that never touch each other's counts, all alike, as one state graph. */
import type { RecordedUpdate } from '../../../update/record.ts';
import type { StateGraph } from './state-graph.ts';

/** One holder: a CPU's or a slot's cell, a thread's cache. The start is state 0. */
export interface LocalMachine {
  readonly states: number;
  readonly moves: number;
  /** The state after move m in state s, at s × moves + m. */
  readonly next: Int32Array;
  /** What a state keeps from the reader, pages. */
  readonly held: Int32Array;
}

/** `tell` says what move m of holder h is. */
export function productGraph(
  { states, moves, next, held }: LocalMachine,
  holders: number,
  tell: (holder: number, move: number) => RecordedUpdate,
): StateGraph<RecordedUpdate> {
  const place = Float64Array.from({ length: holders }, (_, holder) => states ** holder);
  return {
    states: states ** holders,
    moves: moves * holders,
    step(state, move) {
      const holder = Math.floor(move / moves);
      const weight = place[holder]!;
      const local = Math.floor(state / weight) % states;
      const after = next[local * moves + (move - holder * moves)]!;
      return state + (after - local) * weight;
    },
    error(state) {
      let sum = 0;
      for (let rest = state, holder = 0; holder < holders; holder++) {
        sum += held[rest % states]!;
        rest = Math.floor(rest / states);
      }
      return -sum;
    },
    tell: (move) => tell(Math.floor(move / moves), move % moves),
  };
}
