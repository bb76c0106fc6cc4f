/** Text of a stream, decoded chunk by chunk, and its lines: memory does not grow with the file. */
import { InputError } from '../errors.ts';

/** Records and events are some 100 characters; a line beyond this is neither. */
export const LONGEST_LINE = 65_536;

/** Who keeps one after the next is asked for makes a copy. */
export type Chunks = AsyncIterable<Buffer | string>;

/** Text of a stream, decoded chunk by chunk. */
export async function* decode(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/**
 * The text's head, and all chunks again. The head is read on to the end of its first line that is not
 * blank, or to the end of the text.
 */
export async function peek(chunks: Chunks): Promise<[head: string, all: Chunks]> {
  const decoder = new TextDecoder();
  const source = chunks[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let head = '';
  let done = false;
  while (!done && head.length <= LONGEST_LINE && !head.trimStart().includes('\n')) {
    const next = await source.next();
    done = next.done === true;
    // Chunks are lent until the next is asked for.
    const chunk = next.done === true ? Buffer.alloc(0) : Buffer.from(next.value);
    if (next.done !== true) seen.push(chunk);
    head += decoder.decode(chunk, { stream: !done });
  }
  async function* again() {
    try {
      yield* seen;
      for (let next = await source.next(); next.done !== true; next = await source.next()) {
        yield next.value;
      }
    } finally {
      await source.return?.();
    }
  }
  return [head, again()];
}

export const LINE_END = 0x0a;

/** Memory behind a block's end, for those who look at several bytes at once. */
const SLACK = 1024;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * The bytes of a text in blocks of whole lines, each with its end: the last one's is put there. A block
 * holds until the next is asked for. A line that is far too long is ended early, or what is beyond cut.
 */
export async function* lineBlocks(
  chunks: Chunks,
  tooLong: 'ended' | 'cut' = 'ended',
): AsyncGenerator<Buffer> {
  let room = Buffer.alloc(0);
  let length = 0;
  let begun = false;
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (room.length < length + bytes.length + SLACK) {
      const larger = Buffer.alloc(2 * (length + bytes.length) + SLACK);
      room.copy(larger, 0, 0, length);
      room = larger;
    }
    bytes.copy(room, length);
    length += bytes.length;
    let from = 0;
    if (!begun && length >= BYTE_ORDER_MARK.length) {
      begun = true;
      if (room.indexOf(BYTE_ORDER_MARK) === 0) from = BYTE_ORDER_MARK.length;
    }
    let end = room.lastIndexOf(LINE_END, length - 1) + 1;
    // No character is of more bytes: whoever reads the line finds that it is too long.
    if (end === 0 && length > 4 * LONGEST_LINE) {
      if (tooLong === 'cut') length = 4 * LONGEST_LINE;
      else end = length + 1;
      room[length] = LINE_END;
    }
    if (end > from) yield room.subarray(from, end);
    room.copy(room, 0, end, length);
    length = Math.max(0, length - end);
  }
  room[length] = LINE_END;
  if (length > 0) yield room.subarray(0, length + 1);
}

/**
 * The lines of a text, some at a time; the last one may have no line end.
 * @throws InputError "ORIGIN: line N: …" where one is too long to be a record.
 */
export async function* linesOf(
  texts: AsyncIterable<string>,
  origin: string,
): AsyncGenerator<readonly string[]> {
  let rest = '';
  let line = 0;
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) {
      throw new InputError(`longer than ${LONGEST_LINE} characters`)
        .within(`line ${line + lines.length + 1}`)
        .within(origin);
    }
    line += lines.length;
    yield lines;
  }
  yield [rest];
}

/** A line and its number, from 1. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a text that is whole, from the first that is not empty on.
 * @throws InputError where there are more than `most`; `expected` says what would be right.
 */
export function numberedLines(text: string, most: number, expected: string): NumberedLine[] {
  let start = 0;
  while (text[start] === '\n') start += 1;
  const lines = text.slice(start).split('\n', most + 1);
  if (lines.length > most) throw new InputError(`more than ${most} lines; expected ${expected}`);
  return lines.map((line, i) => ({ number: start + i + 1, text: line }));
}

/** The line without blanks around it. */
export const trimmed = ({ number, text }: NumberedLine): NumberedLine => ({
  number,
  text: text.trim(),
});
