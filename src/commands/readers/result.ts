/** The result of `readers`: who shows which figure, on which kernel. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { program } from '../../render/schema-parts.ts';

const evidence = z.literal(['measured', 'source', 'inferred']);

const reader = z.strictObject({
  kernel: z.string().describe('a release; what holds of it holds until the next one shown'),
  scheme: z.literal(['atomic', 'per-thread', 'per-cpu']).describe('that counts on this kernel'),
  schemeSource: noted(z.string(), { as: 'scheme_source' }),
  reader: z.string(),
  reads: z.string().describe('the file and its field'),
  members: noted(z.array(z.literal(['file', 'anon', 'swap', 'shmem'])), { as: 'members' }).describe(
    'whose counters it adds up; none: made of no counter',
  ),
  isPeak: noted(z.boolean(), { as: 'is_peak' }).describe('the highest so far, not what is now'),
  sums: z
    .literal(['approximate', 'precise', 'raw', 'mark', 'walk', 'own', 'none'])
    .describe(
      "approximate, precise: sum of the counters; raw: one counter's shared value; mark: the highest approximate sum, or the precise one now; walk: of the page tables; own: a counter of its own; none: not there on this kernel",
    ),
  clamped: z.boolean().describe('each member below 0 counts as 0'),
  evidence,
  source: z.string(),
});

const tool = z.strictObject({
  word: z.string().describe('as --reader takes it'),
  tool: z.string(),
  versions: z.string(),
  figure: z.string().describe("the tool's own name of it"),
  reader: z.string(),
  how: z.literal(['measured', 'read']),
  source: z.string().describe("the planted figures, or the place in the tool's source"),
});

export const readersResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/readers@1'),
      program,
      readers: noted(z.array(reader).min(1), { line: 'reader', rows: true }),
      tools: noted(z.array(tool), { line: 'tool' }),
    })
    .describe('rss-err readers --format json'),
  { line: 'run', lines: 'a line of rss-err readers --format ndjson: each reader, then each tool' },
);

export type ReadersResult = ResultOf<typeof readersResult>;
