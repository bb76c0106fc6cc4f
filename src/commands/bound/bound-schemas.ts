/** The forms of the machine-readable results of `bound`. */
import * as z from 'zod';
import { count, cpulist, measured, nodeCount, pages } from '../../render/schema-parts.ts';
import { SCHEME_NAMES } from '../../schemes/registry.ts';
import { PAGE_SIZES } from '../../units.ts';
import { BOUND_LINE_FORMAT } from './bound-lines.ts';
import { GROWTH_MODELS } from './growth.ts';
import { BOUND_FORMAT, type BoundResult } from './result.ts';

const sides = z.strictObject({ under: pages, over: pages });

const memberAndRss = { member: sides.describe('one counter'), rss: sides };

const either = z.strictObject(memberAndRss);

const exactBound = z.strictObject({
  ...memberAndRss,
  reachedBy: z
    .strictObject({ count, of: z.literal(['CPUs', 'nodes', 'threads']) })
    .describe('how many must have held pages back'),
});

const inFlightBounds = z.strictObject({
  running: either.nullable().describe('while so many run; null: there is no bound'),
  stalled: either
    .nullable()
    .describe('all but one stalled, every other update done; null: there is no bound'),
  burst: either
    .nullable()
    .describe('during or after one burst, where repeated bursts have no bound; else null'),
});

const bytes = z.int().min(0).describe('bytes');

const memory = z.strictObject({
  mmStruct: bytes,
  perCpu: bytes,
  items: bytes,
  threads: bytes,
  total: bytes,
  layout: z.string(),
});

const scheme = {
  scheme: z.literal(SCHEME_NAMES),
  name: z.string().describe('as --scheme takes it'),
  parameters: z.record(z.string(), z.unknown()),
  stated: z.strictObject({ ...memberAndRss, formula: z.string(), source: z.string() }),
  exact: exactBound.describe('all on-line CPUs and all threads, settled and serialised'),
  used: exactBound.nullable().describe('the same over the CPUs of --used'),
  inFlight: inFlightBounds,
  seen: either.nullable().describe('exact, as a reader of a process of sizePages can see it'),
  memory: memory.describe('for the four counters of one process'),
  levels: count.nullable().describe('of a tree, its sum left out'),
};

const machine = { cpus: count.describe('on-line'), nrCpuIds: count, numaNodes: nodeCount };

const range = z.strictObject({
  cpus: z.string().describe('as --cpus takes it'),
  values: count.describe('machine sizes computed'),
  numaNodes: count,
  pageSize: z.literal(PAGE_SIZES).describe('bytes'),
});

const run = {
  program: measured.program,
  topology: measured.topology.nullable(),
  range: range.nullable().describe('null where topology is not'),
  threads: z.int().min(1),
  kinds: z.strictObject({ pagesAddedPerFault: pages, pagesTakenPerFault: pages }),
  inFlight: z.strictObject({ updates: count, pages }),
  sizePages: pages.nullable(),
  used: z.strictObject({ cpus: cpulist, count }).nullable(),
};

const crossing = {
  subject: z.string(),
  other: z.string(),
  over: z.literal(['used CPUs', 'CPUs']),
  runs: z.array(
    z.strictObject({
      from: count,
      to: count,
      values: count.describe('how many were computed'),
      relation: z.literal(['above', 'equal', 'below']),
    }),
  ),
};

const fit = z.strictObject({
  model: z.literal(GROWTH_MODELS),
  coefficient: z.number().describe('a, pages'),
  residual: z.number().min(0).describe('root of Σ (y − a·f)² / Σ y²'),
});

const growth = {
  name: z.string(),
  from: count,
  to: count,
  values: count,
  levels: z.array(count).describe('level counts of a tree in the range'),
  fits: z.array(fit),
  best: z.literal([...GROWTH_MODELS, 'constant']),
};

const staircase = { name: z.string(), cpus: count, levels: count, stated: sides, exact: sides };

export const boundSchema = z
  .strictObject({
    format: z.literal(BOUND_FORMAT),
    ...run,
    rows: z
      .array(z.strictObject({ ...machine, schemes: z.array(z.strictObject(scheme)).min(1) }))
      .min(1),
    crossings: z.array(z.strictObject(crossing)),
    growth: z.array(z.strictObject(growth)),
    staircase: z.array(z.strictObject(staircase)),
  })
  .describe('rss-err bound --format json') satisfies z.ZodType<BoundResult, unknown>;

const format = z.literal(BOUND_LINE_FORMAT);

export const boundLineSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ format, type: z.literal('run'), ...run }),
    z.strictObject({ format, type: z.literal('scheme'), ...machine, ...scheme }),
    z.strictObject({ format, type: z.literal('crossing'), ...crossing }),
    z.strictObject({ format, type: z.literal('growth'), ...growth }),
    z.strictObject({ format, type: z.literal('staircase'), ...staircase }),
  ])
  .describe('a line of rss-err bound --format ndjson: the run first');
