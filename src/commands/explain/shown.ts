/** Figures as they are shown: the pages that one may be of, where a tool has rounded it. */
import { type MemorySize, sizeInBytes, sizeInPages } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { type Rounding, roundingOf, type WhoReads } from '../../kernel/tools.ts';
import { KIB, type PageSize, type Pages } from '../../units.ts';
import type { Interval } from './interval.ts';

/** Which pages may be behind a figure that was rounded; both ends included. */
export interface Rounded extends Interval {
  readonly how: Rounding;
}

export interface Shown {
  /** The figure, or what is nearest to it. */
  readonly shown: Pages;
  /** Null: the figure is exact. */
  readonly rounded: Rounded | null;
}

/** Five levels of page tables reach 64 PiB: so many pages of 4 KiB. */
const MOST_SHOWN = 2 ** 44;

/** The last digit of a figure, in bytes, and how far below and above it the amount can be, of such digits. */
const REACH: Readonly<Record<Rounding, readonly [below: number, above: number]>> = {
  nearest: [0.5, 0.5],
  down: [0, 1],
  either: [0.5, 1],
};

/** top divides in floats of 24 bits, and so may others: what they round is off by that much. */
const OF_FLOATS = 2 ** -24;

const decimalsOf = ({ text }: MemorySize) => /\.(\d+)/.exec(text)?.[1]?.length ?? 0;

/** Whether a figure has lost digits: pages, bytes and whole kB are as the kernel has them. */
function isRounded(size: MemorySize): boolean {
  const { bytesEach } = size;
  return bytesEach !== null && (bytesEach > KIB || decimalsOf(size) > 0);
}

/**
 * A figure in pages.
 * @throws InputError where no whole number of pages is shown so.
 */
export function shownBy(who: WhoReads, flag: string, size: MemorySize, pageSize: PageSize): Shown {
  if (!isRounded(size)) {
    return { shown: sizeInPages(flag, size, pageSize, 0, MOST_SHOWN), rounded: null };
  }
  const how = roundingOf(who);
  const [below, above] = REACH[how];
  const bytes = sizeInBytes(size, pageSize);
  const digit = size.bytesEach! / 10 ** decimalsOf(size);
  const slack = how === 'down' ? 0 : bytes * OF_FLOATS;
  const low = Math.max(0, Math.ceil((bytes - digit * below - slack) / pageSize));
  const top = (bytes + digit * above + slack) / pageSize;
  // What would be the next figure is not shown so where digits are cut off.
  const high = how === 'down' ? Math.ceil(top) - 1 : Math.floor(top);
  const shown = Math.round(bytes / pageSize);
  if (low > high) {
    throw new InputError(
      `${flag} ${size.text}: no whole number of pages of ${pageSize / KIB} KiB is shown so`,
    );
  }
  if (high > MOST_SHOWN) {
    throw new InputError(`${flag} ${size.text}: expected 0 to ${MOST_SHOWN} pages`);
  }
  return { shown: Math.min(Math.max(shown, low), high), rounded: { low, high, how } };
}
