/** How a middle value of the two-level scheme is filled to the page, by spills out of one cell. */
import type { Holding } from '../../schemes/scheme.ts';
import type { Pages } from '../../units.ts';

export type TwoLevelHolding = Extract<Holding, { kind: 'two-level' }>;

/** So many spills of so many pages each, positive on the side that is to be filled. */
export interface Spill {
  readonly pages: Pages;
  readonly times: number;
}

/**
 * Spills that take a middle value from 0 to one page below its batch, and never to the batch on the way:
 * whole batches of the cell; and where that is no multiple of them, pairs of spills to and fro, of which the
 * one on the side of `excess` (1: that which is filled) has up to `most` pages more. Without any, or where
 * every spill is handed on, it comes as near as it can.
 */
export function* fillingSpills(
  { batch, middle }: Pick<TwoLevelHolding, 'batch' | 'middle'>,
  most: Pages,
  excess: 1 | -1,
): Generator<Spill> {
  const whole = Math.floor((middle - 1) / batch);
  const rest = middle - 1 - whole * batch;
  if (whole === 0) return;
  yield { pages: batch, times: whole };
  if (most === 0 || rest === 0) return;
  for (let left = excess === 1 ? rest : batch - rest; left > 0; left -= most) {
    const more = Math.min(left, most);
    yield { pages: excess === 1 ? -batch : -batch - more, times: 1 };
    yield { pages: excess === 1 ? batch + more : batch, times: 1 };
  }
  if (excess === -1) yield { pages: batch, times: 1 };
}
