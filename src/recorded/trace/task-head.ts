/** The task that a line of a trace is of: what stands before the bracket of its CPU, read from the bytes. */
import {
  BLANK,
  INT_DIGITS,
  isBlank,
  isDigit,
  numberAt,
  skipBlanks,
  startOf,
  word,
} from './bytes.ts';
import type { TraceForm } from './event.ts';

const DASH = word('-');
const SLASH = word('/');
export const BRACKET = word('[');
const OPEN = word('(');
const CLOSE = word(')');

/** As long as heads, and fields, may be for parse-line.ts. */
export const LONGEST = 400;

const isDash = (byte: number) => byte === DASH;

/** What stands before the bracket of the CPU, as places in the bytes. */
interface Task {
  /** The bracket. */
  readonly end: number;
  readonly tid: number;
  readonly commFrom: number;
  readonly commTo: number;
}

/** The end of the task's numbers: of "comm-12 ( 10) " that of 12; −1: there is something else. */
function tidEndBefore(bytes: Uint8Array, from: number, bracket: number): number {
  const end = startOf(bytes, from, bracket, isBlank);
  if (end === bracket || end === from) return -1;
  if (bytes[end - 1] !== CLOSE) return end;
  const digits = startOf(bytes, from, end - 1, isDigit);
  const group = digits < end - 1 ? digits : startOf(bytes, from, end - 1, isDash);
  const open = startOf(bytes, from, group, isBlank) - 1;
  if (group === end - 1 || open < from || bytes[open] !== OPEN) return -1;
  const before = startOf(bytes, from, open, isBlank);
  return before === open ? -1 : before;
}

/** "comm-tid ", "comm-tid (tgid) ", perf's "comm tid " or "comm tgid/tid " from a line's start on. */
function taskBefore(bytes: Uint8Array, start: number, bracket: number, perf: boolean): Task | null {
  const from = skipBlanks(bytes, start);
  const tidEnd = tidEndBefore(bytes, from, bracket);
  if (tidEnd < 0) return null;
  const tidFrom = startOf(bytes, from, tidEnd, isDigit);
  if (tidFrom === tidEnd || tidEnd - tidFrom > INT_DIGITS) return null;
  let commTo = tidFrom - 1;
  if (perf) {
    let ids = tidFrom;
    if (bytes[ids - 1] === SLASH) {
      ids = startOf(bytes, from, tidFrom - 1, isDigit);
      if (ids === tidFrom - 1) return null;
    }
    commTo = startOf(bytes, from, ids, isBlank);
    if (commTo === ids) return null;
  } else if (bytes[commTo] !== DASH) return null;
  if (commTo <= from) return null;
  const tid = numberAt(bytes, tidFrom, tidEnd);
  return { end: bracket, tid, commFrom: from, commTo };
}

/** The bracket of the CPU: the first in what is printable ASCII; −1 where there is none such. */
function bracketOf(bytes: Uint8Array, from: number): number {
  for (let at = from; at < from + LONGEST; at++) {
    const byte = bytes[at]!;
    if (byte === BRACKET) return at;
    if (!(byte >= BLANK && byte < 0x7f)) return -1;
  }
  return -1;
}

/** The task of the line that begins there; null: it is none, or has to be read by other means. */
export function taskAt(bytes: Uint8Array, start: number, form: TraceForm): Task | null {
  const bracket = bracketOf(bytes, start);
  return bracket < 0 ? null : taskBefore(bytes, start, bracket, form === 'perf-script');
}

/** The name of a task that taskAt() finds. */
export function taskName(bytes: Uint8Array, start: number, form: TraceForm): string {
  const { commFrom, commTo } = taskAt(bytes, start, form)!;
  return String.fromCharCode(...bytes.subarray(commFrom, commTo));
}
