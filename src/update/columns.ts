/** A batch of updates as parallel columns, and the change points that a scheme makes of it. */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
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

/**
 * (u, a, m, x): after the a-th add of update u, 1 ≤ a ≤ adds(u), member m reads x, in pages and
 * unclamped. In order of (u, a), a member at most once at each; between change points a reading is
 * constant.
 */
export interface ChangePoints {
  length: number;
  readonly update: Int32Array;
  readonly add: Int32Array;
  readonly member: Uint8Array;
  readonly reading: Float64Array;
}

/** Adds in one batch; what writes a batch cuts longer runs of faults at its edge. */
export const ADDS_PER_BATCH = 16384;

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

/** Room for the changes of so many adds: one add can move every member (a thread's sync). */
export function createChangePoints(adds = ADDS_PER_BATCH): ChangePoints {
  const capacity = adds * NR_MEMBERS;
  return {
    length: 0,
    update: new Int32Array(capacity),
    add: new Int32Array(capacity),
    member: new Uint8Array(capacity),
    reading: new Float64Array(capacity),
  };
}

/** Appends one change point. */
export function pushChange(
  changes: ChangePoints,
  update: number,
  add: number,
  member: number,
  reading: number,
): void {
  const i = changes.length;
  changes.update[i] = update;
  changes.add[i] = add;
  changes.member[i] = member;
  changes.reading[i] = reading;
  changes.length = i + 1;
}

/** Appends `count` change points, `period` adds and `step` pages apart; returns the last reading. */
export function pushChangeRun(
  changes: ChangePoints,
  update: number,
  firstAdd: number,
  period: number,
  count: number,
  member: number,
  reading: number,
  step: number,
): number {
  let value = reading;
  let add = firstAdd;
  for (let i = 0; i < count; i++) {
    value += step;
    pushChange(changes, update, add, member, value);
    add += period;
  }
  return value;
}
