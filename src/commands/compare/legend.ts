/** Words of the tables, for the help of the commands that show them. */
import { wrap } from '../../render/words.ts';

const BOUNDS = [
  [
    'stated',
    "the bound as the scheme's authors give it: 32 * 768 is the batch of 32 pages times 768, what the levels of a tree over 250 CPUs add up to; 500 * CPUs is a batch of 500 for each CPU",
  ],
  ['exact', 'the worst case that some stream of updates reaches and none exceeds; -low/+high'],
  ['settled', 'no update is half done: what it has to hand on has arrived'],
  ['carry', 'what a counter hands on to the one above, once it holds a batch'],
] as const;

const ERRORS = [
  ['low, high', 'the largest errors below and above what is resident, over every add'],
  [
    'p50|e|',
    'half of the operations were off by at most so much, either way; p99|e|: all but 1% of them',
  ],
  ['at op', 'the operation that reached the largest error'],
] as const;

function legendLines(words: readonly (readonly [string, string])[]): string[] {
  return [
    'Words of the tables:',
    ...words
      .flatMap(([word, text]) => wrap(`${word.padEnd(10)} ${text}`, 76, ' '.repeat(11)))
      .map((line) => `  ${line}`),
  ];
}

/** Of bounds alone. */
export const boundLegend = (): string[] => legendLines(BOUNDS);

/** Of bounds and of errors that were observed. */
export const errorLegend = (): string[] => legendLines([...BOUNDS, ...ERRORS]);
