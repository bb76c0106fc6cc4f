/** The result of `topology tree`: the levels and items of a counter tree, and the CPUs that share them. */
import * as z from 'zod';
import { TREE_MAPPINGS, TREE_VERSIONS } from '../../../kernel/tree-shape.ts';
import type { ResultOf } from '../../../render/result.ts';
import { count, cpulist, pages, program, topology } from '../../../render/schema-parts.ts';
import type { SpecOfScheme } from '../../../schemes/registry.ts';

export type TreeSpec = SpecOfScheme<'tree'>;

const range = z.strictObject({ min: count, max: count });

export type Range = ResultOf<typeof range>;

/** One value for each kind of part; null where the machine does not describe the kind. */
function spanOf<T extends z.ZodType>(value: T) {
  return {
    cores: value.nullable(),
    lastLevelCaches: value.nullable(),
    packages: value.nullable(),
    numaNodes: value.nullable(),
  };
}

/** Over the on-line CPUs under an item: how many of each kind of part they are in. */
export type Span<T> = Readonly<Record<keyof ReturnType<typeof spanOf>, T | null>>;

const batch = pages
  .nullable()
  .describe('step of the carry that leaves, pages; null where none does');

const item = z.strictObject({
  item: count,
  cpus: cpulist.describe('on-line CPUs whose carries climb through it'),
  onlineCpus: count,
  // Those that may come on-line too.
  possibleCpus: count,
  ...spanOf(count),
});

export type CounterItem = ResultOf<typeof item>;

/** Ranges and spans are over the items in use: those with on-line CPUs. */
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

export type CounterLevel = ResultOf<typeof level>;

const mapping = z.literal(TREE_MAPPINGS);

export const counterTreeResult = z
  .strictObject({
    format: z.literal('rss-err/counter-tree@1'),
    program,
    topology,
    scheme: z.literal('tree'),
    name: z.string(),
    parameters: z.strictObject({
      batch: pages,
      version: z.literal(TREE_VERSIONS),
      arities: z.array(count).nullable(),
      mapping,
    }),
    order: count.describe('log2 of the CPUs that there is room for'),
    // One counter for each possible CPU.
    perCpu: z.strictObject({ counters: count, batchPages: batch }),
    // From the CPUs up; none for a machine of one CPU, whose counter is the sum.
    levels: z.array(level),
    // The same items under the other mapping: how many stay within one part.
    otherMapping: z.strictObject({
      mapping,
      levels: z.array(
        z.strictObject({
          level: z.int().min(1),
          itemsInUse: count,
          within: z.strictObject(spanOf(count)),
        }),
      ),
    }),
  })
  .describe('rss-err topology tree --format json');

export type CounterTree = ResultOf<typeof counterTreeResult>;
