/** The tree scheme: the hierarchical per-CPU counters of an RFC series, not merged. */
import { CACHE_LINE, TREE_LAYOUT } from '../../kernel/counter-layout.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  countsInLongs,
  DEFAULT_TREE,
  isPowerOfTwo,
  TREE_MAPPINGS,
  TREE_VERSIONS,
  type TreeMapping,
  type TreeParameters,
  type TreeVersion,
  treeShape,
} from '../../kernel/tree-shape.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { logicalNumbers } from '../../topology/logical-order.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { MOST_BATCH, oneOf, type Parameter, parseBatch, type SpecOf } from '../parameters.ts';
import { HELD_BY_CPUS, memoryOf, type Scheme } from '../scheme.ts';
import {
  statedTree,
  treeInFlight,
  treeSource,
  worstCaseTree,
  worstCaseTreeDense,
  worstCaseTreePrefixes,
} from './bound.ts';
import { createTreeCounters } from './counters.ts';

const batch: Parameter<Pages> = {
  allowed: `a power of two from 2 to ${MOST_BATCH}`,
  default: DEFAULT_TREE.batch,
  parse(text, fault) {
    const pages = parseBatch(text, 2, fault);
    if (!isPowerOfTwo(pages)) throw fault(`${pages} is not a power of two`, `${pages}`);
    return pages;
  },
  format: (pages) => `${pages}`,
};

const arities: Parameter<readonly number[] | null> = {
  key: 'arity',
  allowed: 'arities such as 4x4x4x4, each a power of two from 2 up',
  default: DEFAULT_TREE.arities,
  parse(text, fault) {
    const values = text.split('x').map((part) => (/^\d{1,7}$/.test(part) ? Number(part) : 0));
    if (!values.every((arity) => arity >= 2 && isPowerOfTwo(arity))) {
      throw fault(`expected ${arities.allowed}`);
    }
    if (values.reduce((product, arity) => product * arity, 1) > MAX_NR_CPU_IDS) {
      throw fault('the product is more than 1,048,576');
    }
    return values;
  },
  format: (values) => (values ?? []).join('x'),
};

const parameters = {
  batch,
  version: oneOf<TreeVersion>(TREE_VERSIONS, DEFAULT_TREE.version),
  arities,
  mapping: oneOf<TreeMapping>(TREE_MAPPINGS, DEFAULT_TREE.mapping),
};

/** The numbers by which these CPUs find their items. */
function numbersOf(topology: Topology, { mapping }: TreeParameters, cpus: CpuIds): Int32Array {
  if (mapping !== 'logical') return cpus;
  const logical = logicalNumbers(topology);
  return cpus.map((cpu) => logical[cpu]!);
}

const SOURCE = 'include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c';

export const tree: Scheme<SpecOf<'tree', typeof parameters>> = {
  name: 'tree',
  aliases: [],
  parameters,
  isDefault: true,
  colour: '#D55E00',
  kernels: 'proposed',
  createCounters(topology, spec) {
    const shape = treeShape(topology.nrCpuIds, spec);
    const numbering = spec.mapping === 'logical' ? logicalNumbers(topology) : null;
    return createTreeCounters(spec.version, shape, spec.mapping, numbering);
  },

  statedBound: (spec, { nrCpuIds }) => statedTree(treeShape(nrCpuIds, spec), spec),
  worstCase: (spec, topology, { cpus }) =>
    worstCaseTree(treeShape(topology.nrCpuIds, spec), spec, numbersOf(topology, spec, cpus)),
  worstCasePrefixes: (spec, topology, { cpus }) =>
    worstCaseTreePrefixes(
      treeShape(topology.nrCpuIds, spec),
      spec,
      numbersOf(topology, spec, cpus),
    ),
  denseWorstCase: worstCaseTreeDense,
  heldBy: HELD_BY_CPUS,
  hasIndependentMembers: true,
  isBoundedSerialisedOnly: false,
  boundsStream: ({ version }, { fitsInt }) => countsInLongs(version) || fitsInt,
  inFlightExtra: (spec, { nrCpuIds }, inFlight) =>
    treeInFlight(treeShape(nrCpuIds, spec), inFlight),

  holding: (spec, topology, cpus) => ({
    kind: 'tree',
    shape: treeShape(topology.nrCpuIds, spec),
    mapping: spec.mapping,
    numbers: numbersOf(topology, spec, cpus),
  }),
  statesText:
    "Each counter's value modulo its level's batch is the state: carries depend on nothing else, and the settled error is minus the sum of these residues.",
  levels: (spec, nrCpuIds) => treeShape(nrCpuIds, spec).nrLevels,

  memory(spec, { nrCpuIds, possibleCpus }) {
    const { counter, level0 } = TREE_LAYOUT[spec.version];
    const { levelItems } = treeShape(nrCpuIds, spec);
    const items = levelItems.reduce((sum, nrItems) => sum + nrItems, 0);
    return memoryOf(`${treeSource(spec.version)}, ${SOURCE} (proposed)`, {
      mmStruct: NR_MEMBERS * counter,
      perCpu: NR_MEMBERS * level0 * possibleCpus,
      items: NR_MEMBERS * CACHE_LINE * items,
    });
  },
  // Versions before 17 level 0 and then the items of each member (percpu_counter_tree_init(); one CPU
  // has no items), later ones level 0 of all members at once, the items being in the mm_struct
  // (percpu_counter_tree_init_many()).
  allocations(spec, nrCpuIds) {
    if (countsInLongs(spec.version)) return [{ what: 'level0', from: 'perCpu', eachMember: false }];
    const hasItems = treeShape(nrCpuIds, spec).nrLevels > 0;
    return [
      { what: 'level0', from: 'perCpu', eachMember: true },
      ...(hasItems ? [{ what: 'items', from: 'slab', eachMember: true } as const] : []),
    ];
  },
  // percpu_counter_tree_precise_sum() walks the possible CPUs.
  preciseSum: (_, { possible }) => ({ reads: possible.length, locks: 0 }),
  hasOwnLine: true,
  sharedTouch: 'atomic',
  loadCost: () => import('./cost.ts'),
};
