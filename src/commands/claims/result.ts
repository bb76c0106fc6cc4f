/** The result of `claims`: statements about RSS accounting, and what the program finds of each. */
import * as z from 'zod';
import { formatNumber, formatPagesAndBytes } from '../../render/amounts.ts';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, pageSize, pages, program } from '../../render/schema-parts.ts';
import type { PageSize } from '../../units.ts';

const figure = z.strictObject({
  of: z.string(),
  value: noted(z.number(), { as: '' }),
  unit: z.literal(['pages', 'CPUs', 'residual', 'levels']),
});

export type Figure = ResultOf<typeof figure>;

export function figureText({ of, value, unit }: Figure, bytesPerPage: PageSize): string {
  switch (unit) {
    case 'pages':
      return `${of}: ${formatPagesAndBytes(value, bytesPerPage)}`;
    case 'residual':
      return `${of}: residual ${value.toFixed(3)}`;
    default:
      return `${of}: ${formatNumber(value)} ${unit}`;
  }
}

const claim = z.strictObject({
  id: z.string(),
  claim: z.string(),
  where: z.string(),
  method: noted(z.literal(['bound', 'replay', 'execution', 'none']), {
    is: 'what the finding rests on: closed forms, a replay, or running the functions themselves',
  }),
  claimed: noted(figure.nullable(), {
    as: 'claimed_pages',
    only: ['value'],
    is: 'empty where the claim is about something else than an amount',
  }),
  found: noted(z.array(figure), {
    cells: {
      columns: 'found',
      of: (found: readonly Figure[], result: { readonly pageSize: PageSize }) => ({
        found: found.map((each) => figureText(each, result.pageSize)).join('; '),
      }),
    },
  }),
  verdict: z.literal([
    'holds',
    'holds as an upper bound',
    'does not hold as stated',
    'cannot be tested by this model',
  ]),
  factor: z.number().nullable().describe('the deciding figure over the claimed one'),
  seed: count.nullable(),
  operations: count.nullable(),
});

export type Claim = ResultOf<typeof claim>;
export type Verdict = Claim['verdict'];

const extremes = z.strictObject({
  largest: pages.describe('since the start, clamped, either side'),
  median: pages.describe('of the magnitude over the last window'),
});

const hopFinding = z.strictObject({
  mapping: pages.describe('a mapping has 1 to this many'),
  huge: z.boolean().describe('every mapping is one huge page'),
  slots: count,
  operations: count,
  stationary: z.boolean(),
  perCpu: extremes,
  tree: extremes,
});

/** The measurement of the tree series, for one size of mappings and of the process. */
export type HopFinding = ResultOf<typeof hopFinding>;

export const claimsResult = noted(
  z
    .strictObject({
      format: noted(z.literal('rss-err/claims@1'), {
        cells: { columns: 'format', of: () => ({ format: 'rss-err/claims-line@1' }) },
      }),
      program,
      seed: noted(count, { as: false }),
      pageSize: noted(pageSize, { as: false }),
      measuredCpus: noted(count, { as: false }),
      claims: noted(z.array(claim), { line: 'claim', rows: true }),
      hop: noted(z.array(hopFinding), { line: 'hop' }),
    })
    .describe('rss-err claims --format json'),
  { line: 'run', lines: 'a line of rss-err claims --format ndjson' },
);

export type ClaimsResult = ResultOf<typeof claimsResult>;
