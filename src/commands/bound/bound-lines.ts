/** Bounds as lines of JSON: the run first, then every scheme of every row, then what they show. */
import type { BoundResult } from './result.ts';

export const BOUND_LINE_FORMAT = 'rss-err/bound-line@1';

export function boundLines(result: BoundResult): object[] {
  const { format: _format, rows, crossings, growth, staircase, ...run } = result;
  const format = BOUND_LINE_FORMAT;
  return [
    { format, type: 'run', ...run },
    ...rows.flatMap(({ schemes, ...machine }) =>
      schemes.map((scheme) => ({ format, type: 'scheme', ...machine, ...scheme })),
    ),
    ...crossings.map((crossing) => ({ format, type: 'crossing', ...crossing })),
    ...growth.map((row) => ({ format, type: 'growth', ...row })),
    ...staircase.map((step) => ({ format, type: 'staircase', ...step })),
  ];
}
