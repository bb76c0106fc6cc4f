/** A comparison as one JSON document, or as one line for the run and one for each scheme. */
import type { Comparison } from '../study/comparison.ts';

export const COMPARISON_LINE_FORMAT = 'rss-err/compare-line@1';

export function renderJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

export function renderNdjson(comparison: Comparison): string {
  const { format: _format, schemes, ...run } = comparison;
  const lines = [
    { format: COMPARISON_LINE_FORMAT, type: 'run', ...run },
    ...schemes.map((scheme) => ({ format: COMPARISON_LINE_FORMAT, type: 'scheme', ...scheme })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
