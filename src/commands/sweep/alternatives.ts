/** Alternatives of one word of a grid: `tree:batch={4,8}`, `pu:8..64*2`, and `1,5,40`. */
import { InputError } from '../../errors.ts';

/** More of one option would be a slip of the pen. */
const MOST_ALTERNATIVES = 100_000;

/** As in a shell, braces around one word are two characters of a name. */
const BRACES = /\{([^{}]*(?:,|\.\.)[^{}]*)\}/;

/** "8..64*2" multiplies, "1..9+2" adds, "1..9" counts. */
const RANGE = /(?<!\d)(\d{1,15})\.\.(\d{1,15})(?:([*+])(\d{1,15}))?/;

function valuesOfRange(text: string, [, low, high, by = '+', step = '1']: RegExpExecArray) {
  const [from, to, stride] = [Number(low), Number(high), Number(step)];
  if (from > to) throw new InputError(`${text}: ${low}..${high} goes down: expected LOW..HIGH`);
  if (by === '*' ? stride < 2 || from < 1 : stride < 1) {
    throw new InputError(`${text}: expected a range that grows, such as 8..64*2 or 1..9+2`);
  }
  const values: string[] = [];
  for (let value = from; value <= to; value = by === '*' ? value * stride : value + stride) {
    values.push(`${value}`);
    if (values.length > MOST_ALTERNATIVES) throw tooMany(text);
  }
  return values;
}

function tooMany(text: string): InputError {
  return new InputError(`${text}: expected at most ${MOST_ALTERNATIVES} alternatives`);
}

/** The text with each of the values in the place of what was found, and what follows of each. */
function replaced(
  text: string,
  { index, 0: found }: RegExpExecArray,
  values: readonly string[],
  then: (text: string) => string[],
): string[] {
  const rest = text.slice(index + found.length);
  return values.flatMap((value) => then(`${text.slice(0, index)}${value}${rest}`));
}

function withoutBraces(text: string): string[] {
  const braces = BRACES.exec(text);
  if (braces === null) return [text];
  const words = braces[1]!.split(',').map((word) => word.trim());
  if (words.includes('')) throw new InputError(`${text}: expected a value between the commas`);
  return replaced(text, braces, words, withoutBraces);
}

function withoutRanges(text: string): string[] {
  const range = RANGE.exec(text);
  return range === null ? [text] : replaced(text, range, valuesOfRange(text, range), withoutRanges);
}

/** "a,{b,c}" at the commas that are not between braces. */
function atCommas(text: string): string[] {
  return text.split(/,(?![^{]*\})/);
}

/**
 * The texts that a word of the grid stands for, in order, each once. `splits`: commas stand between
 * alternatives, where no value of the option has one itself.
 * @throws InputError where a range does not grow, a value is empty, or there are too many.
 */
export function alternativesOf(text: string, splits: boolean): readonly string[] {
  const words = splits ? atCommas(text) : [text];
  if (words.includes('')) throw new InputError(`${text}: expected a value between the commas`);
  const all = [...new Set(words.flatMap(withoutBraces).flatMap(withoutRanges))];
  if (all.length > MOST_ALTERNATIVES) throw tooMany(text);
  return all;
}
