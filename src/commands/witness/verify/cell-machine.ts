/** One batched cell: it keeps what it is given until that reaches the batch, then hands it all on. */
import type { Pages } from '../../../units.ts';
import type { LocalMachine } from './product-graph.ts';

/**
 * Adds of one page and of a whole batch, both ways. Any other add leaves a cell that these reach
 * too: it either stays below the batch, where single pages lead, or it is handed on and 0 is left.
 */
export function cellAmounts(batch: Pages): readonly Pages[] {
  return batch === 1 ? [1, -1] : [1, -1, batch, -batch];
}

/** What stays in a cell that holds `held` after an add. */
export function cellAfter(held: Pages, add: Pages, batch: Pages): Pages {
  return Math.abs(held + add) >= batch ? 0 : held + add;
}

/** Values −(batch − 1) … batch − 1: state s is s, and from the batch on s − (2·batch − 1). */
export function cellMachine(batch: Pages): LocalMachine {
  const states = 2 * batch - 1;
  const amounts = cellAmounts(batch);
  const pagesOf = (state: number) => (state < batch ? state : state - states);
  const held = Int32Array.from({ length: states }, (_, state) => pagesOf(state));
  const next = new Int32Array(states * amounts.length);
  for (let state = 0; state < states; state++) {
    amounts.forEach((amount, move) => {
      const after = cellAfter(pagesOf(state), amount, batch);
      next[state * amounts.length + move] = after < 0 ? after + states : after;
    });
  }
  return { states, moves: amounts.length, next, held };
}
