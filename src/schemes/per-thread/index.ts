/** The per-thread scheme: kernels before 6.2, with SPLIT_RSS_COUNTING. */
import { MM_RSS_STAT, TASK_RSS_STAT } from '../../kernel/counter-layout.ts';
import { largerSide, NO_EXTRA } from '../bound.ts';
import type { SpecOf } from '../parameters.ts';
import { memoryOf, type Scheme } from '../scheme.ts';
import { statedPerThread, worstCasePerThread } from './bound.ts';
import { createPerThreadCounters } from './counters.ts';

const parameters = {};

export const perThread: Scheme<SpecOf<'per-thread', typeof parameters>> = {
  name: 'per-thread',
  aliases: [],
  parameters,
  isDefault: true,
  colour: '#E69F00',
  kernels: 'before 6.2',
  createCounters: () => createPerThreadCounters(),

  statedBound: (_, __, threads) => statedPerThread(threads),
  worstCase: (_, __, { threads }, kinds) => worstCasePerThread(threads, kinds),
  worstCasePrefixes: (_, __, { cpus, threads }, kinds) =>
    new Float64Array(cpus.length).fill(largerSide(worstCasePerThread(threads, kinds))),
  denseWorstCase: (_, threads, kinds) => () => worstCasePerThread(threads, kinds),
  heldBy: {
    of: 'threads',
    count: (_, { threads }) => threads,
    countDense: (_, threads) => threads,
  },
  // One event counter serves all members.
  hasIndependentMembers: false,
  isBoundedSerialisedOnly: false,
  boundsStream: (_, { boundsThreads }) => boundsThreads,
  // A thread alone changes its counts, and a sync is one step.
  inFlightExtra: () => NO_EXTRA,

  holding: () => ({ kind: 'threads' }),
  statesText:
    "A thread's event counter and cached count are its state; the error is minus the sum of the caches.",
  levels: () => null,

  memory: (_, __, threads) =>
    memoryOf('Linux 6.1, include/linux/mm_types_task.h', {
      mmStruct: MM_RSS_STAT,
      threads: threads * TASK_RSS_STAT,
    }),
  // In the mm_struct and the task_structs.
  allocations: () => [],
  preciseSum: () => null,
  hasOwnLine: true,
  sharedTouch: 'atomic',
  loadCost: () => import('./cost.ts'),
};
