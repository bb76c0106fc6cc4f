/** The forms of the machine-readable results: docs/schemas/ holds the JSON Schemas made of these. */
import * as z from 'zod';
import { SCHEME_NAMES } from '../kernel/scheme-spec.ts';
import {
  COMPARISON_FORMAT,
  type Comparison,
  REPLAYED_FORMAT,
  type Replayed,
} from '../study/comparison.ts';
import { topologySchema } from '../topology/schema.ts';
import { PRESET_NAMES } from '../workload/presets.ts';
import { LOCALITY_SCOPES } from '../workload/workload.ts';
import { boundLineSchema, boundSchema } from './bound-schemas.ts';
import { claimsLineSchema, claimsSchema } from './claims-schemas.ts';
import { LINE_FORMATS } from './run-lines.ts';
import { count, cpulist, measured, nodeCount, pages } from './schema-parts.ts';
import { counterTreeSchema, topologiesSchema } from './topology-schemas.ts';
import { verifySchema } from './verify-schemas.ts';

const perMillion = z.int().min(0).max(1_000_000);

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

const policy = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('uniform') }),
  z.strictObject({ name: z.literal('sticky'), meanRun: z.int().min(1).describe('operations') }),
  z.strictObject({
    name: z.literal('local'),
    scope: z.literal(LOCALITY_SCOPES),
    stayPerMillion: perMillion,
  }),
  z.strictObject({ name: z.literal('round-robin') }),
  z.strictObject({ name: z.literal('pinned') }),
]);

const pattern = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('slots'), slots: z.int().min(1) }),
  z.strictObject({ name: z.literal('steady'), targetPages: pages }),
  z.strictObject({ name: z.literal('sawtooth'), targetPages: pages }),
  z.strictObject({ name: z.literal('grow') }),
  z.strictObject({ name: z.literal('handoff'), targetPages: pages }),
]);

const found = {
  operations: count.describe('sample size of means and percentiles'),
  updates: count,
  rssPages: z.int().describe('RSS at the end, pages'),
  used: z.strictObject({ cpus: count, numaNodes: nodeCount, threads: count }),
};

const run = {
  ...measured,
  workload: z.strictObject({
    preset: z.literal(PRESET_NAMES),
    threads: z.int().min(1),
    policy,
    pattern,
    mappingPages: z.strictObject({ min: pages, max: pages }),
    hugePerMillion: perMillion,
    cpus: cpulist,
  }),
  seed: count,
  ...found,
};

const replayedRun = {
  ...measured,
  recording: z.strictObject({
    name: z.string(),
    records: count,
    rssMembers: count.describe('counters that RSS is the sum of here'),
    mm: count.nullable().describe('the process; null: the only one of the file'),
  }),
  ...found,
};

const scheme = {
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
};

export const comparisonSchema = z
  .strictObject({
    format: z.literal(COMPARISON_FORMAT),
    ...run,
    schemes: z.array(z.strictObject(scheme)).min(1),
  })
  .describe('rss-err compare --format json') satisfies z.ZodType<Comparison, unknown>;

export const replayedSchema = z
  .strictObject({
    format: z.literal(REPLAYED_FORMAT),
    ...replayedRun,
    schemes: z.array(z.strictObject(scheme)).min(1),
  })
  .describe('rss-err replay --format json') satisfies z.ZodType<Replayed, unknown>;

function lineSchema<T extends z.ZodRawShape>(format: string, shape: T) {
  return z.discriminatedUnion('type', [
    z.strictObject({ format: z.literal(format), type: z.literal('run'), ...shape }),
    z.strictObject({ format: z.literal(format), type: z.literal('scheme'), ...scheme }),
  ]);
}

export const replayedLineSchema = lineSchema(LINE_FORMATS[REPLAYED_FORMAT], replayedRun).describe(
  'a line of rss-err replay --format ndjson: the run first, then each scheme',
);

export const comparisonLineSchema = lineSchema(LINE_FORMATS[COMPARISON_FORMAT], run).describe(
  'a line of rss-err compare --format ndjson: the run first, then each scheme',
);

/** Each form that the project publishes as a JSON Schema, by the path of that. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'topologies/topology.schema.json': topologySchema,
  'docs/schemas/compare.schema.json': comparisonSchema,
  'docs/schemas/compare-line.schema.json': comparisonLineSchema,
  'docs/schemas/replay.schema.json': replayedSchema,
  'docs/schemas/replay-line.schema.json': replayedLineSchema,
  'docs/schemas/bound.schema.json': boundSchema,
  'docs/schemas/bound-line.schema.json': boundLineSchema,
  'docs/schemas/claims.schema.json': claimsSchema,
  'docs/schemas/claims-line.schema.json': claimsLineSchema,
  'docs/schemas/verify.schema.json': verifySchema,
  'docs/schemas/topologies.schema.json': topologiesSchema,
  'docs/schemas/counter-tree.schema.json': counterTreeSchema,
};

/**
 * The JSON Schema of a published form. Results may gain fields without a new version, so theirs
 * allow fields they do not know; topology files are refused with a key that no one knows.
 */
export function publishedSchema(path: string): unknown {
  const schema = PUBLISHED_SCHEMAS[path];
  if (schema === undefined) throw new RangeError(`no schema is published as ${path}`);
  return z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (path.startsWith('docs/')) delete jsonSchema.additionalProperties;
    },
  });
}
