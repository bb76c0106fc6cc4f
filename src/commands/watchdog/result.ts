/** The result of `watchdog`: false alarms, misses and delays of a watchdog on each scheme's readings. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, named, pages, program, seen, topology } from '../../render/schema-parts.ts';
import { SCHEME_NAMES } from '../../schemes/registry.ts';
import { workload } from '../compare/result.ts';
import { PRECISE } from './watch.ts';

const overRuns = z.strictObject({
  mean: z.number().min(0).describe('a run'),
  halfWidth95: noted(
    z.number().min(0).nullable().describe('of the 95 % confidence interval of the mean'),
    { as: 'half_width_95' },
  ),
  total: count,
});

const delay = z.strictObject({
  mean: noted(z.number().min(0), { unit: 'operations' }),
  most: noted(count, { unit: 'operations' }),
});

const watched = z.strictObject({
  ...named,
  scheme: noted(z.literal([...SCHEME_NAMES, PRECISE]), { as: false }),
  reads: z.literal(['approximate sum', 'precise sum']),
  falseAlarms: overRuns.describe('alarms while no more than the budget was resident'),
  seen: count.describe('overruns with an alarm'),
  missed: count.describe('overruns without one'),
  delay: delay
    .nullable()
    .describe('behind a watchdog that reads the truth, over the overruns seen; null: none was'),
  mostUnseen: pages.describe('resident beyond the budget before an overrun was seen, at most'),
  worst: noted(
    z
      .strictObject({ error: pages, resident: pages })
      .describe(
        'observed: the largest error of a reading, either side, and what was resident then',
      ),
    { as: false },
  ),
  readZero: noted(
    z
      .strictObject({
        readings: count,
        sinceOperation: z
          .int()
          .min(1)
          .nullable()
          .describe('of a run, the first of them; null: none'),
      })
      .describe('observed: readings of 0 with pages resident, over all runs'),
    { as: false },
  ),
});

export type WatchedScheme = ResultOf<typeof watched>;

export const watchdogResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/watchdog@2'),
      program,
      seen,
      topology,
      workload,
      operations: count.describe('of a run'),
      seed: count.describe('of the first run; those of the others follow from it'),
      runs: count.describe('sample size'),
      rule: noted(
        z.strictObject({
          budget: pages.describe('the watchdog acts above so many pages'),
          every: noted(count.describe('between two readings'), { unit: 'operations' }),
          consecutive: count.describe('readings above the budget in a row that make an alarm'),
        }),
        { as: '' },
      ),
      truth: noted(
        z.strictObject({
          overruns: count.describe('over all runs, as a watchdog that reads the truth sees them'),
          most: pages.describe('resident at a reading, at most'),
        }),
        { as: 'truth' },
      ),
      schemes: noted(z.array(watched).min(1), { line: 'scheme', rows: true }),
    })
    .describe('rss-err watchdog --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err watchdog --format ndjson: the run first, then each scheme',
  },
);

export type WatchdogResult = ResultOf<typeof watchdogResult>;
