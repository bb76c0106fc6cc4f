/** Lists of CPUs as Linux writes and reads them (lib/bitmap-str.c, bitmap_parselist): "0-3,8", "0-31:2/8". */
import { InputError, quote } from '../errors.ts';
import { HIGHEST_CPU_ID } from '../kernel/nr-cpus.ts';

/** CPU ids, ascending, each once. */
export type CpuIds = Int32Array;

/** "3", "N", "0-7", "0-N:2/4", "all:1/2", and lscpu's "0-62:2". */
const ELEMENT = /^(?:(all)|(\d+|N)(?:-(\d+|N))?)(?::(\d+)(?:\/(\d+))?)?$/i;

function boundedId(digits: string, text: string): number {
  const id = Number(digits);
  if (id > HIGHEST_CPU_ID) {
    throw new InputError(
      `${quote(text)}: CPU ${shortened(digits)} is beyond 1,048,575, the highest there can be`,
    );
  }
  return id;
}

const LONGEST_DIGITS = 40;

const shortened = (digits: string) =>
  digits.length > LONGEST_DIGITS ? `${digits.slice(0, LONGEST_DIGITS)}…` : digits;

/** The CPUs of one element: a number, a range, or `used` of every `group` CPUs of a range. */
function pushElement(element: string, text: string, last: number | null, ids: number[]): void {
  const match = ELEMENT.exec(element.slice(0, LONGEST_ELEMENT));
  const [, all, from = '0', to, first, second] = match ?? [];
  const isPattern = first !== undefined;
  if (match === null || element.length > LONGEST_ELEMENT || (isPattern && !(all ?? to))) {
    throw new InputError(
      `${quote(text)}: ${quote(element)} is no CPU or range; expected a cpulist such as "0-3,8"`,
    );
  }
  const idOf = (word: string): number => {
    if (/^\d/.test(word)) return boundedId(word, text);
    if (last !== null) return last;
    throw new InputError(
      `${quote(text)}: ${quote(element)}: which CPU is the last is not known here`,
    );
  };
  const low = idOf(from);
  const high = all === undefined ? idOf(to ?? from) : idOf('N');
  // One number alone is lscpu's stride (util-linux 2.42): one of every so many.
  const used = second === undefined ? 1 : boundedId(first!, text);
  const group = boundedId(second ?? first ?? '1', text);
  if (high < low) throw new InputError(`${quote(text)}: the range ${element} runs down`);
  if (used < 1 || used > group) {
    throw new InputError(
      `${quote(text)}: ${used} of every ${group} CPUs is not possible; expected 1 to ${Math.max(1, group)}`,
    );
  }
  for (let start = low; start <= high; start += group) {
    const end = Math.min(high, start + used - 1);
    for (let id = start; id <= end; id++) ids.push(id);
  }
}

/** Two numbers and a pattern of two have fewer digits. */
const LONGEST_ELEMENT = 200;

/** Longer numbers are left to pushElement() to refuse. */
const MOST_DIGITS = 7;

/** The number that the whole of the element from `start` to `end` is; −1 where it is none, or a long one. */
function numberAt(text: string, start: number, end: number): number {
  if (end === start || end - start > MOST_DIGITS) return -1;
  let id = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    id = id * 10 + digit;
  }
  return id;
}

function endOfElement(list: string, start: number, spaced: boolean): number {
  if (!spaced) {
    const comma = list.indexOf(',', start);
    return comma === -1 ? list.length : comma;
  }
  let end = start;
  while (end < list.length && list[end] !== ',' && list.charCodeAt(end) > SPACE) end += 1;
  return end;
}

const SPACE = 32;

/**
 * The CPUs of a cpulist; the empty list is no CPU.
 * @param last What N stands for, and `all` ends with: the highest CPU there may be, where it is known.
 * @param spaced Whether blanks part elements too, as numactl prints them.
 * @throws InputError that quotes the text and tells the fault.
 */
export function parseCpulist(
  text: string,
  last: number | null = null,
  spaced: boolean = false,
): CpuIds {
  const list = text.trim();
  if (list === '') return new Int32Array(0);
  const ids: number[] = [];
  for (let start = 0; start <= list.length; ) {
    const end = endOfElement(list, start, spaced);
    if (spaced && end === start) {
      start += 1;
      continue;
    }
    // Most elements by far are a number: without a text of their own.
    const id = numberAt(list, start, end);
    if (id >= 0 && id <= HIGHEST_CPU_ID) ids.push(id);
    else pushElement(list.slice(start, end).trim(), text, last, ids);
    if (ids.length > HIGHEST_CPU_ID + 1) {
      throw new InputError(`${quote(text)}: CPUs are named twice`);
    }
    start = end + 1;
  }
  const sorted = new Int32Array(ids);
  if (ids.some((id, i) => i > 0 && id < ids[i - 1]!)) sorted.sort();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) {
      throw new InputError(`${quote(text)}: CPU ${sorted[i]} is named twice`);
    }
  }
  return sorted;
}

/**
 * The bits of 32-bit words in hexadecimal, the most significant first; an empty word is 0.
 * @throws InputError as `tooHigh` makes it where a bit is beyond the highest CPU there can be.
 */
export function cpusOfWords(
  words: readonly string[],
  tooHigh: (bit: number) => InputError,
): CpuIds {
  const ids: number[] = [];
  for (let i = words.length - 1; i >= 0; i--) {
    // Most words of a large machine's masks are empty, or 0.
    const bits = words[i] === '' ? 0 : Number.parseInt(words[i]!, 16);
    if (bits === 0) continue;
    const first = (words.length - 1 - i) * 32;
    const highest = first + 31 - Math.clz32(bits);
    if (highest > HIGHEST_CPU_ID) throw tooHigh(highest);
    for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) ids.push(first + bit);
  }
  return Int32Array.from(ids);
}

/** The canonical cpulist, as sysfs prints it: ascending, neighbours as ranges. */
export function formatCpulist(ids: CpuIds): string {
  const parts: string[] = [];
  for (let i = 0; i < ids.length; ) {
    let end = i;
    while (end + 1 < ids.length && ids[end + 1] === ids[end]! + 1) end += 1;
    parts.push(end === i ? `${ids[i]}` : `${ids[i]}-${ids[end]}`);
    i = end + 1;
  }
  return parts.join(',');
}
