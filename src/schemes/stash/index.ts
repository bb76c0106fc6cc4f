/** The stash: RFC of 28 July 2022 (Kairui Song; not merged). Cells of the process that a CPU runs. */
import { ATOMIC_LONG } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { largerSide, NO_EXTRA } from '../bound.ts';
import { COMPUTED_BATCH, oneOf, type SpecOf, STASH_READS } from '../parameters.ts';
import { memoryOf, type Scheme } from '../scheme.ts';
import { mostRunning, statedStash, worstCaseStash } from './bound.ts';
import { createStashCounters } from './counters.ts';

const parameters = { read: oneOf(STASH_READS, 'running'), cap: COMPUTED_BATCH };

export const stash: Scheme<SpecOf<'stash', typeof parameters>> = {
  name: 'stash',
  aliases: [],
  parameters,
  isDefault: false,
  colour: '#8B6508',
  kernels: 'proposed',
  createCounters: createStashCounters,

  statedBound: (spec, { onlineCpus }, threads) => statedStash(spec, onlineCpus, threads),
  worstCase: (spec, _, { cpus, threads }) => worstCaseStash(spec, cpus.length, threads),
  worstCasePrefixes: (spec, _, { cpus, threads }) =>
    Float64Array.from(cpus, (__, i) => largerSide(worstCaseStash(spec, i + 1, threads))),
  denseWorstCase:
    (spec, threads) =>
    ({ onlineCpus }) =>
      worstCaseStash(spec, onlineCpus, threads),
  heldBy: {
    of: 'CPUs',
    byThreads: true,
    count: (_, { cpus, threads }) => mostRunning(cpus.length, threads),
    countDense: ({ onlineCpus }, threads) => mostRunning(onlineCpus, threads),
  },
  hasIndependentMembers: true,
  isBoundedSerialisedOnly: false,
  boundsStream: () => true,
  // A cell is its CPU's own, and is added to in one step; what a switch empties is no update.
  inFlightExtra: () => NO_EXTRA,

  holding({ read, cap }, _, cpus, threads) {
    const cells = { kind: 'cells', isShared: false } as const;
    if (read === 'running') return { ...cells, cpus: cpus.subarray(0, 1), batch: 1 };
    const most = mostRunning(cpus.length, threads);
    const batch = cap ?? Number.POSITIVE_INFINITY;
    return { ...cells, cpus: cpus.subarray(0, most), batch, threads: most };
  },
  statesText:
    'The cells of the CPUs that run the process are a state, at most one for each thread; the error is minus their sum.',
  levels: () => null,

  // The cells are the machine's, however many processes there are.
  memory: () =>
    memoryOf(
      'one atomic_long_t a member; the RFC of 28 July 2022 has the cells for all processes',
      {
        mmStruct: NR_MEMBERS * ATOMIC_LONG,
      },
    ),
  allocations: () => [],
  // Any on-line CPU may run it.
  preciseSum: (_, { online }) => ({ reads: 1 + online.length, locks: 0 }),
  hasOwnLine: true,
  sharedTouch: 'atomic',
  loadCost: () => import('./cost.ts'),
};
