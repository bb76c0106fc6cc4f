/** The forms of `rss-err processes`. */
import * as z from 'zod';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { count, cpulist, measured, pages } from '../../render/schema-parts.ts';
import { SCHEME_NAMES } from '../../schemes/registry.ts';
import { PROCESS_PRESET_NAMES } from '../../workload/lives/process-workload.ts';
import { perMillion, policy } from '../compare/policy-schema.ts';
import { PROCESSES_LINE_FORMAT } from './processes-records.ts';
import { PROCESSES_FORMAT, type ProcessesResult } from './result.ts';

const range = z.strictObject({ min: pages, max: pages });

const extreme = z.strictObject({
  pages,
  process: count.nullable().describe('null where pages is 0'),
  program: z.string().nullable().describe('what the process ran'),
  operation: z.int().min(1).nullable().describe('since its fork or exec, 1 = the first'),
});

const errors = z.strictObject({
  under: extreme.describe('largest magnitude below the truth, over every add'),
  over: extreme.describe('largest magnitude above the truth, over every add'),
  mean: z.number().describe('signed, pages, over the operations of all processes'),
  p50: pages.describe('of the magnitude, over operations, nearest rank'),
  p99: pages.describe('of the magnitude, over operations, nearest rank'),
});

const scheme = {
  scheme: z.literal(SCHEME_NAMES),
  name: z.string().describe('as --scheme takes it'),
  parameters: z.record(z.string(), z.unknown()),
  exact: z
    .strictObject({ under: pages, over: pages, cpus: count })
    .describe('one member, all on-line CPUs and all threads of the largest process'),
  allocations: z
    .strictObject({ allocated: count, rolledBack: count, freed: count })
    .describe('of mm_init(): what succeeded, what was undone, what was freed at the end'),
  checkMm: z.strictObject({
    checked: count.describe('mms that ended'),
    bad: count,
    messages: z.array(z.string()),
  }),
  errors: z.array(
    z.strictObject({
      quantity: z.literal(['rss', ...MEMBERS]),
      clamped: errors.describe('each member read as max(0, value): what a reader sees'),
      raw: errors.describe('the counters as they are'),
    }),
  ),
  largestOfMm: z
    .array(z.strictObject({ program: z.string(), mms: count, p50: pages, p99: pages }))
    .describe("of each mm's largest clamped error of RSS, over the mms of a program, nearest rank"),
};

const run = {
  ...measured,
  workload: z.strictObject({
    preset: z.literal(PROCESS_PRESET_NAMES),
    processes: count.describe('short-lived ones'),
    jobs: count.describe('of them at once, at most'),
    jobPages: range.describe('that one touches of its heap'),
    servers: count,
    threads: z.int().min(1).describe('of a server'),
    operations: count.describe('of a server'),
    serverPages: pages.describe('heap of a server'),
    mappingPages: range,
    hugePerMillion: perMillion.describe('of mappings'),
    reclaimPerMillion: perMillion.describe('of the operations of servers'),
    failPerMillion: perMillion.describe('of forks'),
    policy,
    cpus: cpulist,
  }),
  seed: count,
  mms: z.strictObject({
    inits: count.describe('calls of mm_init(), at each fork and exec'),
    failed: count,
    mostAtOnce: count,
  }),
  operations: count.describe('sample size of means and percentiles'),
  updates: count,
  usedCpus: count,
};

export const processesSchema = z
  .strictObject({
    format: z.literal(PROCESSES_FORMAT),
    ...run,
    schemes: z.array(z.strictObject(scheme)).min(1),
  })
  .describe('rss-err processes --format json') satisfies z.ZodType<ProcessesResult, unknown>;

const line = z.literal(PROCESSES_LINE_FORMAT);

export const processesLineSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ format: line, type: z.literal('run'), ...run }),
    z.strictObject({ format: line, type: z.literal('scheme'), ...scheme }),
  ])
  .describe('a line of rss-err processes --format ndjson: the run first, then each scheme');
