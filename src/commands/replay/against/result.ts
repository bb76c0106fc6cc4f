/** The result of a replay against real kernels: what each recorded value is held to, and how far it is off. */
import * as z from 'zod';
import { MEMBERS } from '../../../kernel/rss-stat.ts';
import { RUN_MODES } from '../../../recorded/kernel-run/kernel-run.ts';
import { noted, type ResultOf } from '../../../render/result.ts';
import { count, pageSize, pages, program, sides } from '../../../render/schema-parts.ts';

const signedPages = noted(z.int().describe('pages'), { unit: 'pages' });

const difference = z.strictObject({
  step: count.describe('events before it'),
  field: noted(z.string(), { is: 'the recorded field' }),
  predicted: z.int(),
  recorded: z.int(),
});

/** One recorded value that the model does not give. */
export type Difference = ResultOf<typeof difference>;

/** How many values were held to the model's, and the first that is not. */
const agreement = (of: string, compared: string) => ({
  compared: noted(count, { as: compared, is: 'values recorded' }),
  differ: noted(count, { as: `${of}_differ`, is: "of these, not the model's" }),
  first: noted(difference.nullable().describe('the first difference; null: none'), {
    as: `${of}_first`,
  }),
});

export type Agreement = ResultOf<z.ZodObject<ReturnType<typeof agreement>>>;

const residual = z.strictObject({
  min: signedPages,
  p50: pages.describe('of the magnitude, nearest rank'),
  p99: pages.describe('of the magnitude, nearest rank'),
  max: signedPages,
});

/** Zero throughout where nothing was read. */
export type Residual = ResultOf<typeof residual>;

const run = z.strictObject({
  name: z.string().describe("the file's name"),
  kernel: z.string(),
  release: z.string(),
  mode: noted(z.literal(RUN_MODES), { is: 'what was done' }),
  scheme: z.literal(['per-thread', 'per-cpu']),
  onlineCpus: count,
  threads: count,
  pageSize,
  member: z.literal(MEMBERS).describe('that the events move'),
  events: count,
  // What a reader of RSS saw (the kernel's get_mm_rss).
  readings: noted(
    z.strictObject({
      ...agreement('readings', 'readings'),
      residual: noted(residual.describe('predicted minus recorded, pages'), {
        before: 'readings_first_step',
      }),
    }),
    { as: '' },
  ),
  recordedError: noted(
    sides.describe(
      "the kernel's own, recorded reading minus recorded precise RSS, largest magnitudes",
    ),
    { as: 'recorded', added: 1 },
  ),
  raw: noted(
    z
      .strictObject({
        ...agreement('raw', 'raw_values'),
        snapshots: noted(count, { before: 'raw_values' }),
      })
      .describe("shared values beside each reading, whole snapshots, the scheme's constant"),
    { as: '' },
  ),
  agrees: noted(z.boolean(), { as: false }),
});

export type JudgedRun = ResultOf<typeof run>;

export const againstResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/against@2'),
      program,
      total: noted(
        z.strictObject({
          runs: count,
          readings: count,
          readingsDiffer: count,
          rawValues: count,
          rawDiffer: count,
        }),
        { as: false },
      ),
      agrees: noted(z.boolean().describe("every value of every run is the model's"), {
        as: false,
      }),
      runs: noted(z.array(run).min(1), { line: 'run', rows: true }),
    })
    .describe('rss-err replay --against --format json'),
  {
    line: 'verdict',
    lines: 'a line of rss-err replay --against --format ndjson: the verdict first, then each run',
  },
);

export type Against = ResultOf<typeof againstResult>;

export const againstReading = z
  .strictObject({
    format: noted(z.literal('rss-err/against-readings@1'), { as: false }),
    run: z.string().describe("the file's name"),
    step: count.describe('events before it'),
    precise: z.int().describe('pages, by a walk of the page tables'),
    recorded: z.int().describe('what the kernel read, pages'),
    predicted: z.int().describe('what the model reads, pages'),
    residual: z.int().describe('predicted minus recorded, pages'),
  })
  .describe('a line of rss-err replay --against --readings --format ndjson');

/** One recorded reading and the model's. */
export type AgainstReading = ResultOf<typeof againstReading>;

export const againstReadings = z.strictObject({
  readings: noted(z.array(againstReading), { rows: true }),
});
