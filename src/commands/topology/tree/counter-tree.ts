/** The counter tree over a machine: which CPUs share each item, and what of the machine they span. */
import {
  type ItemMapping,
  itemMappings,
  type TreeMapping,
  type TreeShape,
  treeShape,
} from '../../../kernel/tree-shape.ts';
import { comparedTopology } from '../../../render/compared-topology.ts';
import { formatScheme } from '../../../schemes/registry.ts';
import { type CpuSets, setsIn } from '../../../topology/cpu-sets.ts';
import { type CpuIds, formatCpulist } from '../../../topology/cpulist.ts';
import { logicalNumbers } from '../../../topology/logical-order.ts';
import { groupOfCpu, lastLevelCaches, type Topology } from '../../../topology/topology.ts';
import { rangeOf } from '../machine-tree.ts';
import type { CounterItem, CounterLevel, CounterTree, Span, TreeSpec } from './result.ts';

type SpanKey = keyof Span<number>;

function spanOf<T>(of: (key: SpanKey) => T | null): Span<T> {
  return {
    cores: of('cores'),
    lastLevelCaches: of('lastLevelCaches'),
    packages: of('packages'),
    numaNodes: of('numaNodes'),
  };
}

/** The described parts of a kind: how many, and for each CPU the index of its own, −1 in none. */
interface Kind {
  readonly count: number;
  readonly placeOf: Int32Array;
}

/** Null where the topology does not describe the kind. */
function kindsOf(topology: Topology): Span<Kind> {
  const groups: Record<SpanKey, CpuSets> = {
    cores: topology.cores,
    lastLevelCaches: lastLevelCaches(topology),
    packages: setsIn(topology.packages),
    numaNodes: topology.numaNodes.map(({ cpus }) => cpus),
  };
  return spanOf((key) => {
    const count = groups[key].length;
    if (count === 0) return null;
    return { count, placeOf: groupOfCpu(topology.nrCpuIds, groups[key]) };
  });
}

/** The CPUs of a level in the order of its items: item i has those from starts[i] to starts[i + 1]. */
interface Shares {
  readonly cpus: CpuIds;
  readonly starts: Int32Array;
}

/** The CPUs by item, those of an item in ascending order (a counting sort). */
function sharesOf(
  cpus: CpuIds,
  { shift, mask }: ItemMapping,
  numbering: Int32Array | null,
): Shares {
  const itemOf = cpus.map((cpu) => ((numbering === null ? cpu : numbering[cpu]!) >> shift) & mask);
  const starts = new Int32Array(mask + 2);
  for (const item of itemOf) starts[item + 1]! += 1;
  for (let item = 0; item <= mask; item++) starts[item + 1]! += starts[item]!;
  const next = starts.slice();
  const sorted = new Int32Array(cpus.length);
  cpus.forEach((cpu, place) => {
    const item = itemOf[place]!;
    sorted[next[item]!] = cpu;
    next[item]! += 1;
  });
  return { cpus: sorted, starts };
}

function cpusOf({ cpus, starts }: Shares, item: number): CpuIds {
  return cpus.subarray(starts[item]!, starts[item + 1]!);
}

/** For each item in how many described parts its CPUs are, negative where some CPU is in none. */
function partsUnder({ cpus, starts }: Shares, { placeOf, count }: Kind): Int32Array {
  const parts = new Int32Array(starts.length - 1);
  // The item that last saw a part; the parts are counted from 1, so that 0 stands for "in none".
  const seenBy = new Int32Array(count + 1).fill(-1);
  for (let item = 0; item < parts.length; item++) {
    let distinct = 0;
    for (let i = starts[item]!; i < starts[item + 1]!; i++) {
      const part = placeOf[cpus[i]!]! + 1;
      if (part > 0 && seenBy[part] !== item) distinct += 1;
      seenBy[part] = item;
    }
    parts[item] = seenBy[0] === item ? -distinct : distinct;
  }
  return parts;
}

interface Machine {
  readonly topology: Topology;
  readonly shape: TreeShape;
  readonly kinds: Span<Kind>;
}

/** The on-line CPUs of each level's items, under one mapping. */
function sharesByLevel(
  cpus: CpuIds,
  { topology, shape }: Machine,
  mapping: TreeMapping,
): readonly Shares[] {
  const numbering = mapping === 'logical' ? logicalNumbers(topology) : null;
  return itemMappings(shape, mapping).map((itemMapping) => sharesOf(cpus, itemMapping, numbering));
}

/** Items with CPUs. */
function itemsInUse({ starts }: Shares): number {
  return starts.filter((start, item) => item > 0 && start > starts[item - 1]!).length;
}

/** In how many parts of each kind each item's CPUs are. */
function partsByKind({ kinds }: Machine, shares: Shares): Span<Int32Array> {
  return spanOf((key) => (kinds[key] === null ? null : partsUnder(shares, kinds[key])));
}

/** Items of which every CPU is in the same part. */
function withinOf(parts: Span<Int32Array>): Span<number> {
  return spanOf((key) => parts[key]?.filter((count) => count === 1).length ?? null);
}

function levelOf(machine: Machine, index: number, online: Shares, possible: Shares): CounterLevel {
  const { shape } = machine;
  const parts = partsByKind(machine, online);
  const shared = Array.from({ length: shape.levelItems[index]! }, (_, item): CounterItem => {
    const cpus = cpusOf(online, item);
    return {
      item,
      cpus: formatCpulist(cpus),
      onlineCpus: cpus.length,
      possibleCpus: cpusOf(possible, item).length,
      ...spanOf((key) => (parts[key] === null ? null : Math.abs(parts[key][item]!))),
    };
  });
  const inUse = shared.filter(({ onlineCpus }) => onlineCpus > 0);
  return {
    level: index + 1,
    items: shared.length,
    itemsInUse: itemsInUse(online),
    arity: 2 ** shape.arityOrders[index]!,
    batchPages: shape.levelBatches[index + 1] ?? null,
    onlineCpus: rangeOf(inUse.map(({ onlineCpus }) => onlineCpus)),
    span: spanOf((key) =>
      parts[key] === null ? null : rangeOf(inUse.map((item) => item[key] ?? 0)),
    ),
    within: withinOf(parts),
    shared,
  };
}

/** @throws InputError as treeShape(). */
export function counterTree(version: string, topology: Topology, spec: TreeSpec): CounterTree {
  const { scheme, ...parameters } = spec;
  const shape = treeShape(topology.nrCpuIds, spec);
  const machine = { topology, shape, kinds: kindsOf(topology) };
  const { online, possible } = topology;
  const possibleShares = sharesByLevel(possible, machine, spec.mapping);
  const otherMapping = spec.mapping === 'kernel' ? 'logical' : 'kernel';
  return {
    format: 'rss-err/counter-tree@1',
    program: { version },
    topology: comparedTopology(topology, topology.pageSize),
    scheme,
    name: formatScheme(spec),
    parameters,
    order: shape.order,
    perCpu: { counters: possible.length, batchPages: shape.levelBatches[0] ?? null },
    levels: sharesByLevel(online, machine, spec.mapping).map((shares, index) =>
      levelOf(machine, index, shares, possibleShares[index]!),
    ),
    otherMapping: {
      mapping: otherMapping,
      levels: sharesByLevel(online, machine, otherMapping).map((shares, index) => ({
        level: index + 1,
        itemsInUse: itemsInUse(shares),
        within: withinOf(partsByKind(machine, shares)),
      })),
    },
  };
}
