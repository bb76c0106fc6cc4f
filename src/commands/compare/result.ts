/**
 * The results of `compare`: what one run has found, and what several say together. A replay's schemes,
 * and what it found of the stream, are declared here too.
 */

import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import {
  boundSides,
  count,
  cpulist,
  named,
  nodeCount,
  pageSize,
  pages,
  pattern,
  perMillion,
  policy,
  program,
  schemeCells,
  seen,
  sides,
  topology,
} from '../../render/schema-parts.ts';
import { QUANTILES } from '../../replay/tally.ts';
import { PRESET_NAMES } from '../../workload/workload.ts';
import { observed as observedHead } from '../observe/record.ts';
import { observedFigures } from '../observe/result.ts';
import { runCost, schemeCost } from './cost-result.ts';

/** An exact worst case and the number of CPUs that it is for. */
export const worstCaseOver = z.strictObject({ ...boundSides.shape, cpus: count });

export type WorstCaseOver = ResultOf<typeof worstCaseOver>;

const firstReached = (side: string) =>
  noted(z.int().min(1).nullable().describe(`first reached in; null where ${side} is 0`), {
    unit: 'operation',
  });

const extremes = {
  under: pages.describe('largest magnitude below the truth, over every add'),
  over: pages.describe('largest magnitude above the truth, over every add'),
};

const firsts = { underAtOperation: firstReached('under'), overAtOperation: firstReached('over') };

const warmUpExtremes = z.strictObject({ ...extremes, ...firsts });

/** What is left out of the errors observed. */
const warmUp = noted(
  z.strictObject({
    operations: count.describe('left out of the errors observed'),
    untilPages: noted(
      z
        .int()
        .min(1)
        .nullable()
        .describe('it ended when so many pages were first resident; null: as many as were given'),
      { unit: 'pages' },
    ),
  }),
  { added: 21 },
);

const observed = z.strictObject({
  ...extremes,
  mean: noted(z.number().describe('signed, pages, over operations'), { unit: 'pages' }),
  p50: pages.describe('of the magnitude, over operations, nearest rank'),
  p99: pages.describe('of the magnitude, over operations, nearest rank'),
  ...firsts,
});

const exact = noted(
  worstCaseOver
    .nullable()
    .describe('one counter, all on-line CPUs and all threads; null: no closed form for the stream'),
  { only: ['under', 'over'] },
);

const quantiles = z.array(pages).length(QUANTILES.length);

/** What a process reads at the end, and since when 0. */
export const readAtEnd = {
  readPages: noted(
    pages.exactOptional().describe('RSS at the end as a reader sees it; of one process'),
    { as: false },
  ),
  zeroSinceOperation: noted(
    z
      .int()
      .min(1)
      .nullable()
      .exactOptional()
      .describe(
        'from which on a reader has seen 0, of one process; null: at the end it sees pages',
      ),
    { as: false },
  ),
};

/**
 * No closed form speaks of a stream with CPUs that come and go, cached pages without a fault, or more
 * pages than a 32-bit counter holds.
 */
export const scheme = z.strictObject({
  ...named,
  stated: noted(
    z.strictObject({
      ...boundSides.shape,
      formula: noted(z.string(), { as: false }),
      source: noted(z.string(), { as: false }),
    }),
    { is: 'stated bound of one counter' },
  ),
  exact,
  exactUsed: noted(
    worstCaseOver
      .nullable()
      .describe('one counter, the CPUs and threads that the replay used; null as exact'),
    { only: ['under', 'over'] },
  ),
  observed: noted(
    z.strictObject({
      clamped: observed.describe('each member read as max(0, value): what a reader sees'),
      raw: observed.describe('the counters as they are'),
    }),
    { as: '' },
  ),
  warmUp: noted(
    z
      .strictObject({ clamped: warmUpExtremes, raw: warmUpExtremes })
      .exactOptional()
      .describe('with --warm-up: what was left out'),
    { added: 21 },
  ),
  distribution: noted(
    z
      .strictObject({ clamped: quantiles, raw: quantiles })
      .exactOptional()
      .describe(
        `with --distribution: magnitudes over operations, nearest rank, at ${QUANTILES.length} quantiles: ${QUANTILES.map((part) => part / 10_000).join(', ')} %`,
      ),
    { as: false },
  ),
  ...readAtEnd,
  burnInOperations: noted(
    count
      .nullable()
      .exactOptional()
      .describe('of compare: until the mean clamped error was stationary; null: not seen'),
    { unit: 'operations', added: 2 },
  ),
  cost: schemeCost.exactOptional().describe('with --cost'),
});

export type ComparedScheme = ResultOf<typeof scheme>;

/** Which of a member's readings an error is of. */
export type Reading = keyof ComparedScheme['observed'];

/** What a replay of any stream of updates has found. */
export const found = {
  operations: count.describe('sample size of means and percentiles, with those of a warm-up'),
  warmUp: warmUp.exactOptional().describe('with --warm-up'),
  updates: noted(count, {
    is: 'replayed; a run of faults is one, an unmap one for each page table',
  }),
  rssPages: noted(z.int().describe('RSS at the end, pages'), { as: false }),
  largestRssPages: noted(
    pages.exactOptional().describe('RSS at its largest, after any update, of one process'),
    { as: false },
  ),
  used: noted(z.strictObject({ cpus: count, numaNodes: nodeCount, threads: count }), {
    only: ['cpus', 'threads'],
    is: 'that made an update',
  }),
  cost: runCost.exactOptional().describe('with --cost'),
  seen,
};

