/** What recorded updates were like, as far as the bounds tell streams apart. */
import { IN_RSS, MEMBERS, type MemberName, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { Pages } from '../units.ts';
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

export interface BelowZero {
  readonly line: number;
  readonly member: MemberName;
  readonly pages: Pages;
}

type NotedUpdate = Pick<RecordedUpdate, 'kind' | 'pages'> & { readonly repeat?: number };

interface SeenTally {
  /** Enters a record and the rows that it stands for. */
  note(record: NotedUpdate, shapes: readonly RowShape[], line: number): void;
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

  return {
    note,
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
