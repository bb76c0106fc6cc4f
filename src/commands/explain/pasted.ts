/** Pasted figures: lines of /proc/PID/status, and the head and a row of ps, top or htop, as options would give them. */
import { type MemorySize, SHOWN_SIZE } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { READERS } from '../../kernel/readers.ts';
import { type WhoReads, whoReads } from '../../kernel/tools.ts';
import { membersOf } from './study.ts';

interface Figure {
  readonly who: WhoReads;
  readonly size: MemorySize;
}

/** At least one figure, the one that is asked about first; the others count the same members. */
interface Pasted {
  readonly figures: readonly [Figure, ...Figure[]];
  /** Null: not told. */
  readonly threads: number | null;
}

const OF_STATUS = READERS.filter(({ reads }) => reads.startsWith('/proc/PID/status'));

const STATUS_LINE = new RegExp(
  `^\\s*(${OF_STATUS.map(({ name }) => name).join('|')}):\\s*(\\S+(?:\\s*kB)?)\\s*$`,
  'i',
);

/** "VmRSS:	   44032 kB"; null for any other line. */
function statusFigure(line: string): Figure | null {
  const [, name, size] = STATUS_LINE.exec(line) ?? [];
  if (name === undefined || size === undefined) return null;
  return { who: whoReads(name, name), size: SHOWN_SIZE.parse(size, name) };
}

/** Of a whole status VmRSS is asked about, and what counts the same beside it. */
function ofStatus(lines: readonly string[]): Pasted | null {
  const all = lines.flatMap((line) => statusFigure(line) ?? []);
  const lead = all.find(({ who }) => who.word === 'VmRSS') ?? all[0];
  if (lead === undefined) return null;
  const own = membersOf(lead.who.reader).join();
  const others = all.filter((one) => one !== lead && membersOf(one.who.reader).join() === own);
  const [, threads] = /^\s*Threads:\s*(\d{1,7})\s*$/m.exec(lines.join('\n')) ?? [];
  return { figures: [lead, ...others], threads: threads === undefined ? null : Number(threads) };
}

const WHO_HAS: Readonly<Record<string, string>> = { RSS: 'ps', RES: 'top' };

/** "PID USER … RES … Command": every word of a head begins so; a log's sentence has others. */
const isHead = (words: readonly string[]) =>
  words.some((word) => word in WHO_HAS) && words.every((word) => /^[%A-Z]/.test(word));

/**
 * A head with RSS or RES, and the row below it; numbers without a unit are KiB there.
 * @throws InputError where there are several rows, or one without such a column, or of a zombie: its
 * files are those of the first thread, which shows 0 while others may hold the memory.
 */
function ofTable(lines: readonly string[]): Pasted | null {
  const heads = lines.map((line) => line.trim().split(/\s+/));
  const at = heads.findIndex(isHead);
  if (at === -1) return null;
  const head = heads[at]!;
  const column = head.findIndex((word) => word in WHO_HAS);
  const tool = head.includes('PRI') && head[column] === 'RES' ? 'htop' : WHO_HAS[head[column]!]!;
  const rows = heads.slice(at + 1).filter((words) => words.join('') !== '');
  const shown = rows[0]?.[column];
  if (rows.length !== 1 || shown === undefined) {
    throw new InputError(`a table of ${tool}: expected its head and one row, of the process`);
  }
  const state = rows[0]?.[head.findIndex((word) => word === 'STAT' || word === 'S')];
  if (state?.startsWith('Z')) {
    throw new InputError(
      `${tool} shows state ${state}: the first thread has exited and shows 0, whatever others hold; expected the row of a thread that runs, of ps -L or top -H`,
    );
  }
  const size = SHOWN_SIZE.parse(/^\d+$/.test(shown) ? `${shown}kB` : shown, tool);
  return { figures: [{ who: whoReads(tool, tool), size }], threads: null };
}

/** What the text shows of a process; null where it shows nothing. */
export function pastedFigures(text: string): Pasted | null {
  const lines = text.split('\n');
  return ofStatus(lines) ?? ofTable(lines);
}
