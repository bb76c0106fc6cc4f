/** A run as lines of JSON: one for the run, for each scheme, and for each process of a trace. */
import { COMPARISON_FORMAT, REPLAYED_FORMAT, type RunResult } from './result.ts';

/** The formats of lines, by the format of the whole. */
export const LINE_FORMATS = {
  [COMPARISON_FORMAT]: 'rss-err/compare-line@1',
  [REPLAYED_FORMAT]: 'rss-err/replay-line@1',
} as const satisfies Record<RunResult['format'], string>;

export function runLines(result: RunResult): object[] {
  const { format: whole, schemes, processes = [], ...run } = { processes: undefined, ...result };
  const format = LINE_FORMATS[whole];
  return [
    { format, type: 'run', ...run },
    ...schemes.map((scheme) => ({ format, type: 'scheme', ...scheme })),
    ...processes.map((process) => ({ format, type: 'process', ...process })),
  ];
}
