/** Values of options: text to numbers, sizes, shares and words, each with its message. */
import { InputError, quote } from '../errors.ts';
import { GIB, KIB, MIB, MOST_PAGES, PAGE_SIZES, type PageSize, type Pages } from '../units.ts';

function fault(flag: string, text: string, expected: string): InputError {
  return new InputError(`${flag} ${text}: ${quote(text)} is not ${expected}`);
}

/** Parsers are made for commander: text in, value out, InputError where it is wrong. */
export function wholeNumber(flag: string, low: number, high: number) {
  return (text: string): number => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= low && value <= high)) {
      throw fault(flag, text, `a whole number from ${low} to ${high}`);
    }
    return value;
  };
}

export function choice<T extends string>(flag: string, choices: readonly T[]) {
  return (text: string): T => {
    const found = choices.find((candidate) => candidate === text);
    if (found === undefined) throw fault(flag, text, `one of ${choices.join(', ')}`);
    return found;
  };
}

/** "90" or "90%", with up to four decimals, as parts of a million. */
export function percent(flag: string) {
  return (text: string): number => {
    const match = /^(\d{1,3})(?:\.(\d{1,4}))?%?$/.exec(text);
    const [, whole = '', decimals = ''] = match ?? [];
    const perMillion = Number(whole) * 10_000 + Number(decimals.padEnd(4, '0'));
    if (match === null || perMillion > 1_000_000) {
      throw fault(flag, text, 'a percentage from 0% to 100%');
    }
    return perMillion;
  };
}

/** "64" for 1 to 64, or "8-64". */
export function pagesRange(flag: string) {
  return (text: string): { min: Pages; max: Pages } => {
    const match = /^(?:(\d{1,10})-)?(\d{1,10})$/.exec(text);
    const max = Number(match?.[2] ?? 0);
    const min = Number(match?.[1] ?? 1);
    if (min < 1 || max < min || max > MOST_PAGES) {
      throw fault(flag, text, `pages such as 64 (1 to 64) or 8-64, at most ${MOST_PAGES}`);
    }
    return { min, max };
  };
}

const PAGE_SIZE_WORDS = PAGE_SIZES.map((bytes) => `${bytes / KIB}K`);

export function pageSize(flag: string) {
  return (text: string): PageSize => {
    const found = PAGE_SIZES.find(
      (bytes) => text === `${bytes / KIB}K` || text === `${bytes / KIB}KiB` || text === `${bytes}`,
    );
    if (found === undefined) throw fault(flag, text, `one of ${PAGE_SIZE_WORDS.join(', ')}`);
    return found;
  };
}

const BYTES_OF: Record<string, number> = { KiB: KIB, MiB: MIB, GiB: GIB };

/** An amount of memory: pages, or bytes in a unit, which the page size turns into pages later. */
export interface MemorySize {
  readonly text: string;
  readonly amount: number;
  /** Bytes of one, or null where the amount is in pages. */
  readonly bytesEach: number | null;
}

export function memorySize(flag: string) {
  return (text: string): MemorySize => {
    const match = /^(\d{1,12}(?:\.\d{1,6})?)(KiB|MiB|GiB|pages)?$/.exec(text);
    if (match === null) throw fault(flag, text, 'a size such as 25600 (pages), 512KiB or 100MiB');
    const [, digits = '', unit = 'pages'] = match;
    return { text, amount: Number(digits), bytesEach: BYTES_OF[unit] ?? null };
  };
}

/** @throws InputError where the size is no whole number of pages from `low` to MOST_PAGES. */
export function sizeInPages(
  flag: string,
  size: MemorySize,
  bytesPerPage: PageSize,
  low: Pages,
): Pages {
  const pages =
    size.bytesEach === null ? size.amount : (size.amount * size.bytesEach) / bytesPerPage;
  if (!Number.isInteger(pages)) {
    throw fault(flag, size.text, `a whole number of pages of ${bytesPerPage / KIB} KiB`);
  }
  if (pages < low || pages > MOST_PAGES) {
    throw new InputError(
      `${flag} ${size.text}: ${pages} pages: expected ${low} to ${MOST_PAGES} pages`,
    );
  }
  return pages;
}
