/** Bounds on JSON text before it is parsed: hostile text takes the parser seconds and gigabytes. */
import { InputError } from '../errors.ts';

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
