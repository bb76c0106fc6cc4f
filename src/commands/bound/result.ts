/** The result of `bound`: how wrong each scheme can get, on one machine or over a range of sizes. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import {
  boundPages,
  boundSides,
  bytes,
  count,
  cpulist,
  named,
  nodeCount,
  pageSize,
  pages,
  program,
  seen,
  sides,
  topology,
} from '../../render/schema-parts.ts';

const memberAndRss = {
  ...boundSides.shape,
  rss: boundSides,
};

const either = z.strictObject(memberAndRss);

/** A bound of one counter, and beside it `rss`: that of file + anon + shmem together. */
export type MemberAndRss = ResultOf<typeof either>;

const exactBound = z.strictObject({
  ...memberAndRss,
  reachedBy: z
    .strictObject({
      count: noted(count, { as: '' }),
      of: noted(z.literal(['CPUs', 'nodes', 'threads']), { as: 'what' }),
    })
    .describe('how many must have held pages back'),
});

export type ExactBound = ResultOf<typeof exactBound>;

/** How many CPUs, nodes or threads must have held pages back for the worst case to be reached. */
export type Reach = ExactBound['reachedBy'];

/** What updates in flight make of the exact worst case. */
const inFlightBounds = z.strictObject({
  running: either.nullable().describe('while so many run; null: there is no bound'),
  stalled: either
    .nullable()
    .describe('all but one stalled, every other update done; null: there is no bound'),
  burst: either
    .nullable()
    .describe('during or after one burst, where repeated bursts have no bound; else null'),
});

export type InFlightBounds = ResultOf<typeof inFlightBounds>;

const oomDifferences = z
  .strictObject({ member: boundPages, rss: boundPages, rssAndSwap: boundPages })
  .exactOptional()
  .describe(
    'with --oom: the smallest difference of two such tasks from which no error reverses the choice of the OOM killer',
  );

const read = sides
  .exactOptional()
  .describe(
    'with --reader: what it can be off by, settled; of a process of sizePages, where that is given',
  );

/** Over the CPUs of --used what `exact`, `inFlight`, `seen` and `oom` are over all. */
const usedBound = z.strictObject({
  ...exactBound.shape,
  inFlight: noted(inFlightBounds, { as: '', added: 2 }),
  seen: noted(either.nullable(), { added: 2 }),
  oom: noted(oomDifferences, { added: 2 }),
  read: noted(read, { added: 201 }),
});

const memory = z.strictObject({
  mmStruct: bytes,
  perCpu: bytes,
  items: noted(bytes, { as: 'tree_items_bytes' }),
  threads: noted(bytes, { as: 'task_structs_bytes' }),
  total: bytes,
  layout: noted(z.string(), { as: false }),
});

const beforePageSize = { before: 'page_size_bytes' } as const;

/** One scheme on one machine. */
const scheme = z.strictObject({
  onlineCpus: noted(count.describe('of the machine'), beforePageSize),
  nrCpuIds: noted(count, beforePageSize),
  numaNodes: noted(nodeCount, beforePageSize),
  ...named,
  stated: z.strictObject({
    ...memberAndRss,
    formula: noted(z.string(), { as: false }),
    source: noted(z.string(), { as: false }),
  }),
  exact: exactBound.describe('all on-line CPUs and all threads, settled and serialised'),
  exactUsed: usedBound.nullable().describe('the same over the CPUs of --used'),
  inFlight: noted(inFlightBounds, { as: '' }),
  seen: either.nullable().describe('exact, as a reader of a process of sizePages can see it'),
  memory: noted(memory.describe('for the four counters of one process'), { as: '' }),
  levels: noted(count.nullable().describe('of a tree, its sum left out'), {
    before: 'stated_under_pages',
  }),
  oom: noted(oomDifferences, { added: 1 }),
  read: noted(read, { added: 201 }),
});

export type SchemeBounds = ResultOf<typeof scheme>;

/** The same where it is clear of which machine. */
export type BoundsOfMachine = Omit<SchemeBounds, 'onlineCpus' | 'nrCpuIds' | 'numaNodes'>;

/** Machines of CPUs 0 … N − 1, all possible and on-line, split evenly over the nodes. */
const range = z.strictObject({
  cpus: z.string().describe('as --cpus takes it'),
  values: count.describe('machine sizes computed'),
  numaNodes: count,
  pageSize,
});

const run = z.strictObject({
  from: count,
  to: count,
  values: count.describe('how many were computed'),
  relation: z.literal(['above', 'equal', 'below']),
});

/** For every k from `from` to `to` that was computed the subject is so to the other. */
export type Run = ResultOf<typeof run>;
export type Relation = Run['relation'];

/** `over`: the first k of the on-line CPUs were used, or machines of k CPUs. */
const crossing = z.strictObject({
  subject: z.string(),
  other: z.string(),
  over: z.literal(['used CPUs', 'CPUs']),
  runs: z.array(run),
});

export type Crossing = ResultOf<typeof crossing>;

const MODELS = ['N', 'N log2 N', 'N^2'] as const;

const fit = z.strictObject({
  model: z.literal(MODELS),
  coefficient: z.number().describe('a, pages'),
  residual: z.number().min(0).describe('root of Σ (y − a·f)² / Σ y²'),
});

export type Fit = ResultOf<typeof fit>;
export type GrowthModel = Fit['model'];

/** A fitted order depends on the range, and a tree's on the level counts that lie in it. */
const growth = z.strictObject({
  name: z.string(),
  from: count,
  to: count,
  values: count,
  levels: z.array(count).describe('level counts of a tree in the range'),
  // None where the worst case is the same for all values.
  fits: z.array(fit),
  best: z.literal([...MODELS, 'constant']),
});

export type Growth = ResultOf<typeof growth>;

/** A tree's bounds just below, at and just above each power of two, one member. */
const staircase = z.strictObject({
  name: z.string(),
  onlineCpus: count,
  levels: count,
  stated: boundSides,
  exact: boundSides,
});

export type StaircaseStep = ResultOf<typeof staircase>;

export const boundResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/bound@2'),
      program,
      seen,
      topology: noted(topology.nullable(), { only: ['name', 'sha256', 'pageSize'] }),
      range: noted(range.nullable().describe('null where topology is not'), {
        as: '',
        only: ['pageSize'],
      }),
      threads: z.int().min(1),
      // What the per-thread scheme's exact worst case assumes of faults.
      kinds: noted(z.strictObject({ pagesAddedPerFault: pages, pagesTakenPerFault: pages }), {
        as: false,
      }),
      inFlight: noted(
        z.strictObject({
          updates: noted(count, { as: 'updates_in_flight' }),
          pages: noted(pages, { as: 'pages_an_update' }),
        }),
        { as: '' },
      ),
      sizePages: noted(pages.nullable(), { is: 'of the process of --size' }),
      used: z
        .strictObject({ cpulist, cpus: count })
        .nullable()
        .describe('the CPUs of --used; null: it is not given'),
      schemes: noted(z.array(scheme).min(1).describe('all of one machine, then all of the next'), {
        line: 'scheme',
        rows: true,
      }),
      crossings: noted(z.array(crossing), { line: 'crossing' }),
      growth: noted(z.array(growth), { line: 'growth' }),
      staircase: noted(z.array(staircase), { line: 'staircase' }),
    })
    .describe('rss-err bound --format json'),
  { line: 'run', lines: 'a line of rss-err bound --format ndjson: the run first' },
);

export type BoundResult = ResultOf<typeof boundResult>;
