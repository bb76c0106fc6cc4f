/** Figures of one process as the files of /proc/PID tell them (fs/proc/array.c, fs/proc/task_mmu.c). */
import { KIB, type PageSize, type Pages } from '../units.ts';

/** include/linux/sched.h */
const PF_KTHREAD = 0x00200000;

/** What /proc/PID/stat says, as far as it concerns resident pages and whose they are. */
export interface StatFigures {
  readonly command: string;
  readonly isKernelThread: boolean;
  /** It has exited: what the file says of memory is 0. */
  readonly hasExited: boolean;
  /** Faults of all its threads, also of those that are gone. */
  readonly faults: number;
  readonly threads: number;
  /** Clock ticks after boot: two processes of one number differ in it. */
  readonly startTicks: number;
  /** It has an address space. */
  readonly hasMemory: boolean;
  /** Field 24: get_mm_rss(). */
  readonly resident: Pages;
}

/**
 * Null where the text is no such file. The name of the command stands in brackets, may hold brackets,
 * blanks and line ends itself, and ends with the last one.
 */
export function parseStat(text: string): StatFigures | null {
  const end = text.lastIndexOf(')');
  const start = text.indexOf('(');
  const fields = text.slice(end + 2).split(' ');
  // The state, field 3, is the first of these.
  const field = (number: number) => Number(fields[number - 3]);
  const figures = {
    command: text.slice(start + 1, end),
    isKernelThread: (field(9) & PF_KTHREAD) !== 0,
    hasExited: /^[ZXx]$/.test(fields[0] ?? ''),
    faults: field(10) + field(12),
    threads: field(20),
    startTicks: field(22),
    hasMemory: field(23) !== 0,
    resident: field(24),
  };
  const numbers = [figures.faults, figures.threads, figures.startTicks, figures.resident];
  return start > 0 && end > start && numbers.every(isCount) ? figures : null;
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Field 2 of /proc/PID/statm; null where the text is no such file. */
export function parseStatm(text: string): Pages | null {
  const match = /^\d+ (\d+) \d+ /.exec(text);
  const pages = Number(match?.[1]);
  return Number.isSafeInteger(pages) ? pages : null;
}

/** Rss of /proc/PID/smaps_rollup, which is in kB; null where the text is no such file. */
export function parseRollup(text: string, pageSize: PageSize): Pages | null {
  const match = /^Rss: +(\d+) kB$/m.exec(text);
  const pages = (Number(match?.[1]) * KIB) / pageSize;
  return Number.isInteger(pages) ? pages : null;
}
