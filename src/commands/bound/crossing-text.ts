/** Where a tree and per-CPU counters change places, as a sentence. */

import { formatNumber } from '../../render/amounts.ts';
import { listed } from '../compare/findings-text.ts';
import type { Crossing, Relation, Run } from './crossing.ts';

const RELATIONS: readonly [Relation, string][] = [
  ['above', 'above'],
  ['equal', 'equal to'],
  ['below', 'below'],
];

/** "48", "65, 66", "3 to 47"; of a run with gaps, its ends and how many values were computed. */
function runTexts({ from, to, values }: Run): string[] {
  if (from === to) return [formatNumber(from)];
  const ends = `${formatNumber(from)} to ${formatNumber(to)}`;
  if (values < to - from + 1) return [`${ends} (${formatNumber(values)} values)`];
  return values === 2 ? [formatNumber(from), formatNumber(to)] : [ends];
}

/** "above that of per-cpu for N = 3 to 47, 65 and 66, equal to it for …, below it for …". */
export function crossingText({ subject, other, over, runs }: Crossing): string {
  const variable = over === 'CPUs' ? 'N' : 'k';
  const clauses = RELATIONS.flatMap(([relation, words]) => {
    const texts = runs.filter((run) => run.relation === relation).flatMap(runTexts);
    return texts.length === 0 ? [] : [{ words, values: listed(texts) }];
  }).map(
    ({ words, values }, i) =>
      `${words} ${i === 0 ? `that of ${other}` : 'it'} for ${variable} = ${values}`,
  );
  const where =
    over === 'CPUs'
      ? 'Over machines of N CPUs'
      : 'With the first k of the online CPUs used, in ascending order,';
  return `${where} the exact worst case of ${subject} is ${clauses.join(', ')}.`;
}
