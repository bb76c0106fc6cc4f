/** What a mistyped word may have meant. */
import { closest, distance } from 'fastest-levenshtein';
import { quote } from './errors.ts';

const LONGEST_WORD = 60;

/** 'did you mean "numaNodes"?' where one is close, else what there is. */
export function suggestion(word: string, known: readonly string[]): string {
  // Nothing that is known is as long, and the distance takes the square of the length.
  if (word.length > LONGEST_WORD) return `expected one of ${known.join(', ')}`;
  const best = closest(word, [...known]);
  const isClose = distance(word, best) <= Math.max(2, Math.floor(best.length / 3));
  return isClose ? `did you mean ${quote(best)}?` : `expected one of ${known.join(', ')}`;
}
