/**
 * Reads the lines of `rss_stat` as nearly all of them are, straight from the bytes. Strict: of a line
 * with anything else to it nothing is said, and parse-line.ts reads it; of these it says the same.
 */
import { LINE_END } from '../../input/text-lines.ts';
import { type PageSize, pagesToBytes } from '../../units.ts';
import {
  BLANK,
  DOUBLE_DIGITS,
  INT_DIGITS,
  isDigit,
  isPiece,
  isPieceAt,
  keepPiece,
  numberAt,
  PIECE_WORDS,
  skipBlanks,
  skipDigits,
  word,
  ZERO,
} from './bytes.ts';
import type { TraceForm } from './event.ts';
import { TRACE_TYPES } from './rss-stat-line.ts';
import { BRACKET, LONGEST, taskAt } from './task-head.ts';

/** Lines in a row of columns: what a line says, or that it has to be read by other means. */
export interface LineRows {
  length: number;
  /** 1: the columns below hold; 0: the line is only known by its place. */
  readonly known: Uint8Array;
  /** Where the line begins in the bytes. */
  readonly from: Int32Array;
  /** A number of what the line says of its task, the same only for the same words. */
  readonly task: Float64Array;
  readonly tid: Int32Array;
  readonly cpu: Int32Array;
  /** Seconds, the double that the digits stand for. */
  readonly time: Float64Array;
  readonly mmId: Float64Array;
  readonly curr: Uint8Array;
  readonly member: Uint8Array;
  readonly pages: Int32Array;
}

/** Room for so many lines. */
export function createLineRows(capacity: number): LineRows {
  const bytes = () => new Uint8Array(capacity);
  const ints = () => new Int32Array(capacity);
  const doubles = () => new Float64Array(capacity);
  return {
    length: 0,
    ...{ known: bytes(), from: ints(), task: doubles(), tid: ints(), cpu: ints() },
    ...{ time: doubles(), mmId: doubles(), curr: bytes(), member: bytes() },
    pages: ints(),
  };
}

const DASH = word('-');
const DOT = word('.');
const COLON = word(':');
const BRACKET_END = word(']');
const B = word('B');
const KMEM = word('kmem');
const RSS_ = word('rss_');
const STAT = word('stat');
const MM_I = word('mm_i');
const D_IS = word('d=');
const _CUR = word(' cur');
const R_IS = word('r=');
const _TYP = word(' typ');
const E_IS_MM = word('e=MM');
const UNDERSCORE = word('_');
const _SIZ = word(' siz');
const E_IS = word('e=');

/** The kernel's names of members behind "MM_", as two words, the rest of the name and its length. */
const TYPES = TRACE_TYPES.map((type) => type.slice('MM_'.length)).map((name) => ({
  first: word(name.slice(0, 4)),
  second: word(name.slice(4, 8)),
  rest: word(name.slice(8)),
  mask: 2 ** (8 * (name.length - 8)) - 1,
  length: name.length,
}));

const POWERS = Array.from({ length: DOUBLE_DIGITS + 1 }, (_, n) => 10 ** n);

/** So many bytes behind a line's start may be looked at. */
const REACH = 2 * LONGEST + 100;

/** Heads that are remembered: what is before the CPU's bracket. */
const HEADS = 4096;
const HASH_SHIFT = 20;

export interface BytesParser {
  /** Parses lines, which all have an end, until rows are full or the bytes are. @returns where it stopped. */
  parse(bytes: Uint8Array, from: number, rows: LineRows): number;
}

