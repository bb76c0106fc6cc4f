/** The list of a command's words for its help: what the heads of its tables mean. */
import { wrap } from './words.ts';

export type Word = readonly [word: string, meaning: string];

const WIDTH = 76;
const LEAST = 10;

/** "Words of the tables:", and each word with what it means, in columns. */
export function legendLines(
  words: readonly Word[],
  title = 'Words of the tables:',
): readonly string[] {
  const width = Math.max(LEAST, ...words.map(([word]) => word.length));
  return [
    title,
    ...words
      .flatMap(([word, text]) =>
        wrap(`${word.padEnd(width)} ${text}`, WIDTH, ' '.repeat(width + 1)),
      )
      .map((line) => `  ${line}`),
  ];
}
