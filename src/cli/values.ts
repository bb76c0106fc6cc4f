/** Values of options: numbers, sizes, shares and words, from text and back, each with its message. */

import { InputError, quote } from '../errors.ts';
import { type KernelRelease, NEWS, parseRelease, releaseIn } from '../kernel/releases.ts';
import { READER_WORDS, type WhoReads, whoReads } from '../kernel/tools.ts';
import { KIB, MOST_PAGES, PAGE_SIZES, type PageSize, type Pages } from '../units.ts';
import type { Value } from './options.ts';

function fault(flag: string, text: string, expected: string): InputError {
  return new InputError(`${flag} ${text}: ${quote(text)} is not ${expected}`);
}

/** What a number may end with: "1M" is a million, "1e6" too. */
const THOUSANDS: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** "64", "1M", "2.5k", "1e6"; NaN for what is no whole number. */
function wholeOf(text: string): number {
  const [, digits = '', unit, power = '0'] =
    /^(\d{1,16}(?:\.\d{1,6})?)(?:([kKMGT])|[eE](\d{1,2}))?$/.exec(text) ?? [];
  if (digits === '') return Number.NaN;
  const value =
    unit === undefined ? Number(`${digits}e${power}`) : Number(digits) * THOUSANDS[unit]!;
  return Number.isInteger(value) ? value : Number.NaN;
}

export const TEXT: Value<string> = {
  parse: (text) => text,
  format: (text) => text,
  commas: true,
};

/** The file of something beside the result. @throws InputError for "-": that is the result's. */
export const BESIDE: Value<string> = {
  ...TEXT,
  parse(text, flag) {
    if (text !== '-') return text;
    throw new InputError(`${flag} -: standard output has the result: expected a file`);
  },
};

export function wholeNumber(low: number, high: number): Value<number> {
  return {
    parse(text, flag) {
      const value = wholeOf(text);
      if (value >= low && value <= high) return value;
      throw fault(flag, text, `a whole number from ${low} to ${high}`);
    },
    format: String,
  };
}

export function choice<T extends string>(choices: readonly T[]): Value<T> {
  return {
    parse(text, flag) {
      const found = choices.find((candidate) => candidate === text);
      if (found === undefined) throw fault(flag, text, `one of ${choices.join(', ')}`);
      return found;
    },
    format: (word) => word,
    words: () => choices,
  };
}

/** "a,b": values with commas between them, none of them twice. */
export function listValue<T>(each: Value<T>): Value<readonly T[]> {
  return {
    parse(text, flag) {
      const words = text.split(',').map((word) => word.trim());
      const twice = words.find((word, index) => words.indexOf(word) !== index);
      if (twice !== undefined) throw new InputError(`${flag} ${text}: ${twice} is there twice`);
      return words.map((word) => each.parse(word, flag));
    },
    format: (values) => values.map((value) => each.format(value)).join(','),
    commas: true,
    ...(each.words === undefined ? {} : { words: each.words }),
  };
}

/** "90" or "90%", with up to four decimals, as parts of a million; below 1 with the sign alone: "0.9" may be 90%. */
export const PERCENT: Value<number> = {
  parse(text, flag) {
    const match = /^(\d{1,3})(?:\.(\d{1,4}))?%?$/.exec(text);
    const [, whole = '', decimals = ''] = match ?? [];
    const perMillion = Number(whole) * 10_000 + Number(decimals.padEnd(4, '0'));
    if (match === null || perMillion > 1_000_000) {
      throw fault(flag, text, 'a percentage from 0% to 100%');
    }
    if (perMillion > 0 && perMillion < 10_000 && !text.endsWith('%')) {
      throw new InputError(
        `${flag} ${text}: did you mean ${quote(`${perMillion / 100}%`)}, or ${quote(`${perMillion / 10_000}%`)}?`,
      );
    }
    return perMillion;
  },
  format: (perMillion) => `${perMillion / 10_000}%`,
};

interface Range {
  readonly min: Pages;
  readonly max: Pages;
}

/** "64" for 1 to 64, or "8-64". */
export const PAGES_RANGE: Value<Range> = {
  parse(text, flag) {
    const match = /^(?:(\d{1,10})-)?(\d{1,10})$/.exec(text);
    const max = Number(match?.[2] ?? 0);
    const min = Number(match?.[1] ?? 1);
    if (min < 1 || max < min || max > MOST_PAGES) {
      throw fault(flag, text, `pages such as 64 (1 to 64) or 8-64, at most ${MOST_PAGES}`);
    }
    return { min, max };
  },
  format: ({ min, max }) => `${min}-${max}`,
};

const SECONDS_OF: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** "10" and "10s" are ten seconds, "500ms", "5m", "1h"; in seconds, at most `high`. */
export function duration(low: number, high: number): Value<number> {
  return {
    parse(text, flag) {
      const [, digits = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|[smhd])?$/.exec(text) ?? [];
      const seconds = Number(digits) * SECONDS_OF[unit]!;
      if (digits !== '' && seconds >= low && seconds <= high) return seconds;
      throw fault(flag, text, `a time such as 500ms, 10s or 5m, from ${low} s to ${high} s`);
    },
    format: (seconds) => `${seconds}s`,
  };
}

