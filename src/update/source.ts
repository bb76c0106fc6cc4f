/** Where updates come from: a generator, a recorded stream. */
import type { UpdateColumns } from './columns.ts';

export interface UpdateSource {
  /** Operations in all, where it is known beforehand. */
  readonly operations: number | null;
  /**
   * Writes the next batch from row 0 on, at most UPDATES_PER_BATCH updates; one of length 0 is the
   * end. A source that waits for its input returns a promise.
   */
  fill(columns: UpdateColumns): Promise<void> | void;
}
