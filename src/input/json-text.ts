/** JSON text to a value, with the line and column of what is malformed. */
import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';
import { InputError, quote } from '../errors.ts';
import { demandJsonBounds } from './json-bounds.ts';

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
  try {
    visit(text, { onError }, options);
  } catch (error) {
    if (error instanceof FirstError) return error;
    throw error;
  }
  return { offset: text.length, words: 'malformed, or cut off' };
}

/** JSON.parse() takes the last of two equal keys in silence. @throws InputError at the second. */
function demandUniqueKeys(text: string): void {
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (key, offset) => {
      const keys = open.at(-1);
      if (keys?.has(key)) {
        throw new InputError(`${place(text, offset)}: the key ${quote(key)} is there twice`);
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
