/** Reading ahead: cells that a batch is about to change come into the caches together, not one by one. */

/** Fewer stay near by themselves. */
const MANY_CELLS = 2 ** 17;

/** Is written and never read, so that the compiler has to read the cells. */
const seen = new Int32Array(1);

/**
 * Reads the cells at some places, of many alone. A processor waits for several cells at once as far
 * as it looks ahead: over a dozen of these reads, but over two updates of a scheme's.
 */
export function touch(cells: Int32Array, places: Int32Array, from: number, to: number): void {
  if (cells.length < MANY_CELLS) return;
  let all = 0;
  for (let u = from | 0; u + 3 < to; u += 4) {
    all |= cells[places[u]!]! | cells[places[u + 1]!]!;
    all |= cells[places[u + 2]!]! | cells[places[u + 3]!]!;
  }
  seen[0] = all;
}
