/** The per-CPU scheme: kernels since 6.2. */
import { percpuCounterBatch } from '../../kernel/batches.ts';
import { PERCPU_COUNTER, PERCPU_COUNTER_LOCAL } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';
import { type MachineSize, machineSize, NO_EXTRA } from '../bound.ts';
import { type BatchParameters, COMPUTED_BATCH, type SpecOf } from '../parameters.ts';
import { HELD_BY_CPUS, memoryOf, type Scheme } from '../scheme.ts';
import { statedPerCpu, worstCasePerCpu } from './bound.ts';
import { createPerCpuCounters } from './counters.ts';

const parameters = { batch: COMPUTED_BATCH };

/** The parameter, or what the kernel computes. */
function batchOn({ onlineCpus }: MachineSize, { batch }: BatchParameters): Pages {
  return batch ?? percpuCounterBatch(onlineCpus);
}

export const perCpu: Scheme<SpecOf<'per-cpu', typeof parameters>> = {
  name: 'per-cpu',
  aliases: [],
  parameters,
  isDefault: true,
  kernels: '6.2 and later',
  createCounters: (topology, spec) => createPerCpuCounters(topology, spec),

  statedBound: (spec, size) => statedPerCpu(size.onlineCpus, batchOn(size, spec)),
  worstCase: (spec, topology, { cpus }) =>
    worstCasePerCpu(cpus.length, batchOn(machineSize(topology), spec)),
  worstCasePrefixes(spec, topology, { cpus }) {
    const batch = batchOn(machineSize(topology), spec);
    return Float64Array.from(cpus, (_, i) => worstCasePerCpu(i + 1, batch).under);
  },
  denseWorstCase: (spec) => (size) => worstCasePerCpu(size.onlineCpus, batchOn(size, spec)),
  heldBy: HELD_BY_CPUS,
  hasIndependentMembers: true,
  isBoundedSerialisedOnly: false,
  boundsStream: (_, { steadyCpus }) => steadyCpus,
  // A CPU alone changes its count, and an add reaches it and the shared value in one step.
  inFlightExtra: () => NO_EXTRA,

  holding: (spec, topology, cpus) => ({
    kind: 'cells',
    cpus,
    batch: batchOn(machineSize(topology), spec),
    isShared: false,
  }),
  statesText: "Each CPU's count is a state; the error is minus their sum.",
  levels: () => null,

  memory: (_, { possibleCpus }) =>
    memoryOf('Linux 6.2 and later, include/linux/percpu_counter.h', {
      mmStruct: NR_MEMBERS * PERCPU_COUNTER,
      perCpu: NR_MEMBERS * PERCPU_COUNTER_LOCAL * possibleCpus,
    }),
  // One for each member from 6.2 on (commit f1a7941243c1), one for all of them since 6.6
  // (percpu_counter_init_many(), commit 14ef95be6f55).
  allocations: (_, __, grouped) => [{ what: 'counters', from: 'perCpu', eachMember: !grouped }],
  // __percpu_counter_sum() walks the on-line CPUs under the lock.
  preciseSum: (_, { online }) => ({ reads: 1 + online.length, locks: 1 }),
  hasOwnLine: true,
  sharedTouch: 'locked',
  loadCost: () => import('./cost.ts'),
};
