/** Reads recorded updates, NDJSON or CSV by content, in memory that does not grow with the file. */
import { Readable } from 'node:stream';
import { CsvError, parse as csvParser } from 'csv-parse';
import { InputError } from '../input-error.ts';
import type { RecordField } from './record-check.ts';
import type { RecordedUpdate } from './recorded.ts';
import { parseCsvHeader, parseCsvRecord } from './recorded-csv.ts';
import { parseNdjsonLine } from './recorded-ndjson.ts';

/** A record's line is some 100 characters; a line beyond this is no record. */
const LONGEST_LINE = 65_536;

/** A record and the number of its line, 1 = the first. */
export interface NumberedRecord {
  readonly line: number;
  readonly record: RecordedUpdate;
}

type Chunks = AsyncIterable<Buffer | string>;

/** Runs a parser of one line; its fault gets the file and the line in front. */
function atLine<T>(origin: string, line: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${origin}: line ${line}: ${error.message}`);
    throw error;
  }
}

/** Text of a stream, decoded chunk by chunk. */
async function* decode(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** The first character that is not blank, and the whole text again. */
async function peek(texts: AsyncGenerator<string>): Promise<[string, AsyncIterable<string>]> {
  let head = '';
  let done = false;
  while (head.trim() === '' && !done && head.length <= LONGEST_LINE) {
    const next = await texts.next();
    done = next.done === true;
    if (!next.done) head += next.value;
  }
  async function* again() {
    yield head;
    yield* texts;
  }
  return [head.trimStart().slice(0, 1), again()];
}

async function* readNdjson(texts: AsyncIterable<string>, origin: string) {
  let rest = '';
  let line = 0;
  const recordsOf = (lines: readonly string[]): NumberedRecord[] =>
    lines.flatMap((text) => {
      line += 1;
      if (text.trim() === '') return [];
      const record = atLine(origin, line, () => parseNdjsonLine(text));
      return record === null ? [] : [{ line, record }];
    });
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) {
      throw new InputError(
        `${origin}: line ${line + lines.length + 1}: longer than ${LONGEST_LINE} characters`,
      );
    }
    yield recordsOf(lines);
  }
  yield recordsOf([rest]);
}

interface CsvRow {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

async function* readCsv(texts: AsyncIterable<string>, origin: string) {
  const rows: AsyncIterable<CsvRow> = Readable.from(texts).pipe(
    csvParser({
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: LONGEST_LINE,
    }),
  );
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
    throw new InputError(`${origin}: line ${lines}: malformed CSV (${error.code})`);
  }
}

/**
 * The records of a stream of text, some at a time.
 * @throws InputError "ORIGIN: line N: …" at the first bad line; nothing is skipped but empty lines.
 */
export async function* readRecorded(
  chunks: Chunks,
  origin: string,
): AsyncGenerator<readonly NumberedRecord[]> {
  const [first, texts] = await peek(decode(chunks));
  if (first === '') throw new InputError(`${origin}: empty: expected recorded updates`);
  yield* first === '{' ? readNdjson(texts, origin) : readCsv(texts, origin);
}
