/** The result of a run of many processes: whose errors were largest, and what became of their mms. */
import * as z from 'zod';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { noted, type ResultOf } from '../../render/result.ts';
import {
  boundSides,
  count,
  cpulist,
  named,
  pages,
  perMillion,
  policy,
  program,
  seen,
  topology,
} from '../../render/schema-parts.ts';
import { PROCESS_PRESET_NAMES } from '../../workload/lives/process-workload.ts';

const range = z.strictObject({ min: pages, max: pages });

const extreme = z.strictObject({
  pages,
  residentPages: noted(pages.describe('of the quantity, then; 0 where pages is 0'), { as: false }),
  process: count.nullable().describe('null where pages is 0'),
  program: z.string().nullable().describe('what the process ran'),
  operation: noted(z.int().min(1).nullable().describe('since its fork or exec, 1 = the first'), {
    as: 'at_operation',
    unit: 'operation',
  }),
});

/** An extreme error, and where it was first reached. */
export type ExtremeError = ResultOf<typeof extreme>;

const errors = z.strictObject({
  under: extreme.describe('largest magnitude below the truth, over every add'),
  over: extreme.describe('largest magnitude above the truth, over every add'),
  mean: noted(z.number().describe('signed, pages, over the operations of all processes'), {
    unit: 'pages',
  }),
  p50: pages.describe('of the magnitude, over operations, nearest rank'),
  p99: pages.describe('of the magnitude, over operations, nearest rank'),
});

export type ProcessErrors = ResultOf<typeof errors>;

const quantity = z.strictObject({
  quantity: noted(z.literal(['rss', ...MEMBERS]), { before: 'exact_under_pages' }),
  clamped: errors.describe('each member read as max(0, value): what a reader sees'),
  raw: errors.describe('the counters as they are'),
});

export type QuantityResult = ResultOf<typeof quantity>;

/** What errors are reported of: the resident set size, and each member. */
export type Quantity = QuantityResult['quantity'];

/** Where a reader sees 0 at the end of an operation while pages are resident. */
const readZero = z.strictObject({
  mms: count.describe('that have read 0 so'),
  operations: count.describe('at whose ends one did'),
  longest: z
    .strictObject({
      process: count,
      program: z.string(),
      sinceOperation: z.int().min(1).describe('of its own, 1 = the first after its fork or exec'),
      operations: count.describe('in a row'),
      residentPages: pages.describe('meanwhile, at most'),
    })
    .nullable()
    .describe('observed: the longest time that one read 0; null: none did'),
});

export type ReadZero = ResultOf<typeof readZero>;

/** mms that ended: a program has one from exec on, and each child has one from fork to exec. */
const programErrors = z.strictObject({
  program: z.string(),
  mms: count,
  p50: pages,
  p99: pages,
});

export type ProgramErrors = ResultOf<typeof programErrors>;

const scheme = z.strictObject({
  ...named,
  exact: noted(
    z
      .strictObject({ ...boundSides.shape, cpus: count })
      .describe('one member, all on-line CPUs and all threads of the largest process'),
    { only: ['under', 'over'] },
  ),
  allocations: noted(
    z
      .strictObject({ allocated: count, rolledBack: count, freed: count })
      .describe('of mm_init(): what succeeded, what was undone, what was freed at the end'),
    { as: false },
  ),
  checkMm: noted(
    z.strictObject({
      checked: noted(count.describe('mms that ended'), { as: 'mms_checked' }),
      bad: noted(count, { as: 'mms_bad', is: 'of these, with a member that was not at 0' }),
      messages: z.array(z.string()),
    }),
    { as: '' },
  ),
  errors: noted(z.array(quantity), { rows: true }),
  readZero: noted(readZero.describe('observed: RSS of 0 while pages are resident'), { as: false }),
  largestOfMm: z
    .array(programErrors)
    .describe("of each mm's largest clamped error of RSS, over the mms of a program, nearest rank"),
});

export type ProcessesScheme = ResultOf<typeof scheme>;

export const processesResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/processes@2'),
      program,
      seen,
      topology: noted(topology, {
        only: ['name', 'sha256', 'nrCpuIds', 'onlineCpus', 'pageSize'],
      }),
      workload: noted(
        z.strictObject({
          preset: noted(z.literal(PROCESS_PRESET_NAMES), { added: 0 }),
          processes: noted(count.describe('short-lived ones'), { added: 0 }),
          jobs: noted(count.describe('of them at once, at most'), { as: 'parallel' }),
          jobPages: noted(range.describe('that one touches of its heap'), { as: 'process' }),
          servers: noted(count, { added: 0 }),
          threads: z.int().min(1).describe('of a server'),
          operations: noted(count.describe('of a server'), { as: 'server_operations' }),
          serverPages: pages.describe('heap of a server'),
          mappingPages: noted(range, { as: 'mapping' }),
          hugePerMillion: perMillion.describe('of mappings'),
          reclaimPerMillion: perMillion.describe('of the operations of servers'),
          failPerMillion: perMillion.describe('of forks'),
          policy,
          cpulist,
        }),
        { as: '', added: 1 },
      ),
      seed: count,
      mms: noted(
        z.strictObject({
          inits: noted(count.describe('calls of mm_init(), at each fork and exec'), {
            as: 'mm_inits',
          }),
          failed: noted(count, { as: 'mm_inits_failed' }),
          mostAtOnce: noted(count, { as: 'most_mms_at_once' }),
        }),
        { as: '' },
      ),
      operations: count.describe('sample size of means and percentiles'),
      updates: count,
      used: z.strictObject({ cpus: count }).describe('that made an update'),
      schemes: noted(z.array(scheme).min(1), { line: 'scheme', rows: true }),
    })
    .describe('rss-err processes --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err processes --format ndjson: the run first, then each scheme',
  },
);

export type ProcessesResult = ResultOf<typeof processesResult>;
