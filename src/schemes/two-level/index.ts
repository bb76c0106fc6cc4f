/** The two-level scheme: per-CPU cells below a middle value for each node or cache, a sketch of March 2025. */
import {
  CACHE_LINE,
  PERCPU_COUNTER_LOCAL,
  TWO_LEVEL_COUNTER,
} from '../../kernel/counter-layout.ts';
import { NR_MEMBERS, RSS_STAT_BATCH_SIZE } from '../../kernel/rss-stat.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { machineSize } from '../bound.ts';
import { denseGroups, GROUPINGS, type Grouping, groupsAmong, nrGroups } from '../cpu-groups.ts';
import { batchOf, oneOf, type SpecOf } from '../parameters.ts';
import { HELD_BY_CPUS, memoryOf, type Scheme } from '../scheme.ts';
import { mostInMiddle, statedTwoLevel, twoLevelInFlight, worstCaseTwoLevel } from './bound.ts';
import { createTwoLevelCounters } from './counters.ts';

/** 32 cells' worth, so that one spill in 32 reaches the shared value. The sketch names none. */
const MIDDLE_BATCH: Pages = RSS_STAT_BATCH_SIZE * 32;

const parameters = {
  batch: batchOf(RSS_STAT_BATCH_SIZE),
  middle: batchOf(MIDDLE_BATCH),
  group: oneOf<Grouping>(GROUPINGS, 'node'),
};

type Spec = SpecOf<'two-level', typeof parameters>;

/** The CPUs of the topology that are in a group which none before them is in, by place. */
function firstOfGroups(topology: Topology, spec: Spec, cpus: Int32Array): Uint8Array {
  let seen = 0;
  return Uint8Array.from(groupsAmong(topology, spec.group, cpus), (group) => {
    const isFirst = group === seen;
    if (isFirst) seen += 1;
    return isFirst ? 1 : 0;
  });
}

export const twoLevel: Scheme<Spec> = {
  name: 'two-level',
  aliases: [],
  parameters,
  isDefault: false,
  colour: '#5D3A9B',
  kernels: 'proposed',
  createCounters: createTwoLevelCounters,

  statedBound: (spec, size) =>
    statedTwoLevel(
      spec,
      size.onlineCpus,
      nrGroups(size, spec.group),
      spec.group === 'node' ? 'nodes' : 'caches',
    ),
  worstCase: (spec, topology, { cpus }) =>
    worstCaseTwoLevel(
      spec,
      cpus.length,
      firstOfGroups(topology, spec, cpus).reduce((sum, first) => sum + first, 0),
    ),
  worstCasePrefixes(spec, topology, { cpus }) {
    let sum = 0;
    return Float64Array.from(firstOfGroups(topology, spec, cpus), (first) => {
      sum += spec.batch - 1 + first * mostInMiddle(spec);
      return sum;
    });
  },
  denseWorstCase: (spec) => (size) =>
    worstCaseTwoLevel(spec, size.onlineCpus, denseGroups(size, spec.group)),
  heldBy: HELD_BY_CPUS,
  hasIndependentMembers: true,
  isBoundedSerialisedOnly: false,
  // A CPU that goes hands over what it holds, and the batches stay.
  boundsStream: () => true,
  inFlightExtra: (spec, _, inFlight) => twoLevelInFlight(spec, inFlight),

  holding: (spec, topology, cpus) => ({
    kind: 'two-level',
    cpus,
    groups: groupsAmong(topology, spec.group, cpus),
    batch: spec.batch,
    middle: spec.middle,
  }),
  statesText:
    "Each CPU's count and each group's middle value are the state; the error is minus their sum.",
  levels: () => 2,

  memory: (spec, size) =>
    memoryOf('two-level, a layout of this program (a sketch of March 2025, no patch)', {
      mmStruct: NR_MEMBERS * TWO_LEVEL_COUNTER,
      perCpu: NR_MEMBERS * PERCPU_COUNTER_LOCAL * size.possibleCpus,
      items: NR_MEMBERS * CACHE_LINE * nrGroups(size, spec.group),
    }),
  allocations: (_, __, grouped) => [
    { what: 'cells', from: 'perCpu', eachMember: !grouped },
    { what: 'middle values', from: 'slab', eachMember: !grouped },
  ],
  // The shared value, the middle values, and the cells of the CPUs that are on-line.
  preciseSum: (spec, topology) => ({
    reads: 1 + nrGroups(machineSize(topology), spec.group) + topology.online.length,
    locks: 0,
  }),
  hasOwnLine: true,
  sharedTouch: 'atomic',
  loadCost: () => import('./cost.ts'),
};
