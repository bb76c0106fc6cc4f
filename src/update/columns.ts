/** A batch of updates as parallel columns. */
import type { Pages } from '../units.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from './kinds.ts';

/** Row u of every column describes update u; rows from `length` on are old and mean nothing. */
export interface UpdateColumns {
  length: number;
  /** Every thread index in the batch is below this. */
  threads: number;
  /** Every row is of one member and has pages. False is never wrong: those who fill say what they know. */
  uniform: boolean;
  /** An operation ends at every row; likewise. */
  endsEach: boolean;
  /** The next four, `stride` places apart, in this order: a loop looks one array up where it would four. */
  readonly integers: Int32Array;
  readonly stride: number;
  readonly cpu: Int32Array;
  /** Signed, in pages. */
  readonly pages: Int32Array;
  readonly thread: Int32Array;
  readonly kind: Int32Array;
  readonly member: Uint8Array;
  /** 1 on the last update of an operation (an unmap can be several updates). */
  readonly operationEnd: Uint8Array;
}

/** Updates in one batch. */
export const UPDATES_PER_BATCH = 4096;

/**
 * Rows to take in one call after so many others: few at first. V8 compiles a function as a whole where it
 * is called often; a loop that does not return is compiled from where it stands, worse, and for good.
 */
export function rowsPerCall(before: number): number {
  return Math.max(128, Math.floor(before / 16));
}

/** Adds of one update: a run of n faults is n adds, everything else is one. */
export function addsOf(kind: number, pages: number): number {
  return kind === KIND.fault ? Math.abs(pages) : 1;
}

/** Rows `from` up to `to` of columns that stand `stride` places apart. */
function inOneArray(integers: Int32Array, stride: number, from: number, to: number) {
  const column = (number: number) =>
    integers.subarray(number * stride + from, number * stride + to);
  return {
    ...{ integers: integers.subarray(from), stride },
    ...{ cpu: column(0), pages: column(1), thread: column(2), kind: column(3) },
  };
}

/** In memory of its own, or in such as threads share. */
export function createUpdateColumns(
  capacity = UPDATES_PER_BATCH,
  Memory: new (bytes: number) => ArrayBuffer | SharedArrayBuffer = ArrayBuffer,
): UpdateColumns {
  const bytes = () => new Uint8Array(new Memory(capacity));
  return {
    length: 0,
    threads: 0,
    uniform: false,
    endsEach: false,
    ...inOneArray(new Int32Array(new Memory(16 * capacity)), capacity, 0, capacity),
    member: bytes(),
    operationEnd: bytes(),
  };
}

/** Appends a row; loops do as much by hand. */
export function appendRow(
  columns: UpdateColumns,
  thread: number,
  cpu: number,
  pages: Pages,
  kind: number,
  member: number,
  operationEnd: 0 | 1,
): void {
  const row = columns.length;
  columns.thread[row] = thread;
  columns.cpu[row] = cpu;
  columns.pages[row] = pages;
  columns.kind[row] = kind;
  columns.member[row] = member;
  columns.operationEnd[row] = operationEnd;
  columns.length = row + 1;
}

/** A batch, or parts of it after so many rows before. */
export function* inParts(columns: UpdateColumns, before: number): Generator<UpdateColumns> {
  const { length } = columns;
  const atOnce = rowsPerCall(before);
  if (length <= atOnce) yield columns;
  else {
    for (let row = 0; row < length; row += atOnce) {
      yield rowsOf(columns, row, Math.min(row + atOnce, length));
    }
  }
}

/** Appends another batch's rows, for which there has to be room. */
export function appendBatch(columns: UpdateColumns, batch: UpdateColumns): void {
  const rows = rowsOf(batch, 0, batch.length);
  columns.thread.set(rows.thread, columns.length);
  columns.cpu.set(rows.cpu, columns.length);
  columns.pages.set(rows.pages, columns.length);
  columns.kind.set(rows.kind, columns.length);
  columns.member.set(rows.member, columns.length);
  columns.operationEnd.set(rows.operationEnd, columns.length);
  columns.length += rows.length;
}

/** Some rows of a batch as a batch, in the same memory. */
export function rowsOf(columns: UpdateColumns, from: number, to: number): UpdateColumns {
  const { threads, uniform, endsEach, integers, stride, member, operationEnd } = columns;
  return {
    ...{ length: to - from, threads, uniform, endsEach },
    ...inOneArray(integers, stride, from, to),
    member: member.subarray(from, to),
    operationEnd: operationEnd.subarray(from, to),
  };
}

/**
 * A stretch is rows of one member that all have pages: where the one that begins at row `from` ends,
 * which is `from` itself where that row has no pages. Loops over a stretch have neither to look at.
 */
export function stretchEnd({ uniform, length, kind, member }: UpdateColumns, from: number): number {
  if (uniform) return length;
  const m = member[from]!;
  let u = from;
  while (u < length && member[u] === m && kind[u]! < FIRST_KIND_WITHOUT_PAGES) u += 1;
  return u;
}

export interface UpdateSource {
  /** Operations in all, where it is known beforehand. */
  readonly operations: number | null;
  /**
   * Writes the next batch from row 0 on, at most UPDATES_PER_BATCH updates; one of length 0 is the
   * end. A source that waits for its input returns a promise.
   */
  fill(columns: UpdateColumns): Promise<void> | void;
}
