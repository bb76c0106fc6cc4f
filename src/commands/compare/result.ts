/**
 * The results of `compare`: what one run has found, and what several say together. A replay's schemes,
 * and what it found of the stream, are declared here too.
 */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import {
  bytes,
  count,
  cpulist,
  named,
  nodeCount,
  pages,
  pattern,
  perMillion,
  policy,
  program,
  sides,
  topology,
} from '../../render/schema-parts.ts';
import { DISTANCES } from '../../schemes/cost.ts';
import { latencySchema } from '../../schemes/latency.ts';
import { PRESET_NAMES } from '../../workload/workload.ts';

const mean = z.number().min(0);
const nanoseconds = noted(z.number().min(0).describe('ns, of a model'), { unit: 'ns' });

const travel = z
  .strictObject({
    unknown: count,
    sameCpu: count,
    sameCore: count.nullable(),
    sameCache: count.nullable(),
    sameNode: count,
    remoteNode: count,
  })
  .describe('touches by where their line was touched last; null: the machine file does not tell');

export type TransferCounts = ResultOf<typeof travel>;

const lineTransfers = {
  moved: noted(count.describe('touches whose line another CPU had touched last'), { as: false }),
  travel: noted(travel, { as: '' }),
};

export type LineTransfers = ResultOf<z.ZodObject<typeof lineTransfers>>;

const sharedLine = z.strictObject({
  // "shared", "slots", "level 1" …, "sum".
  name: z.string(),
  atomics: count,
  locks: count,
  ...lineTransfers,
});

type SharedLine = ResultOf<typeof sharedLine>;

const totals = { plain: count, atomics: count, locks: count, moved: count };

export type TouchTotals = ResultOf<z.ZodObject<typeof totals>>;

const means = { plain: mean, atomics: mean, locks: mean, moved: mean };

const setup = z.strictObject({
  bytes: noted(
    z.strictObject({
      mmStruct: bytes,
      perCpu: bytes,
      items: bytes,
      threads: bytes,
      total: noted(bytes, { as: 'process_bytes' }),
    }),
    { as: '', only: ['total'] },
  ),
  cacheLines: noted(count.describe('written to initialise them, at least'), {
    as: 'process_cache_lines',
  }),
  allocations: noted(
    z.strictObject({
      perCpu: noted(count, { as: 'process_per_cpu_allocations' }),
      slab: noted(count, { as: 'process_slab_allocations' }),
    }),
    { as: '' },
  ),
  // Of one member.
  preciseSum: z.strictObject({ reads: count, locks: count }).nullable(),
});

export type ProcessCost = ResultOf<typeof setup>;

const modelled = z.strictObject({
  updates: noted(nanoseconds, { as: 'modelled_ns' }),
  perOperation: noted(nanoseconds.nullable(), { as: false }),
  perProcess: noted(nanoseconds, { as: 'modelled_ns_per_process' }),
});

export type ModelledTime = ResultOf<typeof modelled>;

