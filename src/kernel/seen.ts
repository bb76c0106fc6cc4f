/** What is seen on a kernel: the scheme that counts there, and what one who reads gets of it. */
import { isClamped, READERS, type Sums, sumsOfReader } from './readers.ts';
import {
  type Evidence,
  type KernelRelease,
  type StockScheme,
  schemeOfRelease,
} from './releases.ts';
import type { MemberName } from './rss-stat.ts';
import type { WhoReads } from './tools.ts';

/** What --reader gets on --kernel. */
export interface SeenReader {
  /** As --reader takes it. */
  readonly word: string;
  readonly label: string;
  /** The file and its field. */
  readonly reads: string;
  readonly sums: Sums;
  readonly clamped: boolean;
  /** The highest so far, not what is now. */
  readonly isPeak: boolean;
  readonly members: readonly MemberName[];
  readonly evidence: Evidence;
  readonly source: string;
}

export interface Seen {
  /** As --kernel has it. */
  readonly kernel: string;
  readonly scheme: StockScheme;
  readonly evidence: Evidence;
  readonly source: string;
  /** Null: nobody in particular. */
  readonly reader: SeenReader | null;
  /** Readers of the whole of RSS that get approximate sums there. */
  readonly approximate: readonly string[];
  /** Those that get the truth: precise sums, or a walk of the page tables. */
  readonly precise: readonly string[];
}

function readerOn(kernel: KernelRelease, { word, label, reader }: WhoReads): SeenReader {
  const { value, evidence, source } = sumsOfReader(reader, kernel);
  const { reads, isPeak, members } = reader;
  return {
    ...{ word, label, reads, sums: value, clamped: isClamped(value), isPeak, members },
    ...{ evidence, source },
  };
}

/** Whether it gets the truth, as long as no update runs. */
export function isExact(sums: Sums): boolean {
  return sums === 'precise' || sums === 'walk';
}

/** The readers of the whole of RSS whose sums are such. */
function wholeReaders(kernel: KernelRelease, are: (sums: Sums) => boolean): string[] {
  return READERS.filter(({ members }) => members.length === 0 || members.length === 3)
    .filter((reader) => are(sumsOfReader(reader, kernel).value))
    .map(({ name }) => name);
}

export function seenOn(kernel: KernelRelease, who: WhoReads | undefined): Seen {
  const { value, evidence, source } = schemeOfRelease(kernel);
  return {
    kernel: kernel.text,
    ...{ scheme: value, evidence, source },
    reader: who === undefined ? null : readerOn(kernel, who),
    approximate: wholeReaders(kernel, (sums) => sums === 'approximate' || sums === 'mark'),
    precise: wholeReaders(kernel, isExact),
  };
}
