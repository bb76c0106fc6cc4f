/** The atomic scheme: one shared counter, the reference row. */
import { ATOMIC_LONG } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { NO_EXTRA } from '../bound.ts';
import type { SpecOf } from '../parameters.ts';
import { HELD_BY_CPUS, memoryOf, type Scheme } from '../scheme.ts';
import { NEVER_OFF, STATED_ATOMIC } from './bound.ts';
import { createAtomicCounters } from './counters.ts';

const parameters = {};

export const atomic: Scheme<SpecOf<'atomic', typeof parameters>> = {
  name: 'atomic',
  aliases: ['exact'],
  parameters,
  isDefault: false,
  colour: '#000000',
  kernels: 'none',
  createCounters: createAtomicCounters,

  statedBound: () => STATED_ATOMIC,
  worstCase: () => NEVER_OFF,
  worstCasePrefixes: (_, __, { cpus }) => new Float64Array(cpus.length),
  denseWorstCase: () => () => NEVER_OFF,
  heldBy: HELD_BY_CPUS,
  hasIndependentMembers: true,
  isBoundedSerialisedOnly: false,
  boundsStream: () => true,
  inFlightExtra: () => NO_EXTRA,

  holding: (_, __, cpus) => ({
    kind: 'cells',
    cpus: cpus.subarray(0, 1),
    batch: 1,
    isShared: false,
  }),
  statesText: 'One shared count: it is never off.',
  levels: () => null,

  memory: () =>
    memoryOf('one atomic_long_t a member (no kernel)', { mmStruct: NR_MEMBERS * ATOMIC_LONG }),
  allocations: () => [],
  preciseSum: () => ({ reads: 1, locks: 0 }),
  hasOwnLine: false,
  sharedTouch: 'atomic',
  loadCost: () => import('./cost.ts'),
};
