/** The forms of a replay against real kernels. */
import * as z from 'zod';
import { MEMBERS } from '../../../kernel/rss-stat.ts';
import { RUN_MODES } from '../../../recorded/kernel-run/kernel-run.ts';
import { count, pages } from '../../../render/schema-parts.ts';
import { PAGE_SIZES } from '../../../units.ts';
import { AGAINST_READINGS_FORMAT } from './against-readings.ts';
import { AGAINST_LINE_FORMAT } from './columns.ts';
import { AGAINST_FORMAT, type Against } from './judged.ts';

const signedPages = z.int().describe('pages');

const agreement = {
  compared: count,
  differ: count,
  first: z
    .strictObject({
      step: count.describe('events before it'),
      field: z.string(),
      predicted: z.int(),
      recorded: z.int(),
    })
    .nullable()
    .describe('the first difference; null: none'),
};

const run = {
  name: z.string().describe("the file's name"),
  kernel: z.string(),
  release: z.string(),
  mode: z.literal(RUN_MODES),
  scheme: z.literal(['per-thread', 'per-cpu']),
  cpus: count,
  threads: count,
  pageSize: z.literal(PAGE_SIZES).describe('bytes'),
  member: z.literal(MEMBERS).describe('that the events move'),
  events: count,
  readings: z.strictObject({
    ...agreement,
    residual: z
      .strictObject({
        min: signedPages,
        p50: pages.describe('of the magnitude, nearest rank'),
        p99: pages.describe('of the magnitude, nearest rank'),
        max: signedPages,
      })
      .describe('predicted minus recorded, pages'),
  }),
  recordedError: z
    .strictObject({ under: pages, over: pages })
    .describe("the kernel's own, recorded reading minus recorded precise RSS, largest magnitudes"),
  raw: z
    .strictObject({ ...agreement, snapshots: count })
    .describe("shared values beside each reading, whole snapshots, the scheme's constant"),
  agrees: z.boolean(),
};

const whole = {
  program: z.strictObject({ version: z.string() }),
  total: z.strictObject({
    runs: count,
    readings: count,
    readingsDiffer: count,
    rawValues: count,
    rawDiffer: count,
  }),
  agrees: z.boolean().describe("every value of every run is the model's"),
};

export const againstSchema = z
  .strictObject({
    format: z.literal(AGAINST_FORMAT),
    ...whole,
    runs: z.array(z.strictObject(run)).min(1),
  })
  .describe('rss-err replay --against --format json') satisfies z.ZodType<Against, unknown>;

const line = z.literal(AGAINST_LINE_FORMAT);

export const againstLineSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ format: line, type: z.literal('verdict'), ...whole }),
    z.strictObject({ format: line, type: z.literal('run'), ...run }),
  ])
  .describe('a line of rss-err replay --against --format ndjson: the verdict first, then each run');

export const againstReadingSchema = z
  .strictObject({
    format: z.literal(AGAINST_READINGS_FORMAT),
    run: z.string().describe("the file's name"),
    step: count.describe('events before it'),
    precise: signedPages.describe('pages, by a walk of the page tables'),
    recorded: signedPages.describe('what the kernel read, pages'),
    predicted: signedPages.describe('what the model reads, pages'),
    residual: signedPages.describe('predicted minus recorded, pages'),
  })
  .describe('a line of rss-err replay --against --readings --format ndjson');
