/** Which error a report shows, and its sign, in words. */
import type { Reading } from '../commands/compare/result.ts';
import { type AmountStyle, formatBytes } from './amounts.ts';

export function errorText(reading: Reading, style: AmountStyle): string {
  const what =
    reading === 'clamped'
      ? 'what a reader sees (never below 0) minus what is resident'
      : 'the raw counters minus what is resident';
  const scale =
    style.unit === 'pages' ? `; 1,000 pages = ${formatBytes(1000 * style.pageSize)}` : '';
  return `${what}: negative reads low, positive high${scale}`;
}