export function createBytesParser(form: TraceForm, pageSize: PageSize): BytesParser {
  const isPerf = form === 'perf-script';
  const pagesPerByte = 1 / pagesToBytes(1, pageSize);
  // Heads by a hash, and behind them one that is remembered until the next that has no place.
  const headLength = new Int32Array(HEADS + 1);
  const headWords = new Int32Array(HEADS * PIECE_WORDS);
  const headTask = new Float64Array(HEADS + 1);
  const headTid = new Int32Array(HEADS + 1);
  // What followed the time when the head was last seen: mostly the same up to the member.
  const tailLength = new Int32Array(HEADS + 1);
  const tailWords = new Int32Array((HEADS + 1) * PIECE_WORDS);
  const tailFields = new Int32Array(HEADS + 1);
  const tailMmId = new Float64Array(HEADS + 1);
  const tailCurr = new Uint8Array(HEADS + 1);
  // What stood between the CPU and the point in the time in the last line.
  const clockWords = new Int32Array(PIECE_WORDS);
  let clockLength = 0;
  let clockSeconds = 0;
  let clockDigits = 0;
  let lastBracket = 0;
  let lastTask = -1;

  /** The place of a head of `lastBracket` bytes: its last eight tell tasks apart. */
  function placeOf(view: DataView, start: number): number {
    const end = start + lastBracket;
    const hash = view.getInt32(end - 4, true) ^ Math.imul(view.getInt32(end - 8, true), 31);
    return Math.imul(hash, 0x9e3779b1) >>> HASH_SHIFT;
  }

  /** @returns the place of the line's head, −1: it is none. */
  function headAt(bytes: Uint8Array, view: DataView, start: number): number {
    const length = lastBracket;
    if (length < 8 || bytes[start + length] !== BRACKET) return newHeadAt(bytes, view, start);
    const place = placeOf(view, start);
    return headLength[place] === length &&
      isPieceAt(view, start, length, headWords, place * PIECE_WORDS)
      ? place
      : newHeadAt(bytes, view, start);
  }

  function newHeadAt(bytes: Uint8Array, view: DataView, start: number): number {
    const task = taskAt(bytes, start, form);
    if (task === null) return -1;
    lastBracket = task.end - start;
    const isKept = lastBracket >= 8 && isPiece(lastBracket);
    const place = isKept ? placeOf(view, start) : HEADS;
    headLength[place] = lastBracket;
    if (isKept) keepPiece(view, start, lastBracket, headWords, place * PIECE_WORDS);
    lastTask += 1;
    headTask[place] = lastTask;
    headTid[place] = task.tid;
    return place;
  }

  /** Reads on from the end of the CPU to behind the point in the time. @returns −1: it is something else. */
  function newClockAt(bytes: Uint8Array, view: DataView, bracketEnd: number): number {
    clockLength = 0;
    if (bytes[bracketEnd] !== BRACKET_END) return -1;
    let from = bracketEnd + 1;
    let at = skipBlanks(bytes, from);
    if (at === from) return -1;
    if (!isPerf && !isDigit(bytes[at]!)) {
      // Flags, "d..2.".
      from = at;
      if (bytes[at] === BRACKET) return -1;
      while (bytes[at]! > BLANK && bytes[at]! < 0x7f && bytes[at] !== COLON) at += 1;
      if (at - from < 4 || at - from > 7 || bytes[at] !== BLANK) return -1;
      at = skipBlanks(bytes, at);
    }
    from = at;
    at = skipDigits(bytes, from);
    if (at === from || bytes[at] !== DOT) return -1;
    clockSeconds = numberAt(bytes, from, at);
    clockDigits = at - from;
    at += 1;
    if (isPiece(at - bracketEnd)) {
      clockLength = at - bracketEnd;
      keepPiece(view, bracketEnd, clockLength, clockWords, 0);
    }
    return at;
  }

  /** Reads on from the end of the time to before " type=". @returns −1: it is something else. */
  function newTailAt(bytes: Uint8Array, view: DataView, colon: number, head: number): number {
    tailLength[head] = 0;
    let from = colon + 1;
    let at = skipBlanks(bytes, from);
    if (bytes[colon] !== COLON || at === from) return -1;
    if (isPerf && isDigit(bytes[at]!)) {
      // The period of the sample.
      from = skipDigits(bytes, at);
      at = skipBlanks(bytes, from);
      if (at === from) return -1;
    }
    if (view.getInt32(at, true) === KMEM && bytes[at + 4] === COLON) at += 5;
    if (view.getInt32(at, true) !== RSS_ || view.getInt32(at + 4, true) !== STAT) return -1;
    if (bytes[at + 8] !== COLON) return -1;
    const fields = at + 9;
    at = skipBlanks(bytes, fields);
    if (at === fields || view.getInt32(at, true) !== MM_I || view.getInt16(at + 4, true) !== D_IS)
      return -1;
    from = at + 6;
    at = skipDigits(bytes, from);
    if (at === from || at - from > DOUBLE_DIGITS) return -1;
    tailMmId[head] = numberAt(bytes, from, at);
    if (view.getInt32(at, true) !== _CUR || view.getInt16(at + 4, true) !== R_IS) return -1;
    const curr = bytes[at + 6]! - ZERO;
    if ((curr & 1) !== curr) return -1;
    tailCurr[head] = curr;
    at += 7;
    tailFields[head] = at - fields;
    if (isPiece(at - colon)) {
      tailLength[head] = at - colon;
      keepPiece(view, colon, at - colon, tailWords, head * PIECE_WORDS);
    }
    return at;
  }

  /** @returns where the line ends; −1: it has to be read by other means. */
  function parseLine(bytes: Uint8Array, view: DataView, start: number, rows: LineRows): number {
    const row = rows.length;
    const head = headAt(bytes, view, start);
    if (head < 0) return -1;
    rows.task[row] = headTask[head]!;
    rows.tid[row] = headTid[head]!;

    let at = start + lastBracket + 1;
    let from = at;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      value = (Math.imul(value, 10) + digit) | 0;
      at += 1;
    }
    if (at === from || at - from > INT_DIGITS) return -1;
    rows.cpu[row] = value;

    const clock = clockLength;
    if (clock > 0 && isPieceAt(view, at, clock, clockWords, 0)) at += clock;
    else at = newClockAt(bytes, view, at);
    if (at < 0) return -1;
    from = at;
    let ticks = clockSeconds;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      ticks = ticks * 10 + digit;
      at += 1;
    }
    const decimals = at - from;
    if (decimals === 0 || clockDigits + decimals > DOUBLE_DIGITS) return -1;
    // Both are whole and the quotient is rounded once: the double nearest to what is printed.
    rows.time[row] = ticks / POWERS[decimals]!;

    const tail = tailLength[head]!;
    if (tail > 0 && isPieceAt(view, at, tail, tailWords, head * PIECE_WORDS)) at += tail;
    else at = newTailAt(bytes, view, at, head);
    const fields = at - tailFields[head]!;
    if (at < 0 || fields - start > LONGEST) return -1;
    rows.mmId[row] = tailMmId[head]!;
    rows.curr[row] = tailCurr[head]!;

    if (
      view.getInt32(at, true) !== _TYP ||
      view.getInt32(at + 4, true) !== E_IS_MM ||
      bytes[at + 8] !== UNDERSCORE
    )
      return -1;
    at += 9;
    const first = view.getInt32(at, true);
    const second = view.getInt32(at + 4, true);
    let member = 0;
    while (
      member < TYPES.length &&
      (TYPES[member]!.first !== first || TYPES[member]!.second !== second)
    )
      member += 1;
    const type = TYPES[member];
    if (type === undefined) return -1;
    if ((view.getInt16(at + 8, true) & type.mask) !== type.rest) return -1;
    rows.member[row] = member;
    at += type.length;
    if (view.getInt32(at, true) !== _SIZ || view.getInt16(at + 4, true) !== E_IS) return -1;
    at += 6;
    const negative = bytes[at] === DASH;
    if (negative) at += 1;
    from = at;
    let size = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      size = size * 10 + digit;
      at += 1;
    }
    if (at === from || at - from > DOUBLE_DIGITS || bytes[at] !== B) return -1;
    const pages = size * pagesPerByte;
    const whole = pages | 0;
    if (whole !== pages || (negative && size === 0)) return -1;
    rows.pages[row] = negative ? -whole : whole;
    at += 1;
    return bytes[at] === LINE_END && at - fields <= LONGEST ? at : -1;
  }

  return {
    parse(bytes, from, rows) {
      // Words are looked at past the bytes' end, where their memory goes on.
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const capacity = rows.known.length;
      const { length } = bytes;
      const reachable = view.byteLength - REACH;
      let at = from;
      rows.length = 0;
      while (at < length && rows.length < capacity) {
        const row = rows.length;
        const known = at < reachable ? parseLine(bytes, view, at, rows) : -1;
        const end = known < 0 ? bytes.indexOf(LINE_END, at) : known;
        rows.known[row] = known < 0 ? 0 : 1;
        rows.from[row] = at;
        rows.length = row + 1;
        at = end + 1;
      }
      return at;
    },
  };
}
