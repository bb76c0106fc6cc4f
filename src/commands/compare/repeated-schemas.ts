/** The forms of what several runs say together. */
import * as z from 'zod';
import { count, measured } from '../../render/schema-parts.ts';
import { REPEATED_FORMAT, type Repeated } from './repeat.ts';
import { REPEATED_LINE_FORMAT } from './repeated-columns.ts';
import { comparedScheme, comparedWorkload, found } from './run-schema-parts.ts';

const spread = z.strictObject({
  mean: z.number().describe('over the runs, pages'),
  halfWidth95: z.number().min(0).describe('of the 95 % confidence interval of the mean, pages'),
  min: z.number().describe('pages'),
  max: z.number().describe('pages'),
});

const spreads = z.strictObject({
  under: spread,
  over: spread,
  mean: spread,
  p50: spread,
  p99: spread,
});

const { scheme, name, parameters, stated, exact, observed } = comparedScheme;

const repeatedScheme = {
  scheme,
  name,
  parameters,
  stated,
  exact,
  observed: z.strictObject({ clamped: spreads, raw: spreads }),
  stationaryRuns: count.describe('runs whose mean error came to rest in their first half'),
  burnInOperations: count.nullable().describe('the most that one of those took; null: none did'),
};

const { updates, rssPages, used, operations } = found;

const runOfMany = {
  seed: count,
  updates,
  rssPages,
  used,
  schemes: z.array(z.strictObject({ name, observed, burnInOperations: count.nullable() })).min(1),
};

const common = { ...measured, workload: comparedWorkload, seed: count, operations };

export const repeatedSchema = z
  .strictObject({
    format: z.literal(REPEATED_FORMAT),
    ...common,
    runs: z.array(z.strictObject(runOfMany)).min(2),
    schemes: z.array(z.strictObject(repeatedScheme)).min(1),
  })
  .describe('rss-err compare --runs --format json') satisfies z.ZodType<Repeated, unknown>;

function line<T extends z.ZodRawShape>(type: string, shape: T) {
  return z.strictObject({
    format: z.literal(REPEATED_LINE_FORMAT),
    type: z.literal(type),
    ...shape,
  });
}

export const repeatedLineSchema = z
  .union([
    line('runs', { ...common, runs: count }),
    line('scheme', repeatedScheme),
    line('run', runOfMany),
  ])
  .describe('a line of rss-err compare --runs --format ndjson: the whole, each scheme, each run');
