/** Lists of CPUs as Linux writes them (lib/bitmap.c, bitmap_parselist): "0-3,8", "0-31:2/8". */
import { InputError, quote } from '../errors.ts';
import { HIGHEST_CPU_ID } from '../kernel/nr-cpus.ts';

/** CPU ids, ascending, each once. */
export type CpuIds = Int32Array;

const NUMBER = /^\d+$/;

const RANGE = /^(\d+)(?:-(\d+)(?::(\d+)\/(\d+))?)?$/;

function boundedId(digits: string, text: string): number {
  const id = Number(digits);
  if (id > HIGHEST_CPU_ID) {
    throw new InputError(
      `${quote(text)}: CPU ${digits} is beyond 1,048,575, the highest there can be`,
    );
  }
  return id;
}

/** The CPUs of one element: a number, a range, or `used` of every `group` CPUs of a range. */
function pushElement(element: string, text: string, ids: number[]): void {
  // Most elements by far; without a match to allocate for each.
  if (NUMBER.test(element)) return void ids.push(boundedId(element, text));
  const match = RANGE.exec(element);
  if (match === null) {
    throw new InputError(
      `${quote(text)}: ${quote(element)} is no CPU or range; expected a cpulist such as "0-3,8"`,
    );
  }
  const [, lowDigits = '', highDigits = lowDigits, usedDigits = '1', groupDigits = '1'] = match;
  const low = boundedId(lowDigits, text);
  const high = boundedId(highDigits, text);
  const used = boundedId(usedDigits, text);
  const group = boundedId(groupDigits, text);
  if (high < low) throw new InputError(`${quote(text)}: the range ${element} runs down`);
  if (used < 1 || used > group) {
    throw new InputError(
      `${quote(text)}: ${used} of every ${group} CPUs is not possible; expected 1 to ${group}`,
    );
  }
  for (let start = low; start <= high; start += group) {
    const end = Math.min(high, start + used - 1);
    for (let id = start; id <= end; id++) ids.push(id);
  }
}

/**
 * The CPUs of a cpulist; the empty list is no CPU.
 * @throws InputError that quotes the text and tells the fault.
 */
export function parseCpulist(text: string): CpuIds {
  const trimmed = text.trim();
  if (trimmed === '') return new Int32Array(0);
  const ids: number[] = [];
  // One element more than there are CPUs tells enough.
  for (const element of trimmed.split(',', HIGHEST_CPU_ID + 2)) {
    pushElement(element.trim(), text, ids);
    if (ids.length > HIGHEST_CPU_ID + 1)
      throw new InputError(`${quote(text)}: CPUs are named twice`);
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
