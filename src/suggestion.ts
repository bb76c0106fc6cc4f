/** What a mistyped word may have meant. */
import { closest, distance } from 'fastest-levenshtein';
import { quote } from './errors.ts';

const LONGEST_WORD = 60;

/** Of a long list. */
const SOME = 4;

/** The known word that is meant and how far off it is, where one is close. */
function nearest(word: string, known: readonly string[]): { best: string; off: number } | null {
  // Nothing that is known is as long, and the distance takes the square of the length.
  if (word.length > LONGEST_WORD || known.length === 0) return null;
  const best = closest(word, [...known]);
  const off = distance(word, best);
  // A word of which nothing stays is another one.
  const most = Math.min(Math.max(2, Math.floor(best.length / 3)), word.length - 1);
  return off <= most ? { best, off } : null;
}

const lettersOf = (word: string) => [...word].sort().join('');

/** The known word from which this one is a letter more, less or other, or has two in each other's place. */
export function slipOf(word: string, known: readonly string[]): string | undefined {
  return known.find((one) => {
    const off = Math.abs(one.length - word.length) > 1 ? 2 : distance(word, one);
    return off === 1 || (off === 2 && lettersOf(word) === lettersOf(one));
  });
}

/** "a", "a or b", "a, b or c". */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** Shorter parts of words are in too many. */
const SHORTEST_PART = 3;

/** More words that one is a part of say less than the one that is close. */
const FEW = 2;

/** The known word that is a slip away, else the few that the word is a part of, else what is close; may be none. */
export function meantBy(word: string, known: readonly string[]): readonly string[] {
  const near = nearest(word, known);
  const part = word.toLowerCase();
  const whole =
    word.length < SHORTEST_PART ? [] : known.filter((one) => one.toLowerCase().includes(part));
  if (near !== null && (near.off === 1 || whole.length === 0 || whole.length > FEW)) {
    return [near.best];
  }
  return whole;
}

/** 'did you mean "numaNodes"?' where some are meant, else what there is, one word at least; `lister` lists it where it is much. */
export function suggestion(word: string, known: readonly string[], lister?: string): string {
  const all = lister === undefined ? '' : ` (${lister} lists all)`;
  const meant = meantBy(word, known);
  if (meant.length > 0) return `did you mean ${alternatives(meant.map(quote))}?${all}`;
  return lister === undefined
    ? `expected one of ${known.join(', ')}`
    : `expected one such as ${alternatives(known.slice(0, SOME))}${all}`;
}
