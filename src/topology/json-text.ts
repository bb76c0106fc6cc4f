/** JSON text to a value, with the line and column of what is malformed. */
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { InputError } from '../input-error.ts';

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

function firstError(text: string): ParseError | undefined {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // The locating parser recurses; a document too deep for it is still told as malformed.
    if (!(error instanceof RangeError)) throw error;
  }
  return errors[0];
}

/** @throws InputError "line L, column C: …" where the text is no JSON. */
export function parseJsonText(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    const error = firstError(json);
    if (error === undefined) throw new InputError(`malformed JSON: ${(cause as Error).message}`);
    const words = WORDS[printParseErrorCode(error.error)] ?? 'malformed';
    throw new InputError(`malformed JSON at ${place(json, error.offset)}: ${words}`);
  }
}
