/** JSON text to a value, with the line and column of what is malformed. */
import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';
import { InputError, quote } from '../input-error.ts';

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

/** Runs a parser that recurses; null where the text is nested deeper than the stack. */
function orTooDeep<T>(parser: () => T): T | null {
  try {
    return parser();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What is malformed and where; text nested too deep for the locating parser ends too early. */
function firstError(text: string): { offset: number; words: string } {
  const errors: ParseError[] = [];
  const options = { disallowComments: true, allowTrailingComma: false };
  const parsed = orTooDeep(() => [parse(text, errors, options) as unknown]);
  const [first] = errors;
  if (parsed === null || first === undefined) {
    return { offset: text.length, words: 'nested too deeply, or cut off' };
  }
  return { offset: first.offset, words: WORDS[printParseErrorCode(first.error)] ?? 'malformed' };
}

/** JSON.parse() takes the last of two equal keys in silence. @throws InputError at the second. */
function demandUniqueKeys(text: string): void {
  const open: Set<string>[] = [];
  const visited = orTooDeep(() => {
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
    return true;
  });
  if (visited === null) throw new InputError('nested too deeply');
}

/** @throws InputError "line L, column C: …" where the text is no JSON, or a key is there twice. */
export function parseJsonText(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
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
