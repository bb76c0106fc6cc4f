/** Declares the results of `rss-err explain`: of figures that readers show, and of a kernel's complaint. */
import * as z from 'zod';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, pages, program, schemeCells, sides, topology } from '../../render/schema-parts.ts';

const evidence = z.literal(['measured', 'source', 'inferred']);
const change = z.int();
const interval = z.strictObject({ low: pages, high: pages });
const member = z.literal(MEMBERS);

const reading = z.strictObject({
  reader: z.string().describe('as --reader takes it'),
  label: z.string().describe('as a head of a table has it'),
  reads: z.string().describe('the file and its field'),
  sums: z
    .literal(['approximate', 'precise', 'raw', 'mark', 'walk', 'own', 'none'])
    .describe('as rss-err readers has them'),
  isPeak: z.boolean().describe('the highest so far, not what is now'),
  clamped: z.boolean().describe('each member below 0 counts as 0'),
  evidence,
  source: z.string().describe('whence it is known what the reader gets on this kernel'),
  shown: pages.nullable().describe('null: none given'),
  rounded: noted(
    z
      .strictObject({
        ...interval.shape,
        how: z
          .literal(['nearest', 'down', 'either'])
          .describe('of the last digit that is shown; either: not known which'),
      })
      .nullable()
      .describe('what a figure of so few digits may be of; null: shown is exact'),
    { as: 'rounded' },
  ),
  error: sides
    .nullable()
    .describe('bound, exact worst case: below and above the truth; null: not made of the counters'),
  now: noted(interval.nullable().describe('bound: resident now, as low and as high as it can be'), {
    as: 'now',
  }),
  peak: interval.nullable().describe('bound: the most that was resident; null: no mark'),
  equalHide: pages
    .nullable()
    .describe('bound: a change that two equal figures of this reader can hide'),
  better: noted(
    z.array(z.string()).describe('readers that are precise on this kernel, the cheapest first'),
    { as: 'better' },
  ),
  preciseFrom: z.array(z.string()).describe('releases that this reader is precise from; none: no'),
});

export type ExplainedReading = ResultOf<typeof reading>;

const pair = z.strictObject({
  first: z.string().describe('a reader'),
  second: z.string(),
  difference: change.describe('pages, first minus second'),
  lowest: change
    .nullable()
    .describe('pages, bound: the lowest explicable, by rounding too; null: no limit'),
  highest: change
    .nullable()
    .describe('pages, bound: the highest explicable, by rounding too; null: no limit'),
  when: z
    .literal(['at once', 'across reads', 'one after the other'])
    .describe(
      'at once: nothing changed between the reads; across reads: a mark that was read after the other; one after the other: the same reader, second later, lowest and highest are the true change',
    ),
  explicable: z.boolean().describe('by the counters, and marks of earlier, alone'),
  errorOf: z.array(z.string()).describe('whose approximate sums make the difference'),
});

export type ExplainedPair = ResultOf<typeof pair>;

const typical = z.strictObject({
  seed: count,
  operations: count,
  threads: count,
  target: pages.describe('held, of one member'),
  under: pages,
  over: pages,
  mean: noted(z.number().describe('signed'), { unit: 'pages' }),
  p50: pages.describe('of the magnitude'),
  p99: pages.describe('of the magnitude'),
});

export const explainResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/explain@2'),
      program,
      topology,
      kernel: noted(
        z.strictObject({
          release: z.string(),
          from: z.literal(['option', 'running system']),
        }),
        { only: ['release'] },
      ),
      scheme: noted(z.string().describe('that counts on this kernel, as --scheme takes it'), {
        cells: [schemeCells],
      }),
      schemeEvidence: noted(evidence, { as: false }),
      schemeSource: noted(z.string(), { as: false }),
      heldBy: noted(
        z.strictObject({
          of: z.literal(['CPUs', 'nodes', 'threads']),
          count: count.describe('that may hold pages back'),
        }),
        { as: false },
      ),
      batch: pages.nullable().describe('of a per-CPU count; null: has none'),
      threads: count.nullable().describe('null: not given, and no matter'),
      used: z.strictObject({ cpus: count.describe('on which the process was counted') }),
      offlinedCpus: count.describe('CPUs that went off-line meanwhile'),
      members: z
        .array(member)
        .describe('that the figure sums; rss_stat: any one, file has the widest bound'),
      exact: z
        .strictObject({ ...sides.shape, rss: sides.describe('of these members together') })
        .describe('bound, exact worst case of one member'),
      inFlight: pages.nullable().describe('what updates in flight add to it; null: no bound'),
      readings: noted(z.array(reading).min(1), { line: 'reading', rows: true }),
      pairs: noted(z.array(pair), { line: 'pair' }),
      together: noted(
        interval
          .nullable()
          .describe('resident now by all figures; null: one alone, or they differ'),
        { as: 'together' },
      ),
      typical: noted(
        typical
          .nullable()
          .describe(
            'observation: a replay of the preset service; null: no approximate sum, or of swap',
          ),
        { as: 'observed' },
      ),
    })
    .describe('rss-err explain --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err explain --format ndjson: the run, then each reading, then each pair',
  },
);

export type ExplainResult = ResultOf<typeof explainResult>;

const complaint = z.strictObject({
  mm: z.string().describe('as the kernel prints it'),
  member: member.nullable().describe('null: of no name or number that is known'),
  text: z.string().describe("in the kernel's words: MM_ANONPAGES, or idx:1"),
  pages: noted(change.describe('precise sum when the last user was gone'), { unit: 'pages' }),
  comm: z.string().nullable().describe('null: not said'),
  pid: count.nullable(),
});

export type Complaint = ResultOf<typeof complaint>;

export const badCounterResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/bad-counter@1'),
      program,
      isApproximation: z.literal(false),
      counters: noted(z.array(complaint).min(1), { line: 'counter', rows: true }),
    })
    .describe('rss-err explain LINE --format json'),
  {
    lines: 'a line of rss-err explain LINE --format ndjson: each complaint of check_mm()',
  },
);

export type BadCounterResult = ResultOf<typeof badCounterResult>;
