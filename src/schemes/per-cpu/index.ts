/** The per-CPU scheme: kernels since 6.2. */
import { quote } from '../../errors.ts';
import { percpuCounterBatch } from '../../kernel/batches.ts';
import { PERCPU_COUNTER, PERCPU_COUNTER_LOCAL } from '../../kernel/counter-layout.ts';
import { isSince, parseRelease } from '../../kernel/releases.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';
import { type MachineSize, machineSize, NO_EXTRA } from '../bound.ts';
import {
  type BatchParameters,
  COMPUTED_BATCH,
  type Parameter,
  type SpecOf,
} from '../parameters.ts';
import { HELD_BY_CPUS, memoryOf, type Scheme } from '../scheme.ts';
import { statedPerCpu, worstCasePerCpu } from './bound.ts';
import { createPerCpuCounters } from './counters.ts';

/**
 * A release since 6.2, as `6.12` or longer. What is counted, the batch and what a CPU's going does are the
 * same in all of them: docs/schemes/per-cpu.md has what is not.
 */
const kernel: Parameter<string | undefined> = {
  allowed: 'a release from 6.2 on, such as 6.12',
  default: undefined,
  parse(text, fault) {
    const release = parseRelease(text);
    if (release === null) throw fault(`${quote(text)} is not ${kernel.allowed}`);
    if (!isSince(release, 6, 2)) throw fault('kernels before 6.2 count per thread');
    return text;
  },
  format: (text) => `${text}`,
};

const parameters = { batch: COMPUTED_BATCH, kernel };

/** Since 6.6 one call allocates all four (percpu_counter_init_many(), commit 14ef95be6f55). */
function isGrouped({ kernel: text }: { readonly kernel?: string | undefined }): boolean {
  const release = text === undefined ? null : parseRelease(text);
  return release === null || isSince(release, 6, 6);
}

/** The parameter, or what the kernel computes. */
function batchOn({ onlineCpus }: MachineSize, { batch }: BatchParameters): Pages {
  return batch ?? percpuCounterBatch(onlineCpus);
}

export const perCpu: Scheme<SpecOf<'per-cpu', typeof parameters>> = {
  name: 'per-cpu',
  aliases: [],
  parameters,
  isDefault: true,
  colour: '#0072B2',
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
  // A batch that shrinks leaves what other CPUs hold where it is: up to the largest batch so far, less one.
  boundsStream: (_, { withinOnline }) => withinOnline,
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
  // One for each member from 6.2 on (commit f1a7941243c1).
  allocations: (spec, _, grouped) => [
    { what: 'counters', from: 'perCpu', eachMember: !(grouped && isGrouped(spec)) },
  ],
  // __percpu_counter_sum() walks the on-line CPUs under the lock.
  preciseSum: (_, { online }) => ({ reads: 1 + online.length, locks: 1 }),
  hasOwnLine: true,
  sharedTouch: 'locked',
  loadCost: () => import('./cost.ts'),
};
