/** Bounds on JSON text before it is parsed: hostile text takes the parser seconds and gigabytes. */
import { InputError } from '../input-error.ts';

/** A topology nests three levels, lscpu's sections a few more. */
const DEEPEST = 64;

/** A topology has a dozen; a hash of them grows without bound otherwise. */
const MOST_KEYS = 4096;

/** A core each of as many CPUs as there can be; other lists are shorter in the bytes that are read. */
const MOST_ENTRIES = 2 ** 20;

const QUOTE = '"'.charCodeAt(0);
const ESCAPE = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const LIST = '['.charCodeAt(0);
const END_LIST = ']'.charCodeAt(0);
const OBJECT = '{'.charCodeAt(0);
const END_OBJECT = '}'.charCodeAt(0);

/** Where the string that begins at `start` ends: its last quote, or the end of the text. */
function endOfString(text: string, start: number): number {
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
 * @throws InputError "PLACE: …" where lists and objects nest deeper, an object has over 4,096 keys, or a
 * list over 2^20 entries.
 */
export function demandJsonBounds(text: string, place: (offset: number) => string): void {
  const open: { readonly isObject: boolean; commas: number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === COMMA) {
      const innermost = open.at(-1);
      if (innermost === undefined) continue;
      innermost.commas += 1;
      const { isObject, commas } = innermost;
      if (isObject && commas >= MOST_KEYS) {
        throw new InputError(`${place(i)}: an object with more than ${MOST_KEYS} keys`);
      }
      if (!isObject && commas >= MOST_ENTRIES) {
        throw new InputError(`${place(i)}: a list with more than ${MOST_ENTRIES} entries`);
      }
    } else if (code === LIST || code === OBJECT) {
      open.push({ isObject: code === OBJECT, commas: 0 });
      if (open.length > DEEPEST) {
        throw new InputError(`${place(i)}: lists and objects nested deeper than ${DEEPEST}`);
      }
    } else if (code === END_LIST || code === END_OBJECT) open.pop();
  }
}
