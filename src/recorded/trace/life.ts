/** A process of a trace: what is known of it from its first event to its last. */
import { MEMBER, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';
import type { UpdateColumns } from '../../update/columns.ts';

/** Where updates of a process gather. */
export interface LifeBatch {
  /** Of tasks by their ids, not yet numbered as threads. */
  readonly columns: UpdateColumns;
  /** 1 for each CPU that updates may be on. */
  readonly online: Uint8Array;
  /** Makes room in the columns. */
  flush(): void;
}

/** An update that may be half of one fault, which moves a page to another member. */
interface PendingUpdate {
  /** As rows have it. */
  kind: number;
  member: number;
  pages: Pages;
  thread: number;
  cpu: number;
  line: number;
}

export interface Life<T = unknown> {
  readonly mmId: number;
  /** Of the processes that have had this mm_id, which one: 1 = the first. */
  readonly ordinal: number;
  /** No other process has the same. */
  readonly firstLine: number;
  lastLine: number;
  /** Name of the first task seen to run on the mm; null: none was. */
  comm: string | null;
  /** Last size of each member, pages. */
  readonly sizes: number[];
  /** A bit for each member that has been seen. */
  seen: number;
  /** Losses up to which each member's size is known; behind, it has to be taken up again. */
  readonly knownAt: number[];
  /** Huge pages of each member that are known to be mapped; null: none ever was. */
  hugeMapped: number[] | null;
  /** Tasks whose last own update was in this process. */
  tasks: number[];
  /** What an update has to be for the last one to be its first half, as bits of TRAITS; 0: nothing is. */
  waitsFor: number;
  /** The last update, while it `isHeld`: else it is in the batch, or has been told. */
  readonly pending: PendingUpdate;
  isHeld: boolean;
  ended: boolean;
  /** Where updates go that need not be told; null: all are told. */
  batch: LifeBatch | null;
  /** What who hears the steps makes of it; null: nothing yet. */
  of: T | null;
}

/** "247315454", of the second process that has the mm_id "247315454#2". */
export function lifeName(mmId: number, ordinal: number): string {
  return ordinal === 1 ? `${mmId}` : `${mmId}#${ordinal}`;
}

/** So many huge pages of a member more are mapped. */
export function mapHuge(life: Life<unknown>, member: number, change: number): void {
  life.hugeMapped ??= new Array<number>(NR_MEMBERS).fill(0);
  life.hugeMapped[member]! += change;
}

/**
 * Whether a process is gone at an event of a task that does not run on it: every process has a stack, so
 * one without anonymous pages that no task runs on is.
 */
export function hasEnded({ seen, sizes }: Life<unknown>): boolean {
  return ((seen >> MEMBER.anon) & 1) === 1 && sizes.every((size) => size === 0);
}

/** Of a process that began in the trace every member is known to be 0 at first. */
export function createLife<T>(
  mmId: number,
  ordinal: number,
  line: number,
  bornHere: boolean,
  losses: number,
): Life<T> {
  // Small lists, not typed arrays: a trace may have many processes.
  const each = (value: number) => new Array<number>(NR_MEMBERS).fill(value);
  return {
    mmId,
    ordinal,
    firstLine: line,
    lastLine: line,
    comm: null,
    sizes: each(0),
    seen: 0,
    knownAt: each(bornHere ? losses : -1),
    hugeMapped: null,
    tasks: [],
    pending: { kind: 0, member: 0, pages: 0, thread: 0, cpu: 0, line },
    waitsFor: 0,
    isHeld: false,
    ended: false,
    batch: null,
    of: null,
  };
}
