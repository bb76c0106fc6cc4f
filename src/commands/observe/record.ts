/** The lines of an observation, as --record writes them and --from reads them back: rss-err/observed@1. */
import * as z from 'zod';
import { InputError, quote, within } from '../../errors.ts';
import { conformTo } from '../../input/conform.ts';
import { type Chunks, decode, linesOf } from '../../input/text-lines.ts';
import type { ResultOf } from '../../render/result.ts';
import { count, pages, sides, topology } from '../../render/schema-parts.ts';
import { MOST_PAGES } from '../../units.ts';

const seconds = z.number().min(0);

/** What holds of the whole observation. */
export const observed = z.strictObject({
  kernel: z.string().describe('release, as uname -r prints it'),
  scheme: z.literal(['atomic', 'per-thread', 'per-cpu']).describe('that counts on this kernel'),
  precise: z
    .literal(['statm', 'smaps_rollup'])
    .nullable()
    .describe('where the precise figures are from; null: none were read (--cheap)'),
  topology,
  limit: z
    .strictObject({ ...sides.shape, of: z.literal(['process', 'thread']) })
    .describe(
      'bound, exact worst case of RSS on the on-line CPUs: of a process, or of each thread',
    ),
  poisoned: pages.describe(
    'with a memory failure, on the machine: walks count them, counters do not',
  ),
  hidepid: z.string().nullable().describe("/proc's option, which hides other users' processes"),
  ownPids: z.boolean().describe('seen from a PID namespace below the first: others are not seen'),
  began: z.iso.datetime().describe('when the first round began'),
  intervalSeconds: seconds.describe('between the beginnings of two rounds, at least'),
  all: z.boolean().describe('all processes were looked at, not some'),
});

export type Observed = ResultOf<typeof observed>;

const head = z.strictObject({
  format: z.literal('rss-err/observed@1'),
  type: z.literal('observed'),
  ...observed.shape,
});

export const round = z.strictObject({
  type: z.literal('round'),
  seconds: seconds.describe('since the first round began'),
  listed: count.describe('processes in /proc, or asked for'),
  kernelThreads: count,
  exited: count.describe('zombies'),
  unreadable: count.describe('the reader may not see the figures'),
  ended: count.describe('between the list and the look, or within it'),
  microseconds: z.number().min(0).describe('that the round took'),
});

export type Round = ResultOf<typeof round>;

/** Of one process: as much as a counter of the kernel's is taken to hold. */
const resident = pages.max(MOST_PAGES);

/** PID_MAX_LIMIT (include/linux/threads.h). */
const MOST_THREADS = 2 ** 22;

const reading = z.strictObject({
  type: z.literal('reading'),
  pid: z.int().min(1),
  start: count.describe('clock ticks after boot'),
  command: z.string(),
  threads: count.max(MOST_THREADS),
  approximate: z
    .strictObject({ before: resident, behind: resident })
    .describe('field 24 of stat, before the precise figure and behind it'),
  precise: resident.nullable(),
  faulted: z.boolean().describe('in between, or not known'),
});

/** A line; the readings of a round follow it. */
export const observedLine = z
  .discriminatedUnion('type', [head, round, reading])
  .describe('a line of what rss-err observe --record writes');

export type ObservedLine = ResultOf<typeof observedLine>;

export type Head = Extract<ObservedLine, { type: 'observed' }>;

export type Reading = Extract<ObservedLine, { type: 'reading' }>;

export function observedText(line: ObservedLine): string {
  return `${JSON.stringify(line)}\n`;
}

function parseLine(text: string): ObservedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${quote(text)} is not JSON`);
  }
  return conformTo(observedLine, value, 'a line of rss-err/observed@1') as ObservedLine;
}

/** A line and its number, 1 = the first. */
export interface NumberedLine {
  readonly number: number;
  readonly line: ObservedLine;
}

/**
 * The lines of a record, the head first.
 * @throws InputError "ORIGIN: line N: …" at the first that is not one, or stands where it must not.
 */
export async function* readObserved(chunks: Chunks, origin: string): AsyncGenerator<NumberedLine> {
  let number = 0;
  let last: ObservedLine['type'] | null = null;
  const fault = (says: string) => new InputError(says).within(`line ${number}`).within(origin);
  for await (const lines of linesOf(decode(chunks), origin)) {
    for (const text of lines) {
      number += 1;
      if (text.trim() === '') continue;
      const line = within(origin, () => within(`line ${number}`, () => parseLine(text)));
      if ((line.type === 'observed') !== (last === null)) {
        throw fault(`${quote(line.type)}: the line "observed" comes first, and once`);
      }
      if (line.type === 'reading' && last === 'observed') {
        throw fault('a reading before the first round');
      }
      last = line.type;
      yield { number, line };
    }
  }
  if (last === null) throw new InputError('is empty').within(origin, ' ');
}
