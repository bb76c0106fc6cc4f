/** JSON text to a value, within bounds, with the line and column of what is malformed. */

import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';
import { InputError, quote } from '../errors.ts';

export type Path = readonly PropertyKey[];

/** A JSON path as people write it: numaNodes[1].cpus; the document itself is $. */
export function formatPath(path: Path): string {
  if (path.length === 0) return '$';
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** A topology nests three levels, lscpu's sections a few more. */
const DEEPEST = 64;

/** A topology has a dozen; a hash of them grows without bound otherwise. */
const MOST_KEYS = 4096;

/** Each takes the memory of a hundred of its characters; a machine of 2^20 CPUs has fewer. */
const MOST_PARTS = 1_000_000;

const QUOTE = '"'.charCodeAt(0);
const ESCAPE = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const LIST = '['.charCodeAt(0);
const END_LIST = ']'.charCodeAt(0);
const OBJECT = '{'.charCodeAt(0);
const END_OBJECT = '}'.charCodeAt(0);

/** Where the string that begins at `start` ends: its last quote, or the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let i = start + 1; ; i++) {
    const next = text.indexOf('"', i);
    if (next === -1) return text.length;
    let escapes = 0;
    while (text.charCodeAt(next - 1 - escapes) === ESCAPE) escapes += 1;
    if (escapes % 2 === 0) return next;
    i = next;
  }
}

/**
 * Passes over the text once, without a stack of its own deeper than 64.
 * @param place Where an offset is, for the message.
 * @throws InputError "PLACE: …" where lists and objects nest deeper or are over a million, or an object has
 * over 4,096 keys.
 */
export function demandJsonBounds(text: string, place: (offset: number) => string): void {
  /** The commas of each object that is open; −1 for a list, which may be long. */
  const commas: number[] = [];
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === COMMA) {
      const last = commas.length - 1;
      const count = commas[last] ?? -1;
      if (count === -1) continue;
      commas[last] = count + 1;
      if (count + 2 > MOST_KEYS) {
        throw new InputError(`${place(i)}: an object with more than ${MOST_KEYS} keys`);
      }
    } else if (code === LIST || code === OBJECT) {
      commas.push(code === OBJECT ? 0 : -1);
      parts += 1;
      if (parts > MOST_PARTS) {
        throw new InputError(`${place(i)}: more than ${MOST_PARTS} lists and objects`);
      }
      if (commas.length > DEEPEST) {
        throw new InputError(`${place(i)}: lists and objects nested deeper than ${DEEPEST}`);
      }
    } else if (code === END_LIST || code === END_OBJECT) commas.pop();
  }
}

/** What a jsonc-parser error code means, in words. */
const WORDS: Record<string, string> = {
  InvalidSymbol: 'unknown word',
  InvalidNumberFormat: 'malformed number',
  PropertyNameExpected: 'property name in double quotes expected',
  ValueExpected: 'value expected',
  ColonExpected: 'colon expected',
  CommaExpected: 'comma expected',
  CloseBraceExpected: '"}" expected',
  CloseBracketExpected: '"]" expected',
  EndOfFileExpected: 'end of the document expected',
  InvalidCommentToken: 'comments are not JSON',
  UnexpectedEndOfComment: 'comments are not JSON',
  UnexpectedEndOfString: 'string without an end',
  UnexpectedEndOfNumber: 'malformed number',
  InvalidUnicode: 'malformed \\u escape',
  InvalidEscapeCharacter: 'malformed escape',
  InvalidCharacter: 'control character in a string',
};

function place(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}

/** What is left of a longer run. */
const BLANKS = ' '.repeat(64);

/**
 * The text with its long runs of blanks made short, and where an offset in it is in the text: the
 * parser below gathers blanks one by one, in a hundred times their memory.
 */
function withShortRuns(text: string): { short: string; offsetOf: (offset: number) => number } {
  const cuts: { readonly from: number; readonly removed: number }[] = [];
  const parts: string[] = [];
  let removed = 0;
  let copied = 0;
  for (let at = text.indexOf(BLANKS); at !== -1; at = text.indexOf(BLANKS, at)) {
    const start = at + BLANKS.length;
    at = start;
    while (text[at] === BLANKS[0]) at += 1;
    parts.push(text.slice(copied, start));
    removed += at - start;
    cuts.push({ from: at - removed, removed });
    copied = at;
  }
  return {
    short: copied === 0 ? text : parts.join('') + text.slice(copied),
    offsetOf: (offset) => offset + (cuts.findLast(({ from }) => offset >= from)?.removed ?? 0),
  };
}

/** Thrown at the first error, for the parser would go on to collect them all. */
class FirstError extends Error {
  constructor(
    readonly offset: number,
    readonly words: string,
  ) {
    super(words);
  }
}

/** What is malformed and where. */
function firstError(text: string): { offset: number; words: string } {
  const options = { disallowComments: true, allowTrailingComma: false };
  const onError = (code: ParseErrorCode, offset: number): never => {
    throw new FirstError(offset, WORDS[printParseErrorCode(code)] ?? 'malformed');
  };
  const { short, offsetOf } = withShortRuns(text);
  try {
    visit(short, { onError }, options);
  } catch (error) {
    if (error instanceof FirstError) return { offset: offsetOf(error.offset), words: error.words };
    throw error;
  }
  return { offset: text.length, words: 'malformed, or cut off' };
}

/** JSON.parse() takes the last of two equal keys in silence. @throws InputError at the second. */
function demandUniqueKeys(text: string): void {
  const open: Set<string>[] = [];
  const { short, offsetOf } = withShortRuns(text);
  visit(short, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (key, offset) => {
      const keys = open.at(-1);
      if (keys?.has(key)) {
        throw new InputError(
          `${place(text, offsetOf(offset))}: the key ${quote(key)} is there twice`,
        );
      }
      keys?.add(key);
    },
  });
}

/** @throws InputError "line L, column C: …" where the text is no JSON, or a key is there twice. */
export function parseJsonText(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  demandJsonBounds(json, (offset) => place(json, offset));
  let value: unknown;
  try {
    value = JSON.parse(json) as unknown;
  } catch {
    const { offset, words } = firstError(json);
    throw new InputError(`malformed JSON at ${place(json, offset)}: ${words}`);
  }
  demandUniqueKeys(json);
  return value;
}
