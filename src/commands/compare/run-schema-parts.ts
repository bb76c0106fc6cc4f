/** Parts of the forms of runs: what a workload was, what was found, what a scheme made of it. */
import * as z from 'zod';
import { count, cpulist, nodeCount, pages } from '../../render/schema-parts.ts';
import { SCHEME_NAMES } from '../../schemes/registry.ts';
import { PRESET_NAMES } from '../../workload/presets.ts';
import { runCost, schemeCost } from './cost-schemas.ts';
import { pattern, perMillion, policy } from './policy-schema.ts';

const worstCase = z.strictObject({ under: pages, over: pages, cpus: count });

const observed = z.strictObject({
  under: pages.describe('largest magnitude below the truth, over every add'),
  over: pages.describe('largest magnitude above the truth, over every add'),
  mean: z.number().describe('signed, pages, over operations'),
  p50: pages.describe('of the magnitude, over operations, nearest rank'),
  p99: pages.describe('of the magnitude, over operations, nearest rank'),
  underAtOperation: z.int().min(1).nullable().describe('first reached in; null where under is 0'),
  overAtOperation: z.int().min(1).nullable().describe('first reached in; null where over is 0'),
});

export const found = {
  operations: count.describe('sample size of means and percentiles'),
  updates: count,
  rssPages: z.int().describe('RSS at the end, pages'),
  used: z.strictObject({ cpus: count, numaNodes: nodeCount, threads: count }),
  cost: runCost.exactOptional().describe('with --cost'),
};

export const comparedWorkload = z.strictObject({
  preset: z.literal(PRESET_NAMES),
  threads: z.int().min(1),
  policy,
  pattern,
  mappingPages: z.strictObject({ min: pages, max: pages }),
  hugePerMillion: perMillion,
  cpus: cpulist,
});

export const comparedScheme = {
  scheme: z.literal(SCHEME_NAMES),
  name: z.string().describe('as --scheme takes it'),
  parameters: z.record(z.string(), z.unknown()),
  stated: z.strictObject({
    under: pages,
    over: pages,
    formula: z.string(),
    source: z.string(),
  }),
  exact: worstCase
    .nullable()
    .describe('one counter, all on-line CPUs and all threads; null: no closed form for the stream'),
  exactUsed: worstCase
    .nullable()
    .describe('one counter, the CPUs and threads that the replay used; null as exact'),
  observed: z.strictObject({
    clamped: observed.describe('each member read as max(0, value): what a reader sees'),
    raw: observed.describe('the counters as they are'),
  }),
  burnInOperations: count
    .nullable()
    .exactOptional()
    .describe('of compare: until the mean clamped error was stationary; null: not seen'),
  cost: schemeCost.exactOptional().describe('with --cost'),
};
