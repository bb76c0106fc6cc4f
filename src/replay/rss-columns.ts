/** What the resident set reads while a batch goes by, from what each member reads. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { Readings } from '../update/readings.ts';

/** One reading of the resident set, pages: before the batch, and after each of its updates. */
export interface RssColumn {
  readonly before: number;
  readonly after: Float64Array;
  /** What all of `after` are, where they are known to be one. */
  readonly steady: number | null;
}

interface RssColumns {
  readonly raw: RssColumn;
  /** Each member clamped at zero. */
  readonly clamped: RssColumn;
  /** No member reads below zero at any add of the batch: the two are one. */
  readonly same: boolean;
  /** The raw column is what one member reads, the only one that is updated. */
  readonly oneMember: boolean;
}

/** Members as they read between batches, and room for a batch's columns. */
export interface MemberReadings {
  /** Unclamped, pages. */
  readonly members: Float64Array;
  raw: Float64Array;
  clamped: Float64Array;
}

const NO_ROOM = new Float64Array(0);

export function createMemberReadings(): MemberReadings {
  return {
    members: new Float64Array(NR_MEMBERS),
    raw: NO_ROOM,
    clamped: NO_ROOM,
  };
}

/** The resident set as it is read between batches, each member clamped at zero; pages. */
export function clampedRss({ members }: MemberReadings): number {
  return members.reduce((sum, reading, m) => sum + Math.max(0, reading) * IN_RSS[m]!, 0);
}

/** The same of the counters as they are. */
export function rawRss({ members }: MemberReadings): number {
  return members.reduce((sum, reading, m) => sum + reading * IN_RSS[m]!, 0);
}

/** Most batches need no columns of their own. */
function makeRoom(own: MemberReadings, { after }: Readings): void {
  if (own.raw.length >= after.length) return;
  own.raw = new Float64Array(after.length);
  own.clamped = new Float64Array(after.length);
}

/** Whether a value from 0 to `length` − 1 is negative. */
function anyNegative(values: Float64Array, length: number): boolean {
  let lowest = 0;
  for (let i = 0; i < length; i++) if (values[i]! < lowest) lowest = values[i]!;
  return lowest < 0;
}

function clampTo(seen: Float64Array, after: Float64Array, length: number): void {
  for (let u = 0; u < length; u++) {
    const reading = after[u]!;
    seen[u] = reading < 0 ? 0 : reading;
  }
}

function readsNothingBut(members: Float64Array, only: number): boolean {
  return members.every((reading, m) => m === only || IN_RSS[m] === 0 || reading === 0);
}

/** The resident set is one member's: its column is the scheme's own. */
function ofOneMember(
  own: MemberReadings,
  member: number,
  length: number,
  readings: Readings,
): RssColumns {
  const { after, inner, lowest, highest } = readings;
  const before = own.members[member]!;
  own.members[member] = after[length - 1]!;
  const raw = { before, after, steady: lowest === highest ? lowest : null };
  // From its first change on a run's reading moves one way, and it ends in `after`; one that wraps
  // begins anew below zero, or stood there before.
  if (before >= 0 && lowest >= 0 && !anyNegative(inner.reading, inner.length)) {
    return { raw, clamped: raw, same: true, oneMember: true };
  }
  makeRoom(own, readings);
  const seen = own.clamped;
  const isZero = highest <= 0;
  if (isZero) seen.fill(0, 0, length);
  else clampTo(seen, after, length);
  const clamped = { before: Math.max(0, before), after: seen, steady: isZero ? 0 : null };
  return { raw, clamped, same: false, oneMember: true };
}

/** A member reads otherwise than before. */
interface Change {
  readonly raw: number;
  readonly clamped: number;
}

function setMember(members: Float64Array, m: number, reading: number): Change {
  const before = members[m]!;
  members[m] = reading;
  return {
    raw: (reading - before) * IN_RSS[m]!,
    clamped: (Math.max(0, reading) - Math.max(0, before)) * IN_RSS[m]!,
  };
}

/** Neither before the batch nor in it does a member read below zero. */
function isNeverNegative({ members }: MemberReadings, { lowest, inner, side }: Readings): boolean {
  return (
    lowest >= 0 &&
    !anyNegative(members, members.length) &&
    !anyNegative(inner.reading, inner.length) &&
    !anyNegative(side.reading, side.length)
  );
}

function ofSeveralMembers(
  own: MemberReadings,
  { length, member }: UpdateColumns,
  readings: Readings,
): RssColumns {
  makeRoom(own, readings);
  const { after, inner, side } = readings;
  const { members, raw: rawAfter, clamped: clampedAfter } = own;
  const weights = IN_RSS;
  const before = { raw: rawRss(own), clamped: clampedRss(own) };
  let { raw, clamped } = before;
  const isPlain = isNeverNegative(own, readings);
  let isSame = raw === clamped && (isPlain || !anyNegative(inner.reading, inner.length));
  let s = 0;
  let nextSide = side.length > 0 ? side.update[0]! : length;
  for (let u = 0; u < length; u++) {
    for (; nextSide === u; nextSide = s < side.length ? side.update[s]! : length) {
      const change = setMember(members, side.member[s]!, side.reading[s]!);
      raw += change.raw;
      clamped += change.clamped;
      s += 1;
    }
    const m = member[u]!;
    const reading = after[u]!;
    const last = members[m]!;
    members[m] = reading;
    raw += (reading - last) * weights[m]!;
    rawAfter[u] = raw;
    if (isPlain) continue;
    clamped += ((reading > 0 ? reading : 0) - (last > 0 ? last : 0)) * weights[m]!;
    clampedAfter[u] = clamped;
    if (raw !== clamped) isSame = false;
  }
  const ofRaw = { before: before.raw, after: rawAfter, steady: null };
  return {
    raw: ofRaw,
    clamped: isPlain ? ofRaw : { before: before.clamped, after: clampedAfter, steady: null },
    same: isSame,
    oneMember: false,
  };
}

/** Whether the resident set reads what this member does, the only one that is updated, if there is one. */
export function isOneMember({ members }: MemberReadings, only: number | null): only is number {
  return only !== null && IN_RSS[only] === 1 && readsNothingBut(members, only);
}

/** Enters a batch's readings; `onlyMember` is the one that all its updates are of, if they are. */
export function rssColumns(
  own: MemberReadings,
  updates: UpdateColumns,
  readings: Readings,
  onlyMember: number | null,
): RssColumns {
  return isOneMember(own, onlyMember) && readings.side.length === 0
    ? ofOneMember(own, onlyMember, updates.length, readings)
    : ofSeveralMembers(own, updates, readings);
}
