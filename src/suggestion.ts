/** What a mistyped word may have meant. */
import { closest, distance } from 'fastest-levenshtein';
import { quote } from './errors.ts';

/** 'did you mean "numaNodes"?' where one is close, else what there is. */
export function suggestion(word: string, known: readonly string[]): string {
  const best = closest(word, [...known]);
  const isClose = distance(word, best) <= Math.max(2, Math.floor(best.length / 3));
  return isClose ? `did you mean ${quote(best)}?` : `expected one of ${known.join(', ')}`;
}
