/** Records of updates: what recordings hold and witnesses print, and the rows that a record stands for. */
import { MEMBER, MEMBERS, type MemberName } from '../kernel/rss-stat.ts';
import type { Pages } from '../units.ts';
import { appendRow, type UpdateColumns } from './columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, FIRST_MOMENT, KIND } from './kinds.ts';

export const RECORDED_FORMAT = 'rss-err/updates@1';

/** Kinds of records, those of updates by theirs; null: a fault that moves a page between members. */
const KINDS = {
  fault: KIND.fault,
  'fault-around': KIND.faultAround,
  huge: KIND.huge,
  bulk: KIND.bulk,
  remote: KIND.remote,
  eventless: KIND.eventless,
  cow: null,
  'swap-in': null,
  'thread-exit': KIND.threadExit,
  'cpu-offline': KIND.cpuOffline,
  'cpu-online': KIND.cpuOnline,
  'thread-start': KIND.threadStart,
  'switch-out': KIND.switchOut,
};

export type RecordKind = keyof typeof KINDS;

export const RECORD_KINDS = Object.keys(KINDS) as RecordKind[];

const NAMES: readonly string[] = Object.entries(KINDS).reduce<string[]>((names, [name, kind]) => {
  if (kind !== null) names[kind] = name;
  return names;
}, []);

/** The record of one update of a kind is of this one. */
export function kindName(kind: number): RecordKind {
  return NAMES[kind] as RecordKind;
}

export interface RecordedUpdate {
  readonly kind: RecordKind;
  readonly thread: number;
  readonly cpu: number;
  /**
   * Signed; of `fault`, `cow` and `swap-in` so many faults of one page in a row. `cow` and `swap-in`
   * are never negative; those without pages have 0.
   */
  readonly pages: number;
  /** Of `cow` the member that the page leaves (file or shmem); of `swap-in` always swap. */
  readonly member: MemberName;
  /** Which process; a file may hold several. */
  readonly mm: number;
  /** So many equal records in a row. */
  readonly repeat: number;
}

/** What a record has where a file leaves it out. */
export const RECORD_DEFAULTS = { member: 'anon', mm: 0, repeat: 1 } as const;

export const MOST_RECORD_PAGES = 2 ** 40;
/** Pages of one row of columns: what a counter holds and a row fit 32 bits together. Runs are cut. */
export const MOST_ROW_PAGES = 2 ** 30;
export const MOST_REPEAT = 2 ** 40;
export const HIGHEST_THREAD = 2 ** 31 - 1;
export const HIGHEST_MM = Number.MAX_SAFE_INTEGER;

/** One row of update columns: a record is one row, a page that moves between members two. */
export interface RowShape {
  readonly kind: number;
  readonly member: number;
  readonly sign: 1 | -1;
}

/**
 * The rows of a record. A copy-on-write or swap-in is one fault that takes a page from a member,
 * with its event, and then adds one to anon without another.
 */
function shapesOf(kind: RecordKind, member: number): RowShape[] {
  const simple = KINDS[kind];
  if (simple !== null) return [{ kind: simple, member, sign: 1 }];
  return [
    { kind: KIND.fault, member: kind === 'swap-in' ? MEMBER.swap : member, sign: -1 },
    { kind: KIND.eventless, member: MEMBER.anon, sign: 1 },
  ];
}

/** By kind, and the member's number. */
export const ROW_SHAPES: Readonly<Record<RecordKind, readonly (readonly RowShape[])[]>> =
  Object.fromEntries(
    RECORD_KINDS.map((kind) => [kind, MEMBERS.map((_, member) => shapesOf(kind, member))]),
  ) as Record<RecordKind, RowShape[][]>;

/** The rows of a record. */
export function rowShapes({
  kind,
  member,
}: Pick<RecordedUpdate, 'kind' | 'member'>): readonly RowShape[] {
  return ROW_SHAPES[kind][MEMBER[member]]!;
}

/** Kinds whose `pages` are so many faults of one page each. */
export function isRun(kind: RecordKind): boolean {
  return kind === 'fault' || kind === 'cow' || kind === 'swap-in';
}

/** Kinds that change who holds pages, not the pages. */
export function isWithoutPages(kind: RecordKind): boolean {
  return rowShapes({ kind, member: RECORD_DEFAULTS.member })[0]!.kind >= FIRST_KIND_WITHOUT_PAGES;
}

/** Kinds without pages that concern a thread, wherever it runs; the others concern a CPU. */
export function isOfThread(kind: RecordKind): boolean {
  return kind === 'thread-start' || kind === 'thread-exit';
}

export function isMemberName(text: string): text is MemberName {
  return MEMBERS.some((name) => name === text);
}

/** Appends the rows of a record of so many pages; the last one ends the operation. */
export function appendRows(
  columns: UpdateColumns,
  shapes: readonly RowShape[],
  pages: Pages,
  cpu: number,
  thread: number,
): void {
  const last = shapes.length - 1;
  for (let i = 0; i <= last; i++) {
    const { kind, member, sign } = shapes[i]!;
    const ends = i === last && kind < FIRST_MOMENT;
    appendRow(columns, thread, cpu, sign * pages, kind, member, ends ? 1 : 0);
  }
}
