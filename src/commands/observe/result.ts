/** The result of `observe`: how wrong this kernel's approximate figures are now, process by process. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, pages, program, sides } from '../../render/schema-parts.ts';
import { observed, round } from './record.ts';

const signedPages = noted(z.int(), { unit: 'pages' });

const interval = z
  .strictObject({ low: signedPages, high: signedPages })
  .describe('observed: the error lay from low to high; negative reads low');

const processRow = z.strictObject({
  pid: z.int().min(1),
  life: noted(z.int().min(1).describe('of the processes that had this PID, which one'), {
    added: 1,
  }),
  command: z.string(),
  threads: count,
  there: z.boolean().describe('in the last round'),
  readings: count.describe('sample size'),
  faulted: count.describe('readings between whose figures it faulted: they tell no error'),
  approximate: pages.describe('field 24 of stat, last reading'),
  precise: pages.nullable().describe('last reading; null: none was read'),
  error: interval
    .nullable()
    .describe(
      'observed, last reading: approximate minus precise; null: no precise figure. Where it faulted meanwhile, part of it may be growth',
    ),
  settled: z.boolean().describe('the process did not fault while the last reading was made'),
  zeroSinceSeconds: noted(
    z
      .number()
      .min(0)
      .nullable()
      .describe(
        'observed, after the first round began: since which reading it has shown 0 with pages resident; null: the last one is not so',
      ),
    { as: false },
  ),
  lowest: interval
    .nullable()
    .describe('observed: of the settled readings the one that was lowest; null: none'),
  highest: interval
    .nullable()
    .describe('observed: of the settled readings the one that was highest; null: none'),
  mean: z
    .strictObject({
      low: noted(z.number(), { unit: 'pages' }),
      high: noted(z.number(), { unit: 'pages' }),
    })
    .nullable()
    .describe('observed: of the settled readings; null: none'),
  change: interval
    .nullable()
    .describe(
      'observed: of the error, from the first settled reading to the last; null: fewer than two',
    ),
  changeSeconds: z.number().min(0).describe('between these two'),
  limit: noted(sides.describe('bound, exact worst case of its RSS on the on-line CPUs'), {
    as: 'process_limit',
  }),
  beyond: z.boolean().describe('a settled reading was beyond the limit'),
});

export type ProcessRow = ResultOf<typeof processRow>;

/** Of a process beside a replay. */
export const observedFigures = processRow.pick({
  ...{ pid: true, life: true, command: true, readings: true, faulted: true },
  ...{ lowest: true, highest: true, mean: true },
});

export type ObservedFigures = ResultOf<typeof observedFigures>;

export type Interval = NonNullable<ProcessRow['error']>;

const { type: _, seconds: __, microseconds: ___, ...counts } = round.shape;

export const observeResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/observe@1'),
      program,
      ...observed.shape,
      rounds: count,
      seconds: z.number().min(0).describe('from the first round to the last'),
      cost: z.strictObject({
        microsecondsPerProcess: noted(z.number().min(0), {
          is: 'measured: of looking, a process and round',
        }),
        longestRoundMicroseconds: noted(z.number().min(0), { is: 'measured: of a round' }),
      }),
      counts: noted(
        z
          .strictObject({ read: count.describe('whose figures were read'), ...counts })
          .describe('of the last round'),
        { as: 'last_round' },
      ),
      processes: noted(z.array(processRow), { line: 'process', rows: true }),
    })
    .describe('rss-err observe --format json'),
  {
    line: 'observed',
    lines: 'a line of rss-err observe --format ndjson: the observation first, then each process',
  },
);

export type ObserveResult = ResultOf<typeof observeResult>;
