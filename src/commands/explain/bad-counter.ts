/**
 * Lines in which check_mm() (kernel/fork.c) complains of a counter that is not 0 when the last user of an
 * mm has gone: older kernels print "idx:1", newer ones "type:MM_ANONPAGES", the newest the task that went too.
 */
import { MEMBERS } from '../../kernel/rss-stat.ts';
import type { Complaint } from './result.ts';

/** resident_page_types[], in the order of MEMBERS. */
const KERNEL_NAMES: readonly string[] = [
  'MM_FILEPAGES',
  'MM_ANONPAGES',
  'MM_SWAPENTS',
  'MM_SHMEMPAGES',
];

/** A pointer is hashed, "(____ptrval____)", "(ptrval)" before there is a key, or "(null)". */
const LINE =
  /Bad rss-counter state mm:(\(?\w+\)?) (?:idx:(\d{1,2})|type:(\w+)) val:(-?[1-9]\d{0,14})\b(?: Comm:(.*) Pid:(\d{1,10}))?/;

/** What a line complains of; null where it is none of these. */
export function parseComplaint(line: string): Complaint | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, mm = '', index, type = '', value = '', comm = null, pid] = match;
  const at = index === undefined ? KERNEL_NAMES.indexOf(type) : Number(index);
  return {
    mm,
    member: MEMBERS[at] ?? null,
    text: index === undefined ? type : `idx:${index}`,
    pages: Number(value),
    comm,
    pid: pid === undefined ? null : Number(pid),
  };
}

/** All complaints of a text, in its order. */
export function complaintsOf(text: string): Complaint[] {
  return text.split('\n').flatMap((line) => parseComplaint(line) ?? []);
}

/** Complaints of one mm whose members make up for each other: pages counted on one, taken from another. */
export function balanced(complaints: readonly Complaint[]): readonly string[] {
  const sums = new Map<string, { lines: number; pages: number }>();
  for (const { mm, pages } of complaints) {
    const { lines, pages: sum } = sums.get(mm) ?? { lines: 0, pages: 0 };
    sums.set(mm, { lines: lines + 1, pages: sum + pages });
  }
  return [...sums].flatMap(([mm, { lines, pages }]) => (lines > 1 && pages === 0 ? [mm] : []));
}