/** sameCpu → same_cpu */
const snake = (distance: string) =>
  distance.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`);

/** All shared lines together. */
function sharedColumns(lines: readonly SharedLine[]): Record<string, number | ''> {
  return Object.fromEntries(
    DISTANCES.map((distance) => {
      const counts = lines.map((line) => line.travel[distance]);
      const isKnown = counts.length > 0 && counts.every((touches) => touches !== null);
      const sum = counts.reduce<number>((total, touches) => total + (touches ?? 0), 0);
      return [`cost_shared_${snake(distance)}`, isKnown ? sum : ''];
    }),
  );
}

interface CostOfSchemes {
  readonly schemes: readonly { readonly cost?: { readonly shared: readonly SharedLine[] } }[];
}

/** A column for each sort of shared line of any scheme: every row has the same ones. */
function touchColumns(
  { shared }: { readonly shared: readonly SharedLine[] },
  { schemes }: CostOfSchemes,
): Record<string, number | ''> {
  const names = new Set(schemes.flatMap(({ cost }) => cost?.shared ?? []).map(({ name }) => name));
  return Object.fromEntries(
    [...names].map((name) => {
      const line = shared.find((each) => each.name === name);
      const touches = line === undefined ? '' : line.atomics + line.locks;
      return [`cost_touches_${name.replaceAll(' ', '_')}`, touches];
    }),
  );
}

const schemeCost = noted(
  z.strictObject({
    own: noted(
      z
        .strictObject({
          plain: noted(count.describe('plain touches'), { as: false }),
          ...lineTransfers,
        })
        .nullable()
        .describe('lines that one CPU or one thread writes; null: the scheme has none'),
      { as: 'cost_own', added: 6 },
    ),
    shared: noted(z.array(sharedLine).describe('from the CPU upwards'), {
      added: 7,
      cells: {
        columns: 'cost_shared_unknown` to `cost_shared_remote_node',
        is: 'the same of all shared lines together',
        of: sharedColumns,
      },
      is: '',
    }),
    total: noted(z.strictObject(totals), { as: 'cost', added: 5 }),
    perOperation: noted(
      z.strictObject(means).nullable().describe('null where there was no operation'),
      { as: false },
    ),
    process: noted(setup, { as: '', added: 9 }),
    modelledNanoseconds: noted(
      modelled.nullable().describe('counts times the latencies given; null without any'),
      { as: '', added: 10 },
    ),
  }),
  {
    as: '',
    added: 11,
    cells: {
      columns: 'cost_touches_NAME',
      is: 'a column for each sort of shared line that any scheme of the run has',
      of: touchColumns,
    },
  },
);

export type SchemeCost = ResultOf<typeof schemeCost>;

/** What concerns all schemes of a run. */
const runCost = noted(
  z.strictObject({
    adds: noted(count.describe("calls of a counter's add"), { as: 'cost_adds', added: 4 }),
    processes: noted(count.describe('that the adds are of'), { as: 'cost_processes', added: 8 }),
    threads: noted(count.describe('of the process whose making is counted; of several, the most'), {
      as: 'process_threads',
      added: 8,
    }),
    described: noted(
      z.strictObject({
        cores: z.boolean(),
        cacheLevel: z.int().min(1).nullable().describe('of the last-level caches; null: none'),
      }),
      { as: false },
    ),
    latency: noted(latencySchema.omit({ $schema: true }).nullable(), { as: false }),
  }),
  { as: '' },
);

export type RunCost = ResultOf<typeof runCost>;

/** A machine as results name it; the page size is the run's. */
export type ComparedTopology = ResultOf<typeof topology>;

/** An exact worst case and the number of CPUs that it is for. */
export const worstCaseOver = z.strictObject({ ...sides.shape, cpus: count });

export type WorstCaseOver = ResultOf<typeof worstCaseOver>;

const firstReached = (side: string) =>
  noted(z.int().min(1).nullable().describe(`first reached in; null where ${side} is 0`), {
    unit: 'operation',
  });

const observed = z.strictObject({
  under: pages.describe('largest magnitude below the truth, over every add'),
  over: pages.describe('largest magnitude above the truth, over every add'),
  mean: noted(z.number().describe('signed, pages, over operations'), { unit: 'pages' }),
  p50: pages.describe('of the magnitude, over operations, nearest rank'),
  p99: pages.describe('of the magnitude, over operations, nearest rank'),
  underAtOperation: firstReached('under'),
  overAtOperation: firstReached('over'),
});

const exact = noted(
  worstCaseOver
    .nullable()
    .describe('one counter, all on-line CPUs and all threads; null: no closed form for the stream'),
  { only: ['under', 'over'] },
);

/**
 * No closed form speaks of a stream with CPUs that come and go, cached pages without a fault, or more
 * pages than a 32-bit counter holds.
 */
export const scheme = z.strictObject({
  ...named,
  stated: noted(
    z.strictObject({
      ...sides.shape,
      formula: noted(z.string(), { as: false }),
      source: noted(z.string(), { as: false }),
    }),
    { is: 'stated bound of one counter' },
  ),
  exact,
  exactUsed: noted(
    worstCaseOver
      .nullable()
      .describe('one counter, the CPUs and threads that the replay used; null as exact'),
    { only: ['under', 'over'] },
  ),
  observed: noted(
    z.strictObject({
      clamped: observed.describe('each member read as max(0, value): what a reader sees'),
      raw: observed.describe('the counters as they are'),
    }),
    { as: '' },
  ),
  readPages: noted(
    pages.exactOptional().describe('RSS at the end as a reader sees it; of one process'),
    { as: false },
  ),
  burnInOperations: noted(
    count
      .nullable()
      .exactOptional()
      .describe('of compare: until the mean clamped error was stationary; null: not seen'),
    { unit: 'operations', added: 2 },
  ),
  cost: schemeCost.exactOptional().describe('with --cost'),
});

export type ComparedScheme = ResultOf<typeof scheme>;

/** Which of a member's readings an error is of. */
export type Reading = keyof ComparedScheme['observed'];

/** What a replay of any stream of updates has found. */
export const found = {
  operations: count.describe('sample size of means and percentiles'),
  updates: noted(count, {
    is: 'replayed; a run of faults is one, an unmap one for each page table',
  }),
  rssPages: noted(z.int().describe('RSS at the end, pages'), { as: false }),
  largestRssPages: noted(
    pages.exactOptional().describe('RSS at its largest, after any update, of one process'),
    { as: false },
  ),
  used: noted(z.strictObject({ cpus: count, numaNodes: nodeCount, threads: count }), {
    only: ['cpus', 'threads'],
    is: 'that made an update',
  }),
  cost: runCost.exactOptional().describe('with --cost'),
};

const mapping = z.strictObject({ min: pages, max: pages });

/** The preset that the numbers started from, and every number but the seed. */
export const workload = noted(
  z.strictObject({
    preset: noted(z.literal(PRESET_NAMES), { is: 'the preset that the numbers started from' }),
    threads: noted(z.int().min(1), { unit: 'count', is: 'of the process' }),
    policy,
    pattern,
    mappingPages: noted(mapping, { as: 'mapping', is: 'of a mapping' }),
    hugePerMillion: noted(perMillion, { is: 'of a million mappings, how many are a huge page' }),
    cpulist: noted(cpulist, { is: 'CPUs that threads may run on', before: 'pattern' }),
  }),
  { as: '' },
);

export const comparison = noted(
  z
    .strictObject({
      format: z.literal('rss-err/compare@2'),
      program,
      topology,
      workload,
      seed: count,
      ...found,
      schemes: noted(z.array(scheme).min(1), { line: 'scheme', rows: true }),
    })
    .describe('rss-err compare --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err compare --format ndjson: the run first, then each scheme',
  },
);

export type Comparison = ResultOf<typeof comparison>;

export type MeasuredRun = Omit<Comparison, 'format' | 'workload' | 'seed'>;

/** Of independent runs of one workload. */
const spread = z.strictObject({
  mean: noted(z.number().describe('over the runs, pages'), { unit: 'pages' }),
  halfWidth95: noted(
    z.number().min(0).describe('of the 95 % confidence interval of the mean, pages'),
    { as: 'half_width_95_pages', unit: 'pages' },
  ),
  min: noted(z.number().describe('pages'), { unit: 'pages' }),
  max: noted(z.number().describe('pages'), { unit: 'pages' }),
});

export type Spread = ResultOf<typeof spread>;

const spreads = noted(
  z.strictObject({ under: spread, over: spread, mean: spread, p50: spread, p99: spread }),
  { keys: 'figure', is: 'under, over, mean, p50, p99' },
);

const repeatedScheme = z.strictObject({
  ...named,
  stated: scheme.shape.stated,
  exact,
  observed: noted(z.strictObject({ clamped: spreads, raw: spreads }), {
    keys: 'reading',
    is: 'clamped, raw',
  }),
  stationaryRuns: count.describe('runs whose mean error came to rest in their first half'),
  burnInOperations: noted(
    count.nullable().describe('the most that one of those took; null: none did'),
    { unit: 'operations' },
  ),
});

export type RepeatedScheme = ResultOf<typeof repeatedScheme>;
export type Figure = keyof RepeatedScheme['observed']['raw'];

/** Its columns but the first came later. */
const workloadOfRuns = noted(
  workload.extend({ preset: noted(workload.shape.preset, { added: 0 }) }),
  { as: '', added: 1 },
);

/** One run as far as it differs from the others. */
const runOfMany = z.strictObject({
  seed: count,
  updates: found.updates,
  rssPages: found.rssPages,
  used: found.used,
  schemes: z
    .array(
      z.strictObject({
        name: named.name,
        observed: scheme.shape.observed,
        burnInOperations: count.nullable(),
      }),
    )
    .min(1),
});

export const repeatedResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/compare-runs@2'),
      program,
      topology: noted(topology, { only: ['name', 'sha256', 'onlineCpus', 'pageSize'] }),
      workload: workloadOfRuns,
      seed: count,
      operations: noted(found.operations, { is: 'of each run' }),
      runs: noted(z.array(runOfMany).min(2), {
        ...{ line: 'run', counted: 'runs', before: 'operations' },
        is: 'how many',
      }),
      schemes: noted(z.array(repeatedScheme).min(1), { line: 'scheme', rows: true }),
    })
    .describe('rss-err compare --runs --format json'),
  {
    line: 'runs',
    lines: 'a line of rss-err compare --runs --format ndjson: the whole, each scheme, each run',
    anyLine: true,
  },
);

export type Repeated = ResultOf<typeof repeatedResult>;
