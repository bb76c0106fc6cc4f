/** Runs of single pages into a count that is handed on whenever it reaches a batch. */

/** What a run has done to a count. */
export interface RunOfFlushes {
  flushes: number;
  /** What the count holds after it, pages. */
  left: number;
}

/**
 * |delta| adds of one page to a count that holds `held`: the first flush where the batch is reached
 * (at once where a batch that has shrunk is exceeded already), then one every `batch` adds.
 */
export function runOfFlushes(held: number, delta: number, batch: number, run: RunOfFlushes): void {
  const sign = delta < 0 ? -1 : 1;
  const adds = delta * sign;
  const first = Math.abs(held + sign) >= batch ? 1 : batch - sign * held;
  const after = adds - first;
  run.flushes = after < 0 ? 0 : 1 + Math.floor(after / batch);
  run.left = after < 0 ? held + delta : sign * (after % batch);
}

/** One add of any size. */
export function oneFlush(held: number, delta: number, batch: number, run: RunOfFlushes): void {
  const sum = held + delta;
  run.flushes = Math.abs(sum) >= batch ? 1 : 0;
  run.left = run.flushes === 1 ? 0 : sum;
}
