/** The result of `compare --series`: the comparison, and each scheme's errors over the operations. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { named, schemeCells } from '../../render/schema-parts.ts';
import { comparison, scheme } from './result.ts';

const signedPages = (what: string) =>
  noted(z.int().describe(`${what}, signed, pages`), { unit: 'pages' });

const errors = z.strictObject({
  min: signedPages('least over every add, from the error that the bucket begins with'),
  max: signedPages('most, likewise'),
  last: signedPages('at the end of its last operation'),
});

const operation = z.int().min(1);

/** One a scheme and bucket. */
const record = z.strictObject({
  scheme: noted(named.name, { as: 'scheme', cells: [schemeCells] }),
  fromOperation: operation.describe('the first of the bucket'),
  toOperation: operation.describe('the last of the bucket'),
  clamped: errors.describe('each member read as max(0, value): what a reader sees'),
  raw: errors.describe('the counters as they are'),
});

export type SeriesRecord = ResultOf<typeof record>;

export const comparisonSeries = noted(
  z
    .strictObject({
      ...comparison.shape,
      format: z.literal('rss-err/compare-series@1'),
      schemes: noted(z.array(scheme).min(1), { line: 'scheme' }),
      series: noted(z.array(record).min(1), { line: 'bucket', rows: true }),
    })
    .describe('rss-err compare --series --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err compare --series --format ndjson: the run, each scheme, each bucket',
  },
);

export type ComparisonSeries = ResultOf<typeof comparisonSeries>;
