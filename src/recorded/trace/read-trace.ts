/** Reads a kernel's trace line by line, in memory that does not grow with the file. */
import { InputError, within } from '../../errors.ts';
import { type Chunks, LONGEST_LINE, lineBlocks } from '../../input/text-lines.ts';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import type { PageSize } from '../../units.ts';
import type { ReplayedEvent, SizeEvent, TraceCounts, TraceForm } from './event.ts';
import {
  type BytesParser,
  createBytesParser,
  createLineRows,
  type LineRows,
} from './parse-bytes.ts';
import { createLineParser, type LineParser } from './parse-line.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Lines that are parsed before they are taken. */
const ROWS = 4096;

/** Names of tasks that are remembered. */
const NAMES = 1024;

/** Lines, and the bytes that they are in; only lent. */
export interface RowsOfBytes {
  readonly bytes: Uint8Array;
  readonly rows: LineRows;
}

/** Where a trace's lines come from, once there is a parser. */
export type RowSource = (parser: BytesParser) => AsyncIterable<RowsOfBytes> | Iterable<RowsOfBytes>;

/** A trace that is read from its chunks. */
export function rowsOf(chunks: Chunks): RowSource {
  return async function* ({ parse }) {
    const rows = createLineRows(ROWS);
    for await (const bytes of lineBlocks(chunks)) {
      for (let at = 0; at < bytes.length; ) {
        at = parse(bytes, at, rows);
        yield { bytes, rows };
      }
    }
  };
}

/** A task's name as text, which most lines have had before. */
function createNames() {
  const names: string[] = new Array(NAMES).fill('');
  return (bytes: Uint8Array, { tid, commFrom, commTo }: LineRows, row: number): string => {
    const from = commFrom[row]!;
    const length = commTo[row]! - from;
    const place = tid[row]! % NAMES;
    const known = names[place]!;
    let at = known.length === length ? 0 : length + 1;
    while (at < length && known.charCodeAt(at) === bytes[from + at]) at += 1;
    if (at === length) return known;
    const name = String.fromCharCode(...bytes.subarray(from, from + length));
    names[place] = name;
    return name;
  };
}

/**
 * Hands on the events of a recording in the order of the file, each only lent, and yields now and then;
 * `counts` is filled on the way.
 */
export type TraceFeed = (
  counts: TraceCounts,
  take: (event: ReplayedEvent) => void,
) => AsyncGenerator<void>;

/** The events of a kernel's trace. */
export function traceFeed(
  source: RowSource,
  form: TraceForm,
  origin: string,
  pageSize: PageSize,
): TraceFeed {
  return (counts, take) => readTrace(source, form, origin, pageSize, counts, take);
}

/**
 * @throws InputError "ORIGIN: line N: …" where tasks or CPUs are not printed, sizes are no whole pages
 *   or a line is too long; "ORIGIN: …" where there is no rss_stat event at all.
 */
export async function* readTrace(
  source: RowSource,
  form: TraceForm,
  origin: string,
  pageSize: PageSize,
  counts: TraceCounts,
  take: (event: ReplayedEvent) => void,
): AsyncGenerator<void> {
  const { parse, takes, lacking } = createLineParser(form, pageSize, counts);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const nameOf = createNames();
  const size: Writable<SizeEvent> = {
    ...{ name: 'rss_stat', cpu: 0, tid: 0, comm: '', mmId: 0 },
    ...{ curr: true, member: 'anon', sizePages: 0, line: 0 },
  };

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
    const { length, known, from, to, time, tid, cpu, mmId, curr, member, pages } = rows;
    for (let row = 0; row < length; row++) {
      counts.lines += 1;
      const line = counts.lines;
      if (known[row] === 0 || !takes(time[row]!, line)) {
        takeText(bytes.subarray(from[row], to[row]), line);
        continue;
      }
      size.cpu = cpu[row]!;
      size.tid = tid[row]!;
      size.comm = nameOf(bytes, rows, row);
      size.mmId = mmId[row]!;
      size.curr = curr[row] === 1;
      size.member = MEMBERS[member[row]!]!;
      size.sizePages = pages[row]!;
      size.line = line;
      take(size);
    }
  }

  for await (const some of source(createBytesParser(form, pageSize))) {
    takeRows(some);
    yield;
  }
  if (counts.rssStatEvents === 0) throw noEvent(counts, lacking()).within(origin);
}

/** Why there is no event. */
function noEvent({ lines }: TraceCounts, lacking: ReturnType<LineParser['lacking']>): InputError {
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
