/** What recorded updates were like, as far as the bounds tell streams apart. */
import { IN_RSS, MEMBERS, type MemberName, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { Pages } from '../units.ts';
import type { UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';
import { isRun, isWithoutPages, type RecordedUpdate, type RowShape } from '../update/record.ts';

/** Of the records so far. */
export interface SeenUpdates {
  /** The most pages that one fault has added to a member, and taken from one. */
  readonly pagesAddedPerFault: number;
  readonly pagesTakenPerFault: number;
  /** A page went to a thread's cache without a fault of its own. */
  readonly eventless: boolean;
  /** The most CPUs that were on-line at once beyond those at the start. */
  readonly mostCame: number;
  /** The most pages, of either sign, that one member has held. */
  readonly mostPages: number;
  /** Members of the resident set that were updated. */
  readonly rssMembers: number;
  /** The first record that left a member with fewer pages than none; null: there was none. */
  readonly belowZero: BelowZero | null;
}

interface BelowZero {
  readonly line: number;
  readonly member: MemberName;
  readonly pages: Pages;
}

type NotedUpdate = Pick<RecordedUpdate, 'kind' | 'pages'> & { readonly repeat?: number };

interface SeenTally {
  /** Enters a record and the rows that it stands for. */
  note(record: NotedUpdate, shapes: readonly RowShape[], line: number): void;
  /** Enters rows of updates, each of which is one operation or a part of it. */
  noteRows(columns: UpdateColumns): void;
  seen(): SeenUpdates;
}

export function createSeenTally(): SeenTally {
  let pagesAddedPerFault = 0;
  let pagesTakenPerFault = 0;
  let eventless = false;
  let came = 0;
  let mostCame = 0;
  let mostPages = 0;
  let belowZero: BelowZero | null = null;
  const held = new Float64Array(NR_MEMBERS);
  const updated = new Uint8Array(NR_MEMBERS);

  function note(
    { kind, pages, repeat = 1 }: NotedUpdate,
    shapes: readonly RowShape[],
    line: number,
  ): void {
    const perFault = isRun(kind) ? Math.sign(pages) : kind === 'fault-around' ? pages : 0;
    if (shapes.length > 1) pagesTakenPerFault = Math.max(pagesTakenPerFault, 1);
    if (perFault > pagesAddedPerFault) pagesAddedPerFault = perFault;
    if (-perFault > pagesTakenPerFault) pagesTakenPerFault = -perFault;
    eventless ||= kind === 'eventless';
    if (kind === 'cpu-offline') came -= 1;
    if (kind === 'cpu-online') mostCame = Math.max(mostCame, ++came);
    if (isWithoutPages(kind)) return;
    for (const { member, sign } of shapes) {
      updated[member] = 1;
      const now = held[member]! + sign * pages * repeat;
      held[member] = now;
      mostPages = Math.max(mostPages, Math.abs(now));
      if (now < 0 && belowZero === null) {
        belowZero = { line, member: MEMBERS[member]!, pages: now };
      }
    }
  }

  /** Without events of their own are the second halves of faults that move a page. */
  function noteRows({ length, kind, member, pages }: UpdateColumns): void {
    const { fault, faultAround, eventless: secondHalf } = KIND;
    const firstWithout = FIRST_KIND_WITHOUT_PAGES;
    let most = mostPages;
    let added = pagesAddedPerFault;
    let taken = pagesTakenPerFault;
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      if (k >= firstWithout) continue;
      const delta = pages[u]!;
      const m = member[u]!;
      updated[m] = 1;
      const now = held[m]! + delta;
      held[m] = now;
      most = Math.max(most, Math.abs(now));
      if (k === faultAround) {
        added = Math.max(added, delta);
        taken = Math.max(taken, -delta);
      } else if (k === fault || k === secondHalf) {
        if (delta > 0) added = Math.max(added, 1);
        else taken = Math.max(taken, 1);
      }
    }
    mostPages = most;
    pagesAddedPerFault = added;
    pagesTakenPerFault = taken;
  }

  return {
    note,
    noteRows,
    seen: () => ({
      pagesAddedPerFault,
      pagesTakenPerFault,
      eventless,
      mostCame,
      mostPages,
      rssMembers: IN_RSS.filter((isInRss, member) => isInRss === 1 && updated[member] === 1).length,
      belowZero,
    }),
  };
}
