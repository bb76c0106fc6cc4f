/** A process that may turn out to be one of those asked for: its start is kept until that is known. */

import { type RecordedUpdate, rowShapes } from '../../../recorded/recorded.ts';
import type { Pages } from '../../../units.ts';

/** Updates kept of a process that has not been named: beyond, its start becomes an offset. */
export const KEPT_UPDATES = 4096;

interface KeptUpdate {
  readonly record: RecordedUpdate;
  readonly cpu: number;
  readonly line: number;
}

interface KeptOffset {
  readonly member: number;
  readonly pages: Pages;
}

type Kept = KeptUpdate | KeptOffset;

/** What takes in what happens to a process. */
export interface Intake {
  /** An update on this CPU; a task's first one makes it a thread of the process. */
  add(record: RecordedUpdate, cpu: number, line: number): void;
  /** Pages that truth and readings alike have, and no CPU holds back. */
  offset(member: number, pages: Pages): void;
}

export interface Candidate<T extends Intake> {
  /** Null: it is not known to be asked for, or is not. */
  intake: T | null;
  kept: Kept[];
  /** Updates of its start that had to be turned into offsets. */
  updatesDropped: number;
}

export function createCandidate<T extends Intake>(intake: T | null): Candidate<T> {
  return { intake, kept: [], updatesDropped: 0 };
}

function enter(intake: Intake, kept: Kept): void {
  if ('record' in kept) intake.add(kept.record, kept.cpu, kept.line);
  else intake.offset(kept.member, kept.pages);
}

/** The process is asked for: what was kept is replayed. */
export function choose<T extends Intake>(candidate: Candidate<T>, intake: T): void {
  for (const one of candidate.kept) enter(intake, one);
  candidate.kept = [];
  candidate.intake = intake;
}

/** What so many updates and offsets left in each member, as offsets. */
function asOffsets(kept: readonly Kept[]): Kept[] {
  const sums = new Map<number, Pages>();
  const add = (member: number, pages: Pages) => sums.set(member, (sums.get(member) ?? 0) + pages);
  for (const one of kept) {
    if (!('record' in one)) add(one.member, one.pages);
    else for (const { member, sign } of rowShapes(one.record)) add(member, sign * one.record.pages);
  }
  return [...sums].map(([member, pages]) => ({ member, pages }));
}

/** Replays an update or offset, or keeps it. */
export function replayOrKeep(candidate: Candidate<Intake>, one: Kept): void {
  if (candidate.intake !== null) {
    enter(candidate.intake, one);
    return;
  }
  if (candidate.kept.length === KEPT_UPDATES) {
    candidate.updatesDropped += candidate.kept.filter((kept) => 'record' in kept).length;
    candidate.kept = asOffsets(candidate.kept);
  }
  candidate.kept.push(one);
}