const inKib = (bytes: PageSize) => `${bytes / KIB}K`;

export const PAGE_SIZE: Value<PageSize> = {
  parse(text, flag) {
    const found = PAGE_SIZES.find((bytes) =>
      [inKib(bytes), `${inKib(bytes)}iB`, `${bytes}`].includes(text),
    );
    if (found === undefined) throw fault(flag, text, `one of ${PAGE_SIZES.map(inKib).join(', ')}`);
    return found;
  },
  format: inKib,
  words: () => PAGE_SIZES.map(inKib),
};

/** Powers of 1,024 (k, KiB, as in the kernel's own options) and of 1,000 (kB), by their letters. */
const POWERS = ['', 'k', 'm', 'g', 't'];

const POWERS_OF_TEN = POWERS.slice(1).map((_, i) => 1000 ** (i + 1));

/** An amount of memory: pages, or bytes in a unit, which the page size turns into pages later. */
export interface MemorySize {
  /** As it was typed. */
  readonly text: string;
  readonly amount: number;
  /** Bytes of one, or null where the amount is in pages. */
  readonly bytesEach: number | null;
}

/** Bytes of one, null of pages; kB is so many bytes. */
function bytesOfUnit(unit: string, kiloByte: 1000 | 1024): number | null {
  const [, letter = '', tail = ''] = /^([kmgt]?)(i?b)?/.exec(unit) ?? [];
  if (letter === '') return tail === 'b' ? 1 : null;
  if (unit === 'kb') return kiloByte;
  return (tail === 'b' ? 1000 : 1024) ** POWERS.indexOf(letter);
}

/** Digits, commas between thousands if any, decimals; a blank and a unit in any case. */
const SIZE =
  /^\s*((?:[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d{0,15})(?:\.\d{1,6})?)\s*(pages?|b|bytes|[kmgt](?:i?b)?|)\s*$/i;

/** The one grammar of sizes: "25600" (pages), "100 MiB", "100mb", "43g", "44,032 kB", "45088768B". */
function sizeValue(kiloByte: 1000 | 1024): Value<MemorySize> {
  return {
    parse(text, flag) {
      const [, digits, unit = ''] = SIZE.exec(text) ?? [];
      // "Mb" is a megabit.
      if (digits === undefined || /^[KMGT]b$/.test(unit)) {
        throw fault(flag, text, 'a size such as 25600 (pages), 512KiB or 100MiB');
      }
      const bytesEach = bytesOfUnit(unit.toLowerCase(), kiloByte);
      return { text, amount: Number(digits.replaceAll(',', '')), bytesEach };
    },
    format: ({ text }) => text,
  };
}

export const MEMORY_SIZE = sizeValue(1000);

/** A figure as it is shown: kB is of 1,024 bytes, as /proc and getrusage() write it. */
export const SHOWN_SIZE = sizeValue(1024);

/** The size that is so many pages, whatever their size. */
export function sizeOfPages(pages: Pages): MemorySize {
  return { text: `${pages}`, amount: pages, bytesEach: null };
}

/** @throws InputError where the size is no whole number of pages from `low` to `high`. */
export function sizeInPages(
  flag: string,
  size: MemorySize,
  bytesPerPage: PageSize,
  low: Pages,
  high: Pages = MOST_PAGES,
): Pages {
  const exact = sizeInBytes(size, bytesPerPage) / bytesPerPage;
  // No power of ten is whole pages: the nearest number is what is meant.
  const pages = POWERS_OF_TEN.includes(size.bytesEach ?? 1) ? Math.round(exact) : exact;
  if (!Number.isInteger(pages)) {
    const unit = size.bytesEach === null ? ', or a unit is missing, as in 1.5MiB' : '';
    throw fault(flag, size.text, `a whole number of pages of ${bytesPerPage / KIB} KiB${unit}`);
  }
  if (pages < low || pages > high) {
    throw new InputError(`${flag} ${size.text}: ${pages} pages: expected ${low} to ${high} pages`);
  }
  return pages;
}

/** The size in bytes; it need not be whole pages. */
export function sizeInBytes({ amount, bytesEach }: MemorySize, bytesPerPage: PageSize): number {
  return amount * (bytesEach ?? bytesPerPage);
}

/** A kernel's release, as uname -r prints it, or a line of uname -a or /proc/version. */
export const KERNEL: Value<KernelRelease> = {
  parse(text, flag) {
    const release = parseRelease(releaseIn(text));
    if (release !== null) return release;
    // The whole word: what follows the numbers tells a distribution's kernel.
    const [nearest = ''] = /\d+\.\d\S*/.exec(text) ?? [];
    const meant = parseRelease(nearest) === null ? '' : `: did you mean ${quote(nearest)}?`;
    throw new InputError(
      `${flag} ${text}: ${quote(text)} is not a release as uname -r prints it${meant || ', such as 6.12.117'} (what is read changed in ${NEWS.join(', ')})`,
    );
  },
  format: ({ text }) => text,
};

/** A file's figure, or a tool's. */
export const READER: Value<WhoReads> = {
  parse: whoReads,
  format: ({ word }) => word,
  words: () => READER_WORDS,
};
