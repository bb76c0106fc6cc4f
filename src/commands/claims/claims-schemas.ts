/** The forms of `rss-err claims`. */
import * as z from 'zod';
import { count, pages } from '../../render/schema-parts.ts';
import { PAGE_SIZES } from '../../units.ts';
import { FIGURE_UNITS, VERDICTS } from './claim.ts';
import { CLAIMS_FORMAT, type ClaimsResult } from './claims.ts';
import { CLAIMS_LINE_FORMAT } from './columns.ts';

const figure = z.strictObject({
  of: z.string(),
  value: z.number(),
  unit: z.literal(FIGURE_UNITS),
});

const extremes = z.strictObject({
  largest: pages.describe('since the start, clamped, either side'),
  median: pages.describe('of the magnitude over the last window'),
});

const claim = {
  id: z.string(),
  claim: z.string(),
  where: z.string(),
  method: z.literal(['bound', 'replay', 'execution', 'none']),
  claimed: figure.nullable(),
  found: z.array(figure),
  verdict: z.literal(VERDICTS),
  factor: z.number().nullable().describe('the deciding figure over the claimed one'),
  seed: count.nullable(),
  operations: count.nullable(),
};

const hopFinding = {
  mapping: pages.describe('a mapping has 1 to this many'),
  huge: z.boolean().describe('every mapping is one huge page'),
  slots: count,
  operations: count,
  stationary: z.boolean(),
  perCpu: extremes,
  tree: extremes,
};

const claimsRun = {
  program: z.strictObject({ version: z.string() }),
  seed: count,
  pageSize: z.literal(PAGE_SIZES).describe('bytes'),
  measuredCpus: count,
};

export const claimsSchema = z
  .strictObject({
    format: z.literal(CLAIMS_FORMAT),
    ...claimsRun,
    claims: z.array(z.strictObject(claim)),
    hop: z.array(z.strictObject(hopFinding)),
  })
  .describe('rss-err claims --format json') satisfies z.ZodType<ClaimsResult, unknown>;

const claimsLine = z.literal(CLAIMS_LINE_FORMAT);

export const claimsLineSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ format: claimsLine, type: z.literal('run'), ...claimsRun }),
    z.strictObject({ format: claimsLine, type: z.literal('claim'), ...claim }),
    z.strictObject({ format: claimsLine, type: z.literal('hop'), ...hopFinding }),
  ])
  .describe('a line of rss-err claims --format ndjson');
