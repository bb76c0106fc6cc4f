/** The per-NUMA scheme: atomics for each node, proposed on 31 March 2025 (RFC v2; not merged). */
import { NUMA_SLOTS, numaSlot, perNumaBatch } from '../../kernel/batches.ts';
import { MM_PERNUMA_COUNTER } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { nodeOfCpu, type Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { type MachineSize, machineSize } from '../bound.ts';
import { type BatchParameters, COMPUTED_BATCH, type SpecOf } from '../parameters.ts';
import { memoryOf, type Scheme } from '../scheme.ts';
import { denseSlots, slotsInFlight, statedPerNuma, worstCasePerNuma } from './bound.ts';
import { createPerNumaCounters } from './counters.ts';

const parameters = { batch: COMPUTED_BATCH };

/** The parameter, or what the RFC computes. */
function batchOn({ possibleCpus }: MachineSize, { batch }: BatchParameters): Pages {
  return batch ?? perNumaBatch(possibleCpus);
}

/** The first CPU of each slot that these count on: one without a node takes slot 0. */
function cpuOfEachSlot(topology: Topology, cpus: CpuIds): CpuIds {
  const nodeOf = nodeOfCpu(topology);
  const seen = new Set<number>();
  return cpus.filter((cpu) => {
    const slot = numaSlot(nodeOf[cpu]!);
    return !seen.has(slot) && seen.add(slot);
  });
}

export const perNuma: Scheme<SpecOf<'per-numa', typeof parameters>> = {
  name: 'per-numa',
  aliases: [],
  parameters,
  isDefault: true,
  colour: '#009E73',
  kernels: 'proposed',
  createCounters: createPerNumaCounters,

  statedBound: (spec, size) => statedPerNuma(size.numaNodes, batchOn(size, spec)),
  worstCase: (spec, topology, { cpus }) =>
    worstCasePerNuma(cpuOfEachSlot(topology, cpus).length, batchOn(machineSize(topology), spec)),
  worstCasePrefixes(spec, topology, { cpus }) {
    const batch = batchOn(machineSize(topology), spec);
    const first = new Set(cpuOfEachSlot(topology, cpus));
    let slots = 0;
    return Float64Array.from(cpus, (cpu) => {
      if (first.has(cpu)) slots += 1;
      return worstCasePerNuma(slots, batch).under;
    });
  },
  denseWorstCase: (spec) => (size) => worstCasePerNuma(denseSlots(size), batchOn(size, spec)),
  heldBy: {
    of: 'nodes',
    count: (topology, { cpus }) => cpuOfEachSlot(topology, cpus).length,
    countDense: denseSlots,
  },
  hasIndependentMembers: true,
  isBoundedSerialisedOnly: true,
  boundsStream: () => true,
  inFlightExtra: (spec, size, inFlight) => slotsInFlight(batchOn(size, spec), inFlight),

  holding: (spec, topology, cpus) => ({
    kind: 'cells',
    cpus: cpuOfEachSlot(topology, cpus),
    batch: batchOn(machineSize(topology), spec),
    isShared: true,
  }),
  statesText: "Each slot's count is a state; the error is minus their sum.",
  levels: () => null,

  memory: () =>
    memoryOf('RFC v2 of 31 March 2025, include/linux/mm_types.h (proposed)', {
      mmStruct: NR_MEMBERS * MM_PERNUMA_COUNTER,
    }),
  // In the mm_struct.
  allocations: () => [],
  // get_mm_counter_slow() reads all slots.
  preciseSum: () => ({ reads: 1 + NUMA_SLOTS, locks: 0 }),
  hasOwnLine: false,
  sharedTouch: 'atomic',
  loadCost: () => import('./cost.ts'),
};
