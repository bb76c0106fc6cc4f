/** Reads a kernel's trace line by line, in memory that does not grow with the file. */
import { InputError, within } from '../../errors.ts';
import { type Chunks, LINE_END, LONGEST_LINE, lineBlocks } from '../../input/text-lines.ts';
import type { PageSize } from '../../units.ts';
import type { TraceCounts, TraceForm } from './event.ts';
import {
  type BytesParser,
  createBytesParser,
  createLineRows,
  type LineRows,
} from './parse-bytes.ts';
import { createLineParser, type LineParser } from './parse-line.ts';
import type { Reconstruction } from './reconstruct.ts';
import { TRACE_TYPES } from './rss-stat-line.ts';
import { taskName } from './task-head.ts';

/** Lines that are parsed before they are taken. */
const ROWS = 4096;

/** Lines, and the bytes that they are in; only lent. */
interface RowsOfBytes {
  readonly bytes: Uint8Array;
  readonly rows: LineRows;
}

/** What is made of a trace's events. */
export type TraceTaker = Pick<Reconstruction, 'take' | 'takeSizes'>;

/**
 * Hands on the events of a recording in the order of the file, each only lent, and yields now and then;
 * `counts` is filled on the way.
 */
export type TraceFeed = (counts: TraceCounts, taker: TraceTaker) => AsyncGenerator<void>;

/** The events of a kernel's trace. */
export function traceFeed(
  chunks: Chunks,
  form: TraceForm,
  { name, pageSize }: { readonly name: string; readonly pageSize: PageSize },
): TraceFeed {
  return (counts, taker) => readTrace(chunks, form, name, pageSize, counts, taker);
}

async function* rowsOf(chunks: Chunks, { parse }: BytesParser): AsyncGenerator<RowsOfBytes> {
  const rows = createLineRows(ROWS);
  for await (const bytes of lineBlocks(chunks)) {
    for (let at = 0; at < bytes.length; ) {
      at = parse(bytes, at, rows);
      yield { bytes, rows };
    }
  }
}

/**
 * Hands on the events of a trace in the order of the file, rows of them only lent, and yields now and
 * then; `counts` is filled on the way.
 * @throws InputError "ORIGIN: line N: …" where tasks or CPUs are not printed, sizes are no whole pages
 *   or a line is too long; "ORIGIN: …" where there is no rss_stat event at all.
 */
export async function* readTrace(
  chunks: Chunks,
  form: TraceForm,
  origin: string,
  pageSize: PageSize,
  counts: TraceCounts,
  { take, takeSizes }: TraceTaker,
): AsyncGenerator<void> {
  const { parse, takes, lacking } = createLineParser(form, pageSize, counts);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  function takeText(bytes: Uint8Array, line: number): void {
    const text = decoder.decode(bytes);
    if (text.length > LONGEST_LINE) {
      throw new InputError(`longer than ${LONGEST_LINE} characters`)
        .within(`line ${line}`)
        .within(origin);
    }
    const event = within(origin, () => parse(text, line));
    if (event !== null) take(event);
  }

  function takeRows({ bytes, rows }: RowsOfBytes): void {
    const { length, known, from, time } = rows;
    const nameAt = (row: number) => taskName(bytes, from[row]!, form);
    for (let row = 0; row < length; ) {
      const start = row;
      while (row < length && known[row] === 1) row += 1;
      const firstLine = counts.lines + 1;
      if (row > start && takes(time.subarray(start, row), firstLine)) {
        takeSizes(rows, start, row, firstLine, nameAt);
        counts.lines += row - start;
      } else {
        counts.lines += 1;
        const end = bytes.indexOf(LINE_END, from[start]);
        takeText(bytes.subarray(from[start], end), counts.lines);
        row = start + 1;
      }
    }
  }

  for await (const some of rowsOf(chunks, createBytesParser(form, pageSize))) {
    takeRows(some);
    yield;
  }
  if (counts.rssStatEvents === 0) throw noEvent(counts, lacking()).within(origin);
}

/** Why there is no event. */
function noEvent(
  { lines, unknownMembers }: TraceCounts,
  lacking: ReturnType<LineParser['lacking']>,
): InputError {
  if (unknownMembers.firstLine !== null) {
    return new InputError(
      `none of ${unknownMembers.count} rss_stat events is of a member that is known: expected type=${TRACE_TYPES.join(', ')}`,
    ).within(`line ${unknownMembers.firstLine}`);
  }
  if (lacking === null) {
    return new InputError(
      `no rss_stat event in ${lines} lines: record with perf record -e kmem:rss_stat`,
    );
  }
  const { line, fields } = lacking;
  const why = fields.includes('mm_id')
    ? 'whose memory it is about cannot be told; kernels from 5.5 on print mm_id and curr'
    : 'the kernel prints mm_id, curr, type and size (include/trace/events/kmem.h)';
  const names = fields.join(' and ');
  return new InputError(`rss_stat has no ${names}: ${why}`).within(`line ${line}`);
}
