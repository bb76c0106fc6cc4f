/** The result of `design`: the counters that no other is better than, on one machine or on several sizes. */
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
  topology,
} from '../../render/schema-parts.ts';
import { MOST_OBJECTIVES, OBJECTIVES } from './objectives.ts';

const rate = z.number().min(0);

const observed = z
  .strictObject({
    under: noted(pages.describe('largest error below the truth, as a reader sees it'), {
      as: 'observed_under_pages',
    }),
    over: noted(pages.describe('largest error above it'), { as: 'observed_over_pages' }),
    atomics: rate.describe('of shared lines, an operation'),
    locks: rate.describe('an operation'),
    moved: rate.describe('touches, an operation, of lines that another CPU had touched last'),
    nanoseconds: rate.nullable().describe('an operation, a model; null without --latency'),
  })
  .describe('of short replays: the largest error of all workloads, and means of their rates');

export type Observed = ResultOf<typeof observed>;

const design = z.strictObject({
  onlineCpus: noted(count.describe('of the machine'), { as: 'machine_online_cpus' }),
  nrCpuIds: noted(count, { as: 'machine_nr_cpu_ids' }),
  numaNodes: noted(nodeCount, { as: 'machine_numa_nodes' }),
  ...named,
  isNamed: z.boolean().describe('a scheme as it is merged or proposed'),
  isOnFront: z.boolean().describe('no design is better in one objective and worse in none'),
  isWithinLimits: z.boolean().describe('of --max-error, --max-memory and --max-touches'),
  same: noted(z.array(z.string()), { as: 'same' }).describe('designs with the same figures'),
  dominatedBy: noted(z.array(z.string()), { as: 'dominated_by' }).describe(
    'designs on the front that are better in one objective and worse in none',
  ),
  exact: z
    .strictObject({ ...boundSides.shape, rss: boundSides })
    .describe('all on-line CPUs and all threads, settled; of one member, and of RSS'),
  exactUsed: boundSides.nullable().describe('of one member over the CPUs of --used'),
  inFlight: noted(boundPages.describe('larger side with updates in flight'), {
    as: 'in_flight_pages',
  }),
  centred: noted(
    boundSides.describe(
      'a model: of one member, were each reading moved by a constant to the middle of what is possible',
    ),
    { as: 'centred' },
  ),
  touches: rate.describe('of shared lines, a page of a process that grows'),
  busiest: rate.describe('those of the line that has the most, while all CPUs grow alike'),
  memory: noted(bytes.describe('of the four counters of one process'), { as: 'memory_bytes' }),
  reads: noted(count.describe('values that one reading adds up'), { as: 'reads' }),
  preciseSum: z
    .strictObject({
      reads: noted(count, { as: 'precise_sum_reads' }),
      locks: noted(count, { as: 'precise_sum_locks' }),
    })
    .nullable()
    .describe('of one member; null: there is none'),
  observed: observed.nullable().describe('null with --operations 0'),
});

export type Design = ResultOf<typeof design>;

const search = z.strictObject({
  onlineCpus: count.describe('of the machine'),
  designs: count.describe('of the space'),
  cut: count.describe('ruled out by what all trees with the same first arities have at least'),
  onFront: count.describe('points of the front'),
});

export type Search = ResultOf<typeof search>;

export const designResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/design@1'),
      program,
      topology: noted(topology.nullable().describe('null with --cpus'), {
        only: ['name', 'sha256'],
      }),
      pageSize: noted(pageSize, { as: 'page_size_bytes' }),
      objectives: noted(z.array(z.literal(OBJECTIVES)).min(1).max(MOST_OBJECTIVES), {
        as: 'objectives',
      }),
      limits: noted(
        z.strictObject({
          errorPages: pages.nullable().describe('of RSS, larger side'),
          memoryBytes: bytes.nullable(),
          touches: rate.nullable().describe('a page of a process that grows'),
        }),
        { as: false },
      ),
      space: noted(
        z.strictObject({
          families: z.array(z.string()),
          batches: z.array(pages),
          middles: z.array(count).describe("a middle value's batch, in batches of a cell"),
          mostLevels: count,
        }),
        { as: false },
      ),
      threads: noted(count.nullable().describe('null: one for each on-line CPU'), { as: false }),
      inFlight: noted(z.strictObject({ updates: count, pages }), { as: false }),
      switchEvery: noted(pages, { as: false }).describe(
        'that a thread maps between two switches of its CPU to another process',
      ),
      used: noted(z.strictObject({ cpulist, cpus: count }).nullable(), { as: false }),
      workloads: noted(z.array(z.string()), { as: 'workloads' }).describe(
        'presets that are replayed',
      ),
      operations: noted(count.describe('of each replay'), { as: 'operations' }),
      seed: noted(z.int().min(0), { as: 'seed' }),
      searches: noted(z.array(search), { line: 'search' }),
      designs: noted(z.array(design).min(1).describe('all of one machine, then all of the next'), {
        line: 'design',
        rows: true,
      }),
    })
    .describe('rss-err design --format json'),
  { line: 'run', lines: 'a line of rss-err design --format ndjson: the run first' },
);

export type DesignResult = ResultOf<typeof designResult>;
