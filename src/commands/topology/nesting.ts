/** Packages, dies, NUMA nodes, caches and cores as their CPUs lie within each other, in columns: there may be millions. */
import { type CpuSets, type List, setsIn, sortedByKey } from '../../topology/cpu-sets.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import {
  cacheLevels,
  cachesOf,
  type Die,
  type NumaNode,
  type Package,
  type Topology,
} from '../../topology/topology.ts';
import type { PartName } from './parts.ts';

export const nameOf = (kind: PartName['kind'], title: string = kind): PartName => ({
  kind,
  title,
  ids: [],
  memoryMiB: null,
});

interface Kind {
  readonly sets: CpuSets;
  readonly nameOf: (index: number) => PartName;
}

/** Sets by kind; the earlier kind is the outer one where CPUs are equal, and stays where two cross. */
function kindsOf(topology: Topology): readonly Kind[] {
  const { packages, dies, numaNodes, cores } = topology;
  const alike = (sets: CpuSets, name: PartName): Kind => ({ sets, nameOf: () => name });
  const numbered = (parts: List<Package | Die | NumaNode>, kind: PartName['kind']): Kind => ({
    sets: setsIn(parts),
    nameOf(i) {
      const { id, memoryMiB: mib } = parts.at(i) as NumaNode;
      const memoryMiB = mib === undefined ? null : { min: mib, max: mib };
      return { kind, title: kind, ids: id, memoryMiB };
    },
  });
  const kinds = [
    numbered(packages, 'package'),
    numbered(dies, 'die'),
    numbered(numaNodes, 'node'),
    ...cacheLevels(topology)
      .toReversed()
      .map((level) => alike(cachesOf(topology, level), nameOf('cache', `L${level}`))),
    alike(cores, nameOf('core')),
  ];
  return kinds.filter(({ sets }) => sets.length > 0);
}

/** All sets of a topology, numbered kind by kind. */
function itemsOf(topology: Topology) {
  const kinds = kindsOf(topology);
  let count = 0;
  const starts = kinds.map(({ sets }) => {
    count += sets.length;
    return count - sets.length;
  });
  const kindOf = (item: number) => starts.findLastIndex((start) => start <= item);
  return {
    kinds,
    starts,
    count,
    kindOf,
    cpusOf(item: number): CpuIds {
      const kind = kindOf(item);
      return kinds[kind]!.sets.at(item - starts[kind]!)!;
    },
    nameOf(item: number): PartName {
      const kind = kindOf(item);
      return kinds[kind]!.nameOf(item - starts[kind]!);
    },
  };
}

type Items = ReturnType<typeof itemsOf>;

/** Whether two sets of CPUs share some while neither is within the other. */
function crosses(cpus: CpuIds, itemOf: Int32Array, sizes: Int32Array): boolean {
  // So it is of nearly all of a million cores.
  if (cpus.every((cpu) => itemOf[cpu] === itemOf[cpus[0]!])) return false;
  const shared = new Map<number, number>();
  for (const cpu of cpus) {
    const other = itemOf[cpu]!;
    if (other !== -1) shared.set(other, (shared.get(other) ?? 0) + 1);
  }
  return [...shared].some(([other, count]) => count < cpus.length && count < sizes[other]!);
}

/** The item that has just these CPUs; −1 where there is none. */
function equalTo(cpus: CpuIds, itemOf: Int32Array, sizes: Int32Array): number {
  const item = itemOf[cpus[0]!] ?? -1;
  const isEqual = sizes[item] === cpus.length && cpus.every((cpu) => itemOf[cpu] === item);
  return isEqual ? item : -1;
}

/** The items that nest, and those that do not with one of an earlier kind. Equal ones are one. */
function placed(items: Items, nrCpuIds: number) {
  const nested: number[] = [];
  const crossing: number[] = [];
  /** CPUs of each. */
  const sizes = new Int32Array(items.count);
  /** The next item with the same CPUs; the first item is none's next: 0 where there is none. */
  const nextEqual = new Int32Array(items.count);
  const earlier: Int32Array[] = [];
  items.kinds.forEach(({ sets }, kind) => {
    const itemOf = new Int32Array(nrCpuIds).fill(-1);
    sets.forEach((cpus, i) => {
      const item = items.starts[kind]! + i;
      sizes[item] = cpus.length;
      for (const other of earlier) {
        let equal = equalTo(cpus, other, sizes);
        if (equal === -1) continue;
        while (nextEqual[equal] !== 0) equal = nextEqual[equal]!;
        nextEqual[equal] = item;
        return;
      }
      if (earlier.some((other) => crosses(cpus, other, sizes))) {
        crossing.push(item);
        return;
      }
      nested.push(item);
      for (const cpu of cpus) itemOf[cpu] = item;
    });
    earlier.push(itemOf);
  });
  return { nested, crossing, sizes, nextEqual };
}

/** How the items of a topology nest. The machine as a whole is the item after the last. */
export function nesting(topology: Topology) {
  const { nrCpuIds, possible } = topology;
  const items = itemsOf(topology);
  const machine = items.count;
  const { nested, crossing, sizes, nextEqual } = placed(items, nrCpuIds);
  // Larger ones first, so that the last to claim a CPU is its smallest part; of equal size the outer
  // kind stays first.
  const largestFirst = sortedByKey(nested, (item) => nrCpuIds - sizes[item]!, nrCpuIds + 1).ids;
  const ownerOf = new Int32Array(nrCpuIds).fill(machine);
  const parentOf = new Int32Array(machine);
  for (const item of largestFirst) {
    const cpus = items.cpusOf(item);
    parentOf[item] = cpus.length === 0 ? machine : ownerOf[cpus[0]!]!;
    for (const cpu of cpus) ownerOf[cpu] = item;
  }
  return {
    machine,
    possible,
    largestFirst,
    /** For each CPU its smallest item. */
    ownerOf,
    /** For each item the smallest that it lies in. */
    parentOf,
    crossing,
    sizes,
    cpusOf: (item: number): CpuIds => (item === machine ? possible : items.cpusOf(item)),
    /** The item and those with the same CPUs, the outer kind first. */
    equalsOf(item: number): number[] {
      if (item === machine) return [];
      const equals = [item];
      for (let next = nextEqual[item]!; next !== 0; next = nextEqual[next]!) equals.push(next);
      return equals;
    },
    kindOf: items.kindOf,
    nameOf: items.nameOf,
  };
}

export type Nesting = ReturnType<typeof nesting>;
