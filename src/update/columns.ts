/** A batch of updates as parallel columns. */
import { KIND } from './kinds.ts';

/** Row u of every column describes update u; rows from `length` on are old and mean nothing. */
export interface UpdateColumns {
  length: number;
  /** Every thread index in the batch is below this. */
  threads: number;
  readonly thread: Int32Array;
  readonly cpu: Int32Array;
  /** Signed, in pages. */
  readonly pages: Int32Array;
  readonly kind: Uint8Array;
  readonly member: Uint8Array;
  /** 1 on the last update of an operation (an unmap can be several updates). */
  readonly operationEnd: Uint8Array;
}

/** Updates in one batch. */
export const UPDATES_PER_BATCH = 4096;

/** Adds of one update: a run of n faults is n adds, everything else is one. */
export function addsOf(kind: number, pages: number): number {
  return kind === KIND.fault ? Math.abs(pages) : 1;
}

export function createUpdateColumns(capacity = UPDATES_PER_BATCH): UpdateColumns {
  return {
    length: 0,
    threads: 0,
    thread: new Int32Array(capacity),
    cpu: new Int32Array(capacity),
    pages: new Int32Array(capacity),
    kind: new Uint8Array(capacity),
    member: new Uint8Array(capacity),
    operationEnd: new Uint8Array(capacity),
  };
}
