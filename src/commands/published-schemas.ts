/** The forms of the machine-readable results: docs/schemas/ holds the JSON Schemas made of these. */
import * as z from 'zod';
import { count, measured } from '../render/schema-parts.ts';
import { latencySchema } from '../schemes/latency.ts';
import { topologySchema } from '../topology/schema.ts';
import { boundLineSchema, boundSchema } from './bound/bound-schemas.ts';
import { claimsLineSchema, claimsSchema } from './claims/claims-schemas.ts';
import { repeatedLineSchema, repeatedSchema } from './compare/repeated-schemas.ts';
import {
  COMPARISON_FORMAT,
  type Comparison,
  REPLAYED_FORMAT,
  type Replayed,
} from './compare/result.ts';
import { LINE_FORMATS } from './compare/run-lines.ts';
import { comparedScheme, comparedWorkload, found } from './compare/run-schema-parts.ts';
import { oomLineSchema, oomSchema } from './oom/result.ts';
import { processesLineSchema, processesSchema } from './processes/processes-schemas.ts';
import {
  againstLineSchema,
  againstReadingSchema,
  againstSchema,
} from './replay/against/against-schemas.ts';
import { belowZero, tracedProcess, traceSummary } from './replay/trace/trace-schemas.ts';
import { counterTreeSchema, topologiesSchema } from './topology/topology-schemas.ts';
import { verifySchema } from './witness/verify/verify-schemas.ts';

const run = {
  ...measured,
  workload: comparedWorkload,
  seed: count,
  ...found,
};

const replayedRun = {
  ...measured,
  recording: z.strictObject({
    name: z.string(),
    records: count,
    rssMembers: count.describe('counters that RSS is the sum of here'),
    mm: count.nullable().describe('the process; null: the only one of the file, of a trace all'),
    belowZero: belowZero.exactOptional().describe('not of traces'),
  }),
  trace: traceSummary.exactOptional().describe("of a kernel's trace"),
  ...found,
};

export const comparisonSchema = z
  .strictObject({
    format: z.literal(COMPARISON_FORMAT),
    ...run,
    schemes: z.array(z.strictObject(comparedScheme)).min(1),
  })
  .describe('rss-err compare --format json') satisfies z.ZodType<Comparison, unknown>;

export const replayedSchema = z
  .strictObject({
    format: z.literal(REPLAYED_FORMAT),
    ...replayedRun,
    schemes: z.array(z.strictObject(comparedScheme)).min(1),
    processes: z
      .array(tracedProcess)
      .exactOptional()
      .describe("of a kernel's trace, in the order of their first events"),
  })
  .describe('rss-err replay --format json') satisfies z.ZodType<Replayed, unknown>;

function lineSchema<T extends z.ZodRawShape>(format: string, shape: T) {
  return z.discriminatedUnion('type', [
    z.strictObject({ format: z.literal(format), type: z.literal('run'), ...shape }),
    z.strictObject({ format: z.literal(format), type: z.literal('scheme'), ...comparedScheme }),
  ]);
}

const REPLAYED_LINE = LINE_FORMATS[REPLAYED_FORMAT];

export const replayedLineSchema = z
  .discriminatedUnion('type', [
    ...lineSchema(REPLAYED_LINE, replayedRun).options,
    tracedProcess.extend({ format: z.literal(REPLAYED_LINE), type: z.literal('process') }),
  ])
  .describe(
    'a line of rss-err replay --format ndjson: the run, each scheme, each process of a trace',
  );

export const comparisonLineSchema = lineSchema(LINE_FORMATS[COMPARISON_FORMAT], run).describe(
  'a line of rss-err compare --format ndjson: the run first, then each scheme',
);

/** Each form that the project publishes as a JSON Schema, by the path of that. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'topologies/topology.schema.json': topologySchema,
  'docs/schemas/latency.schema.json': latencySchema,
  'docs/schemas/compare.schema.json': comparisonSchema,
  'docs/schemas/compare-line.schema.json': comparisonLineSchema,
  'docs/schemas/compare-runs.schema.json': repeatedSchema,
  'docs/schemas/compare-runs-line.schema.json': repeatedLineSchema,
  'docs/schemas/replay.schema.json': replayedSchema,
  'docs/schemas/replay-line.schema.json': replayedLineSchema,
  'docs/schemas/against.schema.json': againstSchema,
  'docs/schemas/against-line.schema.json': againstLineSchema,
  'docs/schemas/against-readings.schema.json': againstReadingSchema,
  'docs/schemas/processes.schema.json': processesSchema,
  'docs/schemas/processes-line.schema.json': processesLineSchema,
  'docs/schemas/bound.schema.json': boundSchema,
  'docs/schemas/bound-line.schema.json': boundLineSchema,
  'docs/schemas/claims.schema.json': claimsSchema,
  'docs/schemas/claims-line.schema.json': claimsLineSchema,
  'docs/schemas/oom.schema.json': oomSchema,
  'docs/schemas/oom-line.schema.json': oomLineSchema,
  'docs/schemas/verify.schema.json': verifySchema,
  'docs/schemas/topologies.schema.json': topologiesSchema,
  'docs/schemas/counter-tree.schema.json': counterTreeSchema,
};

/** Forms that the program reads. */
const INPUT_SCHEMAS: ReadonlySet<z.ZodType> = new Set<z.ZodType>([topologySchema, latencySchema]);

/**
 * The JSON Schema of a published form. Results may gain fields without a new version, so theirs
 * allow fields they do not know; files that are read are refused with a key that no one knows.
 */
export function publishedSchema(path: string): unknown {
  const schema = PUBLISHED_SCHEMAS[path];
  if (schema === undefined) throw new RangeError(`no schema is published as ${path}`);
  return z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (!INPUT_SCHEMAS.has(schema)) delete jsonSchema.additionalProperties;
    },
  });
}
