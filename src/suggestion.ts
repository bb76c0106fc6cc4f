/** What a mistyped word may have meant. */
import { closest, distance } from 'fastest-levenshtein';
import { quote } from './errors.ts';

const LONGEST_WORD = 60;

/** Of a long list. */
const SOME = 4;

/** The known word that is meant, where one is close. */
function nearest(word: string, known: readonly string[]): string | undefined {
  // Nothing that is known is as long, and the distance takes the square of the length.
  if (word.length > LONGEST_WORD) return undefined;
  const best = closest(word, [...known]);
  // A word of which nothing stays is another one.
  const most = Math.min(Math.max(2, Math.floor(best.length / 3)), word.length - 1);
  return distance(word, best) <= most ? best : undefined;
}

/** "a", "a or b", "a, b or c". */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** Shorter parts of words are in too many. */
const SHORTEST_PART = 3;

/** The known word that is close, else those that the word is a part of; they may be none. */
export function meantBy(word: string, known: readonly string[]): readonly string[] {
  const best = nearest(word, known);
  if (best !== undefined) return [best];
  const part = word.toLowerCase();
  return word.length < SHORTEST_PART ? [] : known.filter((one) => one.toLowerCase().includes(part));
}

/** 'did you mean "numaNodes"?' where some are meant, else what there is; `lister` lists it where it is much. */
export function suggestion(word: string, known: readonly string[], lister?: string): string {
  const all = lister === undefined ? '' : ` (${lister} lists all)`;
  const meant = meantBy(word, known);
  if (meant.length > 0) return `did you mean ${alternatives(meant.map(quote))}?${all}`;
  return lister === undefined
    ? `expected one of ${known.join(', ')}`
    : `expected one such as ${alternatives(known.slice(0, SOME))}${all}`;
}
