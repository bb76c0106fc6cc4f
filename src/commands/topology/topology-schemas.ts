/** The forms of `rss-err topology list` and `rss-err topology tree`. */
import * as z from 'zod';
import { count, cpulist, measured, pages, sha256 } from '../../render/schema-parts.ts';
import { TOPOLOGIES_FORMAT, type TopologySummary } from './topology-summary.ts';
import { COUNTER_TREE_FORMAT, type CounterTree } from './tree/result.ts';

const range = z.strictObject({ min: count, max: count });

const summary = z.strictObject({
  name: z.string(),
  sha256,
  description: z.string(),
  source: z.string(),
  pageSize: count,
  nrCpuIds: count,
  possibleCpus: count,
  presentCpus: count,
  onlineCpus: count,
  offlineCpus: cpulist,
  cores: count.nullable(),
  threadsPerCore: count.nullable(),
  coresPerPackage: z
    .strictObject({
      average: count.describe('cores over packages, rounded down, as lscpu gives it'),
      min: count,
      max: count,
    })
    .nullable(),
  packages: count.nullable(),
  dies: count.nullable(),
  caches: z.array(z.strictObject({ level: count, instances: count })),
  numaNodes: z.array(z.strictObject({ id: count, cpus: cpulist, onlineCpus: cpulist })),
}) satisfies z.ZodType<TopologySummary, unknown>;

export const topologiesSchema = z
  .strictObject({ format: z.literal(TOPOLOGIES_FORMAT), topologies: z.array(summary) })
  .describe('rss-err topology list --format json');

/** One value for each kind of part; null where the machine does not describe the kind. */
function spanOf<T extends z.ZodType>(value: T) {
  return {
    cores: value.nullable(),
    lastLevelCaches: value.nullable(),
    packages: value.nullable(),
    numaNodes: value.nullable(),
  };
}

const batch = pages
  .nullable()
  .describe('step of the carry that leaves, pages; null where none does');

const item = z.strictObject({
  item: count,
  cpus: cpulist.describe('on-line CPUs whose carries climb through it'),
  onlineCpus: count,
  possibleCpus: count,
  ...spanOf(count),
});

const level = z.strictObject({
  level: z.int().min(1).describe('1 is next to the CPUs; the last is the approximate sum alone'),
  items: count,
  itemsInUse: count.describe('those with on-line CPUs'),
  arity: count.describe('how many of the level below share an item'),
  batchPages: batch,
  onlineCpus: range.describe('under an item in use'),
  span: z.strictObject(spanOf(range)).describe('parts that the on-line CPUs under an item are in'),
  within: z.strictObject(spanOf(count)).describe('items in use whose CPUs are in one part alone'),
  shared: z.array(item),
});

export const counterTreeSchema = z
  .strictObject({
    format: z.literal(COUNTER_TREE_FORMAT),
    ...measured,
    scheme: z.literal('tree'),
    name: z.string(),
    parameters: z.strictObject({
      batch: pages,
      version: z.literal([2, 4, 17]),
      arities: z.array(count).nullable(),
      mapping: z.literal(['kernel', 'logical']),
    }),
    order: count.describe('log2 of the CPUs that there is room for'),
    perCpu: z.strictObject({ counters: count, batchPages: batch }),
    levels: z.array(level),
    otherMapping: z.strictObject({
      mapping: z.literal(['kernel', 'logical']),
      levels: z.array(
        z.strictObject({
          level: z.int().min(1),
          itemsInUse: count,
          within: z.strictObject(spanOf(count)),
        }),
      ),
    }),
  })
  .describe('rss-err topology tree --format json') satisfies z.ZodType<CounterTree, unknown>;
