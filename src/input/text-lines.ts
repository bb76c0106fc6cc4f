/** Text of a stream, decoded chunk by chunk, and its lines: memory does not grow with the file. */
import { InputError } from '../errors.ts';

/** Records and events are some 100 characters; a line beyond this is neither. */
export const LONGEST_LINE = 65_536;

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
 * The text's head, and the whole text again. The head is read on to the end of its first line that
 * is not blank, or to the end of the text.
 */
export async function peek(
  texts: AsyncGenerator<string>,
): Promise<[head: string, all: AsyncIterable<string>]> {
  let head = '';
  let done = false;
  while (!done && head.length <= LONGEST_LINE && !head.trimStart().includes('\n')) {
    const next = await texts.next();
    done = next.done === true;
    if (!next.done) head += next.value;
  }
  async function* again() {
    yield head;
    yield* texts;
  }
  return [head, again()];
}

/**
 * The lines of a text, some at a time; the last one may have no line end. Of a log only the start of a
 * line that is too long need be kept.
 * @throws InputError "ORIGIN: line N: …" where one is too long to be a record.
 */
export async function* linesOf(
  texts: AsyncIterable<string>,
  origin: string,
  tooLong: 'refused' | 'cut' | 'kept' = 'refused',
): AsyncGenerator<readonly string[]> {
  let rest = '';
  let line = 0;
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE && tooLong === 'cut') rest = rest.slice(0, LONGEST_LINE);
    if (rest.length > LONGEST_LINE && tooLong === 'refused') {
      throw new InputError(
        `${origin}: line ${line + lines.length + 1}: longer than ${LONGEST_LINE} characters`,
      );
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
