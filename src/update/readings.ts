/** What a scheme makes of a batch: how its members read, in pages and unclamped, as updates go by. */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { UPDATES_PER_BATCH, type UpdateColumns } from './columns.ts';

/**
 * Changes of the reading inside runs of faults, in order. Entry i: the member of update `update`
 * reads `reading` after add `add` (1 = the first), and `step` pages more |step| adds later, `count`
 * times in all. Between changes a reading is constant. What stands beyond `length` means nothing.
 */
interface InnerChanges {
  length: number;
  /** The next four, one behind the other: a loop looks one array up where it would four. */
  readonly integers: Int32Array;
  readonly update: Int32Array;
  readonly add: Int32Array;
  readonly reading: Float64Array;
  readonly count: Int32Array;
  readonly step: Int32Array;
}

/**
 * Errors from `low` to `high` that have been seen before the batch, which is of one member alone; `error` is
 * how far its reading is off before the first update. Pages; none are known where `low` is above `high`.
 */
interface KnownErrors {
  error: number;
  low: number;
  high: number;
}

/**
 * Members that an update moves besides its own (a thread's sync, a CPU's going), in order: they
 * move at its first inner change, or at its only add where it has none.
 */
interface SideChanges {
  length: number;
  readonly update: Int32Array;
  readonly member: Uint8Array;
  readonly reading: Float64Array;
}

export interface Readings {
  /** What the member of update u reads after all of u's adds. */
  readonly after: Float64Array;
  /** No entry of `after` is below it. */
  lowest: number;
  /** None is above it: infinite where a scheme does not look. */
  highest: number;
  readonly inner: InnerChanges;
  /** A scheme may leave an inner change out where errors just before and behind it are known. */
  readonly known: KnownErrors;
  readonly side: SideChanges;
}

/** Room for so many updates: a run's reading wraps once at most, a sync moves every member. */
export function createReadings(updates = UPDATES_PER_BATCH): Readings {
  const runs = 2 * updates;
  const integers = new Int32Array(4 * runs);
  const sides = NR_MEMBERS * updates;
  return {
    after: new Float64Array(updates),
    lowest: Number.POSITIVE_INFINITY,
    highest: Number.NEGATIVE_INFINITY,
    inner: {
      length: 0,
      integers,
      update: integers.subarray(0, runs),
      add: integers.subarray(runs, 2 * runs),
      reading: new Float64Array(runs),
      count: integers.subarray(2 * runs, 3 * runs),
      step: integers.subarray(3 * runs),
    },
    known: { error: 0, low: 1, high: 0 },
    side: {
      length: 0,
      update: new Int32Array(sides),
      member: new Uint8Array(sides),
      reading: new Float64Array(sides),
    },
  };
}

/** Makes room for the next batch. */
export function clearReadings(readings: Readings): void {
  readings.lowest = Number.POSITIVE_INFINITY;
  readings.highest = Number.NEGATIVE_INFINITY;
  readings.inner.length = 0;
  readings.side.length = 0;
  forgetKnown(readings);
}

/** From here on no error is known. */
export function forgetKnown({ known }: Readings): void {
  known.low = 1;
  known.high = 0;
}

/** What the member of one update reads after it; loops do as much by hand. */
export function setReading(readings: Readings, update: number, reading: number): void {
  readings.after[update] = reading;
  readings.lowest = Math.min(readings.lowest, reading);
  readings.highest = Math.max(readings.highest, reading);
}

/** What the rows from one on read that all read the same: a native fill pays for many only. */
export function fillReadings(after: Float64Array, from: number, to: number, reading: number): void {
  if (to - from > 32) after.fill(reading, from, to);
  else for (let u = from; u < to; u++) after[u] = reading;
}

/** Appends `count` changes inside a run, |step| adds and `step` pages apart. */
export function pushInner(
  { inner }: Readings,
  update: number,
  add: number,
  reading: number,
  count: number,
  step: number,
): void {
  const i = inner.length;
  inner.update[i] = update;
  inner.add[i] = add;
  inner.reading[i] = reading;
  inner.count[i] = count;
  inner.step[i] = step;
  inner.length = i + 1;
}

/** Appends the change of a member that is not the update's own. */
export function pushSide(
  { side }: Readings,
  update: number,
  member: number,
  reading: number,
): void {
  const i = side.length;
  side.update[i] = update;
  side.member[i] = member;
  side.reading[i] = reading;
  side.length = i + 1;
}

/** What each member reads after the batch, over what it read before. */
export function enterReadings(
  members: Float64Array,
  { length, member }: UpdateColumns,
  { after, side }: Readings,
): void {
  let s = 0;
  for (let u = 0; u < length; u++) {
    for (; s < side.length && side.update[s] === u; s++) {
      members[side.member[s]!] = side.reading[s]!;
    }
    members[member[u]!] = after[u]!;
  }
}
