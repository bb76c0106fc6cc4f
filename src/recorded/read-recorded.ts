/** Reads recorded updates, NDJSON or CSV by content, in memory that does not grow with the file. */
import { CsvError, parse as parseCsv } from 'csv-parse/sync';
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

/** A record is a line: no cell holds a line end. Blanks around cells go, and a CR with them. */
const CSV = {
  bom: true,
  record_delimiter: '\n',
  trim: true,
  relax_column_count: true,
  max_record_size: LONGEST_LINE,
} as const;

/** A quoted cell goes on beyond the line, into those that are not its own. */
function isTorn(text: string): boolean {
  return text.includes('"') && text.split('"').length % 2 === 0;
}

/** The cells of lines, all at once, which takes a third of the time; null where one of them is no CSV. */
function cellsOfAll(texts: readonly string[]): string[][] | null {
  if (texts.some(isTorn)) return null;
  try {
    return parseCsv(texts.join('\n'), CSV);
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

function cellsOf(text: string): string[] {
  try {
    return parseCsv(text, CSV)[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) throw new InputError(`malformed CSV (${error.code})`);
    throw error;
  }
}

async function* readCsv(texts: AsyncIterable<string>, origin: string) {
  let lines = 0;
  let columns: readonly RecordField[] | null = null;
  for await (const some of linesOf(texts, origin)) {
    const records: NumberedRecord[] = [];
    const isBlank = some.map((text) => text.trim() === '');
    const all = cellsOfAll(some.filter((_, i) => !isBlank[i]));
    let taken = 0;
    for (const [i, text] of some.entries()) {
      const line = lines + i + 1;
      if (isBlank[i]) continue;
      const cells = all?.[taken++] ?? atLine(origin, line, () => cellsOf(text));
      if (columns === null) columns = atLine(origin, line, () => parseCsvHeader(cells));
      else {
        const known = columns;
        records.push({ line, record: atLine(origin, line, () => parseCsvRecord(known, cells)) });
      }
    }
    lines += some.length;
    yield records;
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
