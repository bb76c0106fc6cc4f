/** Declares the result of `rss-err oom --model`, once for all forms. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import {
  count,
  cpulist,
  pages,
  policy,
  program,
  schemeCells,
  seen,
  topology,
} from '../../render/schema-parts.ts';
import { AGES, POPULATION_NAMES } from './population.ts';

const spread = z.strictObject({
  mean: z.number(),
  halfWidth95: z.number().describe('of the 95 % confidence interval of the mean; 0 of one run'),
});

/** Columns that are named for what they are of, not for where they stand. */
const as = (name: string) => ({ as: name });

const row = z.strictObject({
  scheme: noted(z.string(), { cells: [schemeCells] }),
  selection: z.enum(['approximate', 'precise', 'two-pass']),
  wrong: noted(count.describe('runs in which another process truly had more'), as('wrong_runs')),
  wrongShare: noted(
    z
      .strictObject({ low: noted(z.number(), as('low95')), high: noted(z.number(), as('high95')) })
      .describe('95 % confidence interval of the share of wrong choices (Wilson)'),
    as('wrong'),
  ),
  tied: noted(count.describe('runs in which age decided between equals'), as('tied_runs')),
  short: spread
    .extend({ most: pages.describe('the largest') })
    .describe('resident pages of the best victim beyond those of the one killed'),
  kills: spread.nullable().describe('until enough is free; null: in some run not by killing all'),
  preciseSums: spread.describe('processes whose counters were summed precisely, first selection'),
  modelledMicroseconds: z
    .number()
    .describe('of the first selection; a model of the published times'),
});

export type ModelRow = ResultOf<typeof row>;

const witness = z
  .strictObject({
    scheme: z.string(),
    largePages: pages.describe('of the oldest process'),
    smallPages: pages.describe('of each other'),
    smallProcesses: count,
    victimPages: pages.describe('of the one that two passes kill'),
  })
  .describe('every count right, and two passes kill a small process');

export const modelResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/oom-model@2'),
      program,
      seen,
      topology: noted(topology, { only: ['name', 'sha256', 'onlineCpus', 'pageSize'] }),
      population: noted(
        z.strictObject({
          name: z.enum(POPULATION_NAMES),
          processes: count,
          threads: count.nullable().describe("of each process; null: the population's"),
          age: z
            .enum(AGES)
            .nullable()
            .describe(
              "of the process that stands out, in the order of creation; null: the population's",
            ),
          memoryPages: pages,
          freePages: pages.describe('enough, once so many are free'),
          turnover: count.describe('operations of a process: so many times those that fill it'),
          mappingPages: noted(z.strictObject({ min: pages, max: pages }), as('mapping')),
          cpulist: noted(cpulist, { added: 1 }),
          policy,
        }),
        as(''),
      ),
      seed: count,
      runs: count,
      bestKills: noted(spread.nullable().describe('by the true sizes'), { as: false }),
      witnesses: z.array(witness),
      rows: noted(z.array(row).min(1), { line: 'selection', rows: true }),
    })
    .describe('rss-err oom --model --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err oom --model --format ndjson: the run first, then each selection',
  },
);

export type ModelResult = ResultOf<typeof modelResult>;
