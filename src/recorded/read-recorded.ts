/** Reads recorded updates, NDJSON or CSV by content, in memory that does not grow with the file. */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse as csvParser } from 'csv-parse';
import { InputError, within } from '../errors.ts';
import { type Chunks, decode, LONGEST_LINE, linesOf } from '../input/text-lines.ts';
import type { RecordedUpdate } from '../update/record.ts';
import {
  parseCsvHeader,
  parseCsvRecord,
  parseNdjsonLine,
  type RecordField,
} from './record-text.ts';
import { type Recording, recognise } from './registry.ts';

/** A record and the number of its line, 1 = the first. */
export interface NumberedRecord {
  readonly line: number;
  readonly record: RecordedUpdate;
}

/** Runs a parser of one line, whose faults are there. */
function atLine<T>(origin: string, line: number, parse: () => T): T {
  return within(origin, () => within(`line ${line}`, parse));
}

async function* readNdjson(texts: AsyncIterable<string>, origin: string) {
  let line = 0;
  for await (const lines of linesOf(texts, origin)) {
    const records: NumberedRecord[] = [];
    for (const text of lines) {
      line += 1;
      if (text.trim() === '') continue;
      const record = atLine(origin, line, () => parseNdjsonLine(text));
      if (record !== null) records.push({ line, record });
    }
    yield records;
  }
}

interface CsvRow {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

async function* readCsv(texts: AsyncIterable<string>, origin: string) {
  const parser = csvParser({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: LONGEST_LINE,
  });
  // Whatever the texts throw is thrown by the rows.
  const rows: AsyncIterable<CsvRow> = pipeline(Readable.from(texts), parser, () => {});
  let columns: readonly RecordField[] | null = null;
  try {
    for await (const { info, record } of rows) {
      if (columns === null) {
        columns = atLine(origin, info.lines, () => parseCsvHeader(record));
        continue;
      }
      const known = columns;
      yield [
        {
          line: info.lines,
          record: atLine(origin, info.lines, () => parseCsvRecord(known, record)),
        },
      ];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as unknown as { lines: number };
    throw new InputError(`malformed CSV (${error.code})`).within(`line ${lines}`).within(origin);
  }
}

/** The records of a recording of updates, some at a time. @throws InputError as readRecorded(). */
export function readUpdates(
  { form, chunks }: Recording,
  origin: string,
): AsyncGenerator<readonly NumberedRecord[]> {
  const texts = decode(chunks);
  return form === 'ndjson' ? readNdjson(texts, origin) : readCsv(texts, origin);
}

/**
 * The records of a stream of text, some at a time.
 * @throws InputError "ORIGIN: line N: …" at the first bad line; nothing is skipped but empty lines.
 */
export async function* readRecorded(
  chunks: Chunks,
  origin: string,
): AsyncGenerator<readonly NumberedRecord[]> {
  yield* readUpdates(await recognise(chunks, origin), origin);
}
