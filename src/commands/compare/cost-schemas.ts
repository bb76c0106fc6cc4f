/** The forms of what --cost adds to the results of `compare` and `replay`. */
import * as z from 'zod';
import { count } from '../../render/schema-parts.ts';
import { latencySchema } from '../../schemes/latency.ts';
import type { RunCost, SchemeCost } from './cost-result.ts';

const mean = z.number().min(0);
const bytes = z.int().min(0).describe('bytes');
const nanoseconds = z.number().min(0).describe('ns, of a model');

const lineTransfers = {
  moved: count.describe('touches whose line another CPU had touched last'),
  travel: z
    .strictObject({
      unknown: count,
      sameCpu: count,
      sameCore: count.nullable(),
      sameCache: count.nullable(),
      sameNode: count,
      remoteNode: count,
    })
    .describe('touches by where their line was touched last; null: the machine file does not tell'),
};

const totals = { plain: count, atomics: count, locks: count, moved: count };

const means = { plain: mean, atomics: mean, locks: mean, moved: mean };

export const schemeCost = z.strictObject({
  own: z
    .strictObject({ plain: count.describe('plain touches'), ...lineTransfers })
    .nullable()
    .describe('lines that one CPU or one thread writes; null: the scheme has none'),
  shared: z
    .array(z.strictObject({ name: z.string(), atomics: count, locks: count, ...lineTransfers }))
    .describe('from the CPU upwards'),
  total: z.strictObject(totals),
  perOperation: z.strictObject(means).nullable().describe('null where there was no operation'),
  process: z.strictObject({
    bytes: z.strictObject({
      mmStruct: bytes,
      perCpu: bytes,
      items: bytes,
      threads: bytes,
      total: bytes,
    }),
    cacheLines: count.describe('written to initialise them, at least'),
    allocations: z.strictObject({ perCpu: count, slab: count }),
    preciseSum: z.strictObject({ reads: count, locks: count }).nullable(),
  }),
  modelledNanoseconds: z
    .strictObject({
      updates: nanoseconds,
      perOperation: nanoseconds.nullable(),
      perProcess: nanoseconds,
    })
    .nullable()
    .describe('counts times the latencies given; null without any'),
}) satisfies z.ZodType<SchemeCost, unknown>;

export const runCost = z.strictObject({
  adds: count.describe("calls of a counter's add"),
  processes: count.describe('that the adds are of'),
  threads: count.describe('of the process whose making is counted; of several, the most'),
  described: z.strictObject({
    cores: z.boolean(),
    cacheLevel: z.int().min(1).nullable().describe('of the last-level caches; null: none'),
  }),
  latency: latencySchema.omit({ $schema: true }).nullable(),
}) satisfies z.ZodType<RunCost, unknown>;
