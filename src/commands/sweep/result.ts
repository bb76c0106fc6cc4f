/** The results of `sweep`: a grid and its points, each the document of the single command; a report of them. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, program, sha256 } from '../../render/schema-parts.ts';
import { SWEPT } from './swept.ts';

const texts = z.array(z.string());

const parameters = z
  .record(z.string(), z.string())
  .describe('by option: what tells it from the others');

const head = {
  format: z.literal('rss-err/sweep@1'),
  program,
  command: z.literal(Object.keys(SWEPT)),
  options: z.record(z.string(), texts).describe('of all points, by option: every alternative'),
  where: texts.describe('filters'),
  machines: z
    .array(z.strictObject({ argument: z.string(), name: z.string(), sha256 }))
    .describe('as --topology names them'),
  points: count.describe('of the whole grid'),
  shard: z
    .strictObject({ index: z.int().min(1), of: z.int().min(1) })
    .nullable()
    .describe('the points here are those whose number is index modulo of; null: all'),
};

const point = z.strictObject({
  point: z.int().min(1).describe('its number in the grid'),
  parameters,
  command: z.string().describe('gives the result'),
  refused: z.string().nullable().describe('why there is none'),
  result: z.record(z.string(), z.unknown()).nullable().describe('as --format json of the command'),
});

export type PointLine = ResultOf<typeof point>;

export const sweepResult = noted(
  z
    .strictObject({ ...head, results: noted(z.array(point), { line: 'point' }) })
    .describe('rss-err sweep --format json'),
  {
    line: 'sweep',
    lines: 'a line of rss-err sweep --format ndjson: the grid first, then each point',
  },
);

type SweepResult = ResultOf<typeof sweepResult>;

/** What the first line of a sweep says. */
export type SweepHead = Omit<SweepResult, 'results'>;

const probability = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .describe('two-sided, of the sign test; null: no difference');

const pairs = {
  lower: count.describe('seeds at which the figure is lower than that of the other'),
  higher: count,
  equal: count,
};

const halfWidth95 = noted(
  z
    .number()
    .min(0)
    .nullable()
    .describe('of the 95 % confidence interval of the mean; null: one seed'),
  { as: 'half_width_95' },
);

const measuredScheme = z.strictObject({
  name: z.string().describe('as --scheme takes it'),
  seeds: count.describe('sample size'),
  mean: z.number(),
  halfWidth95,
  min: z.number(),
  max: z.number(),
  paired: noted(
    z
      .strictObject({ mean: z.number(), halfWidth95, ...pairs, p: probability })
      .nullable()
      .describe('differences to the scheme of --against at the same seeds; null: it is that one'),
    { as: 'paired' },
  ),
});

/** A column for each parameter, named by the option. */
const columnsOf = (prefix: string) => ({
  columns: `${prefix}NAME`,
  of: (values: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        `${prefix}${name.replaceAll('-', '_')}`,
        value,
      ]),
    ),
});

const combination = z.strictObject({
  parameters: noted(parameters, { cells: columnsOf('parameter_'), is: 'but the seed' }),
  keys: noted(z.record(z.string(), z.string()).describe('which rows of the command'), {
    cells: columnsOf(''),
  }),
  best: noted(
    z
      .strictObject({
        scheme: z.string().nullable().describe('with the lowest mean; null: two have it'),
        decided: z.boolean().describe('the paired difference to the next excludes 0'),
      })
      .nullable()
      .describe('null: there is one scheme'),
    { as: 'best' },
  ),
  schemes: noted(z.array(measuredScheme), { rows: true }),
});

export const sweepReport = noted(
  z
    .strictObject({
      format: z.literal('rss-err/sweep-report@1'),
      program,
      command: head.command,
      constant: noted(
        z.record(z.string(), texts).describe('by option: what all points have in common'),
        { as: false },
      ),
      figure: z.string().describe('a column of the command'),
      meaning: noted(z.string().describe('what that column is, and its unit'), { as: false }),
      against: z.string().describe('the scheme that others are paired with'),
      points: count.describe('that have been read'),
      refused: count.describe('of these, without a result'),
      missing: count.describe('points of the grid that are not there'),
      overall: noted(
        z.array(z.strictObject({ name: z.string(), best: count, ...pairs, p: probability })),
        { as: false },
      ),
      combinations: noted(z.array(combination), { line: 'combination', rows: true }),
    })
    .describe('rss-err sweep report --format json'),
  {
    line: 'report',
    lines: 'a line of rss-err sweep report --format ndjson: the whole, then each combination',
  },
);

export type SweepReport = ResultOf<typeof sweepReport>;
