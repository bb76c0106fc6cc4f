/** What a mistyped word may have meant. */
import { closest, distance } from 'fastest-levenshtein';
import { quote } from './errors.ts';

const LONGEST_WORD = 60;

/** The known word that is meant, where one is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Nothing that is known is as long, and the distance takes the square of the length.
  if (word.length > LONGEST_WORD) return undefined;
  const best = closest(word, [...known]);
  return distance(word, best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined;
}

/** 'did you mean "numaNodes"?' where one is close, else what there is. */
export function suggestion(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  return best === undefined
    ? `expected one of ${known.join(', ')}`
    : `did you mean ${quote(best)}?`;
}
