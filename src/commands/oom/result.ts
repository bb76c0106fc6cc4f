/** Declares the verdicts of `rss-err oom` on a kernel's reports, once for all forms. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, pages, program } from '../../render/schema-parts.ts';
import { REASONS, type Reason } from './reasons.ts';

/** unjudged: the log does not say enough. */
const VERDICTS = ['certain', 'uncertain', 'contradicted', 'unjudged'] as const;

const points = z.int().describe("oom_badness(): pages and oom_score_adj's share, may be negative");
const signedInterval = z.strictObject({ low: points, high: points });
const interval = z.strictObject({ low: pages, high: pages });
const named = z.strictObject({ pid: count, name: z.string() });

const task = z.strictObject({
  pid: count,
  tgid: count,
  uid: z.int(),
  name: noted(z.string(), { as: 'name' }),
  oomScoreAdj: z.int(),
  totalVm: pages,
  pageTables: pages,
  rss: pages.describe('as shown'),
  members: noted(
    z
      .strictObject({ anon: pages, file: pages, shmem: pages })
      .nullable()
      .describe('as shown; null before 6.8, which print RSS alone'),
    { as: 'rss' },
  ),
  swap: pages.describe('as shown'),
  threads: count.nullable().describe('as given; null: not said'),
  points: points.nullable().describe('by the figures shown; null: never chosen'),
  resident: interval.describe('as low and as high as the truth can be'),
  truePoints: signedInterval.nullable(),
  role: z.enum(['chosen', 'rival', 'other', 'never']).describe('never: oom_score_adj -1000'),
  overlap: count
    .nullable()
    .describe(
      "a rival's highest true points beyond the chosen one's lowest; 0: as many, and age decides",
    ),
});

const hidden = { as: false } as const;

export const report = z.strictObject({
  report: count.describe('from 1, in the order of the log'),
  lines: noted(z.strictObject({ first: noted(count, { as: 'first_line' }), last: count }), {
    as: '',
    only: ['first'],
  }),
  verdict: z.enum(VERDICTS),
  reasons: z.array(z.enum(Object.keys(REASONS) as [Reason, ...Reason[]])),
  chosen: noted(named.nullable().describe('by the kernel'), hidden),
  follows: noted(named.nullable().describe('whom the rules choose by the figures shown'), hidden),
  killed: z.array(named),
  rivals: noted(count.describe('tasks that may truly have been the one'), hidden),
  mostLost: noted(
    pages.describe('at most so many resident pages more would another choice have freed'),
    hidden,
  ),
  uncertainFrom: noted(
    z.strictObject({
      cpus: count.nullable().describe('the smallest machine; null: on none, or the CPUs are known'),
      threads: count.nullable().describe('of each task whose threads are not given; null: as cpus'),
    }),
    { before: 'page_size_bytes' },
  ),
  kernel: noted(
    z.strictObject({
      release: noted(z.string().nullable(), { as: '' }),
      from: z.enum(['option', 'log', 'columns']).describe('columns: inferred from the table'),
    }),
    { only: ['release'] },
  ),
  scheme: z.string(),
  sums: z.enum(['approximate', 'precise']).describe('what the killer chose by and printed'),
  source: noted(z.string().describe('whence scheme and sums are known'), hidden),
  cpus: noted(
    z.strictObject({
      from: count,
      to: count,
      judged: count.describe('the machine that the intervals are of'),
      said: z.enum(['option', 'topology', 'log', 'nobody']),
    }),
    { only: ['from', 'to'] },
  ),
  pageSize: noted(z.strictObject({ bytes: count, known: z.boolean() }), { only: ['bytes'] }),
  totalPages: noted(pages.nullable().describe('what oom_score_adj is a share of'), hidden),
  constraint: noted(z.string().nullable().describe("in the kernel's words"), hidden),
  memcg: noted(z.string().nullable(), hidden),
  invokedBy: noted(z.strictObject({ name: z.string(), pid: count.nullable() }).nullable(), hidden),
  order: noted(z.int().nullable().describe('-1: sysrq-f'), hidden),
  groupKill: noted(z.boolean().describe('memory.oom.group'), hidden),
  brokenRows: noted(count, hidden),
  tasks: noted(z.array(task).describe('in the order of the table'), { rows: true }),
});

export const oomResult = noted(
  z
    .strictObject({
      format: noted(z.literal('rss-err/oom@1'), hidden),
      program: noted(program, hidden),
      log: noted(z.string(), hidden),
      reports: noted(z.array(report), { line: 'report', rows: true }),
    })
    .describe('rss-err oom --format json'),
  { lines: 'a line of rss-err oom --format ndjson: a report, as soon as the log ends it' },
);

export type OomResult = ResultOf<typeof oomResult>;
export type JudgedReport = ResultOf<typeof report>;
export type JudgedRow = ResultOf<typeof task>;
