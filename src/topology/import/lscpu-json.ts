/** JSON as lscpu prints it, which is not always JSON: a value that is missing may be a bare hyphen. */
import { InputError, quote } from '../../errors.ts';
import { endOfString, parseJsonText } from '../../input/json.ts';

/** lscpu nests sections in a list in an object. */
const DEEPEST = 64;

const BLANK = new Set([' ', '\t', '\n', '\r']);
const AFTER_VALUE = new Set([',', '}', ...BLANK]);

/**
 * With null for every hyphen that stands where the value of a key does; all else is left as it is.
 * lscpu prints `"node": -` before the corrections of 2025 (util-linux #3430, #3758).
 * @throws InputError where lists and objects are nested deeper than any of lscpu's.
 */
export function withoutHyphens(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  let depth = 0;
  let before: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') i = endOfString(text, i);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (character === '-' && before === ':' && AFTER_VALUE.has(text[i + 1] ?? '')) {
      parts.push(text.slice(copied, i), 'null');
      copied = i + 1;
    }
    if (depth > DEEPEST) throw new InputError(`lists and objects nested deeper than ${DEEPEST}`);
    if (!BLANK.has(character)) before = character;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The objects of the list `key`, the only key of the document.
 * @throws InputError with line and column, or JSON path, of what is not as lscpu prints it.
 */
export function parseLscpuJson(
  text: string,
  key: string,
): readonly Readonly<Record<string, unknown>>[] {
  const document = parseJsonText(withoutHyphens(text));
  return objectsAt(isObject(document) ? document[key] : undefined, key);
}

/** @throws InputError where the value at `path` is not a list of objects. */
export function objectsAt(
  value: unknown,
  path: string,
): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) {
    throw new InputError(`${path} is ${quote(value ?? null)}; expected a list, as lscpu prints it`);
  }
  return value.map((item: unknown, i) => {
    if (isObject(item)) return item;
    throw new InputError(`${path}[${i}] is ${quote(item)}; expected an object`);
  });
}