const mapping = z.strictObject({ min: pages, max: pages });

/** The preset that the numbers started from, and every number but the seed. */
export const workload = noted(
  z.strictObject({
    preset: noted(z.literal(PRESET_NAMES), { is: 'the preset that the numbers started from' }),
    threads: noted(z.int().min(1), { unit: 'count', is: 'of the process' }),
    policy,
    pattern,
    mappingPages: noted(mapping, { as: 'mapping', is: 'of a mapping' }),
    hugePerMillion: noted(perMillion, { is: 'of a million mappings, how many are a huge page' }),
    cpulist: noted(cpulist, { is: 'CPUs that threads may run on', before: 'pattern' }),
    switchEvery: noted(
      z
        .int()
        .min(1)
        .exactOptional()
        .describe('operations of a thread between switches of its CPU to another process'),
      { unit: 'operations', added: 200 },
    ),
  }),
  { as: '' },
);

/** What a workload was made like, and what was observed there. */
const like = z.strictObject({
  record: z.string().describe('the file, which rss-err observe --record wrote'),
  ...{ kernel: observedHead.shape.kernel, scheme: observedHead.shape.scheme },
  precise: observedHead.shape.precise.unwrap().describe('where the precise figures are from'),
  onlineCpus: count,
  pageSize,
  largestPages: pages.describe('the largest precise figure'),
  mostThreads: count,
  process: observedFigures.describe('observations, not of the workload'),
});

export const comparison = noted(
  z
    .strictObject({
      format: z.literal('rss-err/compare@2'),
      program,
      topology,
      workload,
      like: noted(like.exactOptional().describe('with --like'), { as: false }),
      seed: count,
      ...found,
      schemes: noted(z.array(scheme).min(1), { line: 'scheme', rows: true }),
    })
    .describe('rss-err compare --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err compare --format ndjson: the run first, then each scheme',
  },
);

export type Comparison = ResultOf<typeof comparison>;

export type MeasuredRun = Omit<Comparison, 'format' | 'workload' | 'seed' | 'like'>;

/** Of independent runs of one workload. */
const spread = z.strictObject({
  mean: noted(z.number().describe('over the runs, pages'), { unit: 'pages' }),
  halfWidth95: noted(
    z.number().min(0).describe('of the 95 % confidence interval of the mean, pages'),
    { as: 'half_width_95_pages', unit: 'pages' },
  ),
  min: noted(z.number().describe('pages'), { unit: 'pages' }),
  max: noted(z.number().describe('pages'), { unit: 'pages' }),
});

export type Spread = ResultOf<typeof spread>;

const spreads = noted(
  z.strictObject({ under: spread, over: spread, mean: spread, p50: spread, p99: spread }),
  { keys: 'figure', is: 'under, over, mean, p50, p99' },
);

const repeatedScheme = z.strictObject({
  ...named,
  stated: scheme.shape.stated,
  exact,
  observed: noted(z.strictObject({ clamped: spreads, raw: spreads }), {
    keys: 'reading',
    is: 'clamped, raw',
  }),
  warmUp: noted(
    z
      .strictObject({ clamped: sides, raw: sides })
      .exactOptional()
      .describe('with --warm-up: the most that any run left out'),
    { added: 21 },
  ),
  stationaryRuns: count.describe('runs whose mean error came to rest in their first half'),
  burnInOperations: noted(
    count.nullable().describe('the most that one of those took; null: none did'),
    { unit: 'operations' },
  ),
});

export type RepeatedScheme = ResultOf<typeof repeatedScheme>;
export type Figure = keyof RepeatedScheme['observed']['raw'];

/** Its columns but the first came later. */
const workloadOfRuns = noted(
  workload.extend({ preset: noted(workload.shape.preset, { added: 0 }) }),
  { as: '', added: 1 },
);

/** One run as far as it differs from the others. */
const runOfMany = z.strictObject({
  seed: count,
  warmUp: found.warmUp,
  updates: found.updates,
  rssPages: found.rssPages,
  largestRssPages: pages,
  used: found.used,
  schemes: z
    .array(
      z.strictObject({
        name: named.name,
        observed: scheme.shape.observed,
        warmUp: scheme.shape.warmUp,
        burnInOperations: count.nullable(),
      }),
    )
    .min(1),
});

export const repeatedResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/compare-runs@2'),
      program,
      topology: noted(topology, { only: ['name', 'sha256', 'onlineCpus', 'pageSize'] }),
      workload: workloadOfRuns,
      seed: count,
      operations: noted(found.operations, { is: 'of each run' }),
      seen,
      warmUp: noted(
        z
          .strictObject({ least: count, most: count, untilPages: warmUp.shape.untilPages })
          .exactOptional()
          .describe('with --warm-up: operations that runs left out'),
        { added: 21, unit: 'operations' },
      ),
      runs: noted(z.array(runOfMany).min(2), {
        ...{ line: 'run', counted: 'runs', before: 'operations' },
        is: 'how many',
      }),
      schemes: noted(z.array(repeatedScheme).min(1), { line: 'scheme', rows: true }),
    })
    .describe('rss-err compare --runs --format json'),
  {
    line: 'runs',
    lines: 'a line of rss-err compare --runs --format ndjson: the whole, each scheme, each run',
    anyLine: true,
  },
);

export type Repeated = ResultOf<typeof repeatedResult>;

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
