/** What updates cost, as results of `compare`, `replay` and `processes` tell it: of the run, and of each scheme. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { bytes, count } from '../../render/schema-parts.ts';
import { DISTANCES } from '../../schemes/cost.ts';
import { latencySchema } from '../../schemes/latency.ts';

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

export const schemeCost = noted(
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
export const runCost = noted(
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
