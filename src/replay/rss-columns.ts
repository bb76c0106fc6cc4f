/** What the resident set reads while a batch goes by, from what each member reads. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { Readings } from '../update/readings.ts';

/** One reading of the resident set, pages: before the batch, and after each of its updates. */
export interface RssColumn {
  readonly before: number;
  readonly after: Float64Array;
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
  const { after, inner } = readings;
  const before = own.members[member]!;
  own.members[member] = after[length - 1]!;
  const raw = { before, after };
  // From its first change on a run's reading moves one way, and it ends in `after`; one that wraps
  // begins anew below zero, or stood there before.
  if (before >= 0 && readings.lowest === 0 && !anyNegative(inner.reading, inner.length)) {
    return { raw, clamped: raw, same: true, oneMember: true };
  }
  makeRoom(own, readings);
  for (let u = 0; u < length; u++) own.clamped[u] = Math.max(0, after[u]!);
  const clamped = { before: Math.max(0, before), after: own.clamped };
  return { raw, clamped, same: false, oneMember: true };
}

function ofSeveralMembers(
  own: MemberReadings,
  { length, member }: UpdateColumns,
  readings: Readings,
): RssColumns {
  makeRoom(own, readings);
  const { after, inner, side } = readings;
  const { members } = own;
  let raw = 0;
  let clamped = 0;
  const set = (m: number, reading: number) => {
    const before = members[m]!;
    members[m] = reading;
    raw += (reading - before) * IN_RSS[m]!;
    clamped += (Math.max(0, reading) - Math.max(0, before)) * IN_RSS[m]!;
  };
  for (let m = 0; m < NR_MEMBERS; m++) {
    raw += members[m]! * IN_RSS[m]!;
    clamped += Math.max(0, members[m]!) * IN_RSS[m]!;
  }
  const before = { raw, clamped };
  let same = raw === clamped && !anyNegative(inner.reading, inner.length);
  let s = 0;
  for (let u = 0; u < length; u++) {
    for (; s < side.length && side.update[s] === u; s++) set(side.member[s]!, side.reading[s]!);
    set(member[u]!, after[u]!);
    own.raw[u] = raw;
    own.clamped[u] = clamped;
    if (raw !== clamped) same = false;
  }
  return {
    raw: { before: before.raw, after: own.raw },
    clamped: { before: before.clamped, after: own.clamped },
    same,
    oneMember: false,
  };
}

/** Enters a batch's readings; `onlyMember` is the one that all its updates are of, if they are. */
export function rssColumns(
  own: MemberReadings,
  updates: UpdateColumns,
  readings: Readings,
  onlyMember: number | null,
): RssColumns {
  const ofOne =
    onlyMember !== null &&
    IN_RSS[onlyMember] === 1 &&
    readings.side.length === 0 &&
    readsNothingBut(own.members, onlyMember);
  return ofOne
    ? ofOneMember(own, onlyMember, updates.length, readings)
    : ofSeveralMembers(own, updates, readings);
}
