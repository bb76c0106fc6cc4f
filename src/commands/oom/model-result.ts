/** Declares the result of `rss-err oom --model`, once for all forms. */
import * as z from 'zod';
import { count, measured, pages } from '../../render/schema-parts.ts';
import { POPULATION_NAMES } from './population.ts';

export const MODEL_FORMAT = 'rss-err/oom-model@1';

const spread = z.strictObject({
  mean: z.number(),
  halfWidth95: z.number().describe('of the 95 % confidence interval of the mean; 0 of one run'),
});

const rowSchema = z.strictObject({
  scheme: z.string(),
  selection: z.enum(['approximate', 'precise', 'two-pass']),
  wrong: count.describe('runs in which another process truly had more'),
  wrongShare: z
    .strictObject({ low: z.number(), high: z.number() })
    .describe('95 % confidence interval of the share of wrong choices (Wilson)'),
  tied: count.describe('runs in which age decided between equals'),
  short: spread.describe('resident pages of the best victim beyond those of the one killed'),
  mostShort: pages.describe('largest of these'),
  kills: spread.nullable().describe('until enough is free; null: in some run not by killing all'),
  preciseSums: spread.describe('processes whose counters were summed precisely, first selection'),
  modelledMicroseconds: z
    .number()
    .describe('of the first selection; a model of the published times'),
});

const witnessSchema = z
  .strictObject({
    scheme: z.string(),
    largePages: pages.describe('of the oldest process'),
    smallPages: pages.describe('of each other'),
    smallProcesses: count,
    victimPages: pages.describe('of the one that two passes kill'),
  })
  .describe('every count right, and two passes kill a small process');

export const modelSchema = z
  .strictObject({
    format: z.literal(MODEL_FORMAT),
    ...measured,
    population: z.strictObject({
      name: z.enum(POPULATION_NAMES),
      processes: count,
      memoryPages: pages,
      freePages: pages.describe('enough, once so many are free'),
      policy: z.looseObject({ name: z.string() }),
      cpus: z.string(),
      mappingPages: z.strictObject({ min: pages, max: pages }),
      turnover: count.describe('operations of a process: so many times those that fill it'),
    }),
    seed: count,
    runs: count,
    bestKills: spread.nullable().describe('by the true sizes'),
    rows: z.array(rowSchema).min(1),
    witnesses: z.array(witnessSchema),
  })
  .describe('rss-err oom --model --format json');

const lineFormat = { format: z.literal('rss-err/oom-model-line@1') };
const { rows: _, format: __, ...whole } = modelSchema.shape;

export const modelLineSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ ...lineFormat, type: z.literal('run'), ...whole }),
    z.strictObject({ ...lineFormat, type: z.literal('selection'), ...rowSchema.shape }),
  ])
  .describe('a line of rss-err oom --model --format ndjson: the run first, then each row');

export type ModelResult = z.infer<typeof modelSchema>;
export type ModelRow = z.infer<typeof rowSchema>;
