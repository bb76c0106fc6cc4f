/**
 * A machine as a tree: packages, dies, NUMA nodes, caches and cores as their CPUs lie within each other;
 * and the tree with equal siblings folded, so that 8,192 CPUs fit a page.
 */
import { type CpuSets, type List, setsIn } from '../../topology/cpu-sets.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import {
  cacheLevels,
  cachesOf,
  type Die,
  groupOfCpu,
  type NumaNode,
  type Package,
  type Topology,
} from '../../topology/topology.ts';

/** CPUs run threads, are there and do not, or are possible but not there. */
export type CpuState = 'online' | 'offline' | 'absent';

const LOOSE_TITLES = { online: 'CPUs', offline: 'CPUs off-line', absent: 'CPUs not present' };

const STATES: readonly CpuState[] = ['online', 'offline', 'absent'];

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The least and the most of some numbers, at least one. */
export function rangeOf(values: readonly number[]): Range {
  return {
    min: values.reduce((a, b) => Math.min(a, b)),
    max: values.reduce((a, b) => Math.max(a, b)),
  };
}

/** What a part is called, or siblings together. */
export interface PartName {
  /** `cpus`: those of one state that are in no smaller part than the one above. */
  readonly kind: 'package' | 'die' | 'node' | 'cache' | 'core' | 'cpus';
  /** "package", "L3", "CPUs off-line". */
  readonly title: string;
  /** Of one, or of several. Caches and cores have no ids of their own. */
  readonly ids: number | readonly number[];
  /** Of nodes; null where one of them does not tell. */
  readonly memoryMiB: Range | null;
}

/** A part, or siblings that are alike in everything but their ids, their CPUs and their memory. */
export interface Part {
  /** All that have just these CPUs, outermost first; empty for the machine as a whole. */
  readonly names: readonly PartName[];
  readonly count: number;
  /** CPUs of the first and of the last. */
  readonly first: CpuIds;
  readonly last: CpuIds;
  /** CPUs of each. */
  readonly states: Readonly<Record<CpuState, number>>;
  /**
   * Those of the first, in the order of their lowest CPUs, parts without CPUs last. A part without
   * any holds its CPUs itself.
   */
  readonly children: readonly Part[];
  /** How many more children there are, and are left out. */
  readonly leftOut: number;
  /** A number that parts have in common which are alike. */
  readonly shape: number;
}

/** CPUs of a package, a cache and so on, and what of the machine lies in them. */
interface Group {
  names: readonly PartName[];
  readonly cpus: CpuIds;
  /** Made for the first: a million cores have none. */
  children: Group[] | null;
}

export interface MachineTree {
  readonly root: Part;
  /** Parts that overlap one that comes before them in kind, and so have no place in the tree. */
  readonly crossing: readonly Group[];
}

function nameOf(kind: PartName['kind'], title: string = kind): PartName {
  return { kind, title, ids: [], memoryMiB: null };
}

const groupOf = (names: readonly PartName[], cpus: CpuIds): Group => ({
  names,
  cpus,
  children: null,
});

interface Kind {
  readonly sets: CpuSets;
  readonly namesOf: (index: number) => readonly PartName[];
}

/** Sets by kind; the earlier kind is the outer one where CPUs are equal, and stays where two cross. */
function kindsOf(topology: Topology): readonly Kind[] {
  const { packages, dies, numaNodes, cores } = topology;
  // There may be a million of them: they share a name.
  const alike = (sets: CpuSets, name: PartName): Kind => {
    const names = [name];
    return { sets, namesOf: () => names };
  };
  const numbered = (parts: List<Package | Die | NumaNode>, kind: PartName['kind']): Kind => ({
    sets: setsIn(parts),
    namesOf(i) {
      const { id, memoryMiB: mib } = parts.at(i) as NumaNode;
      const memoryMiB = mib === undefined ? null : { min: mib, max: mib };
      return [{ kind, title: kind, ids: id, memoryMiB }];
    },
  });
  return [
    numbered(packages, 'package'),
    numbered(dies, 'die'),
    numbered(numaNodes, 'node'),
    ...cacheLevels(topology)
      .toReversed()
      .map((level) => alike(cachesOf(topology, level), nameOf('cache', `L${level}`))),
    alike(cores, nameOf('core')),
  ];
}

/** Whether two sets of CPUs share some while neither is within the other. */
function crosses({ cpus }: Group, indexOf: Int32Array, others: readonly Group[]): boolean {
  // So it is of nearly all of a million cores.
  if (cpus.every((cpu) => indexOf[cpu] === indexOf[cpus[0]!])) return false;
  const shared = new Map<number, number>();
  for (const cpu of cpus) {
    const other = indexOf[cpu]!;
    if (other !== -1) shared.set(other, (shared.get(other) ?? 0) + 1);
  }
  return [...shared].some(
    ([other, count]) => count < cpus.length && count < others[other]!.cpus.length,
  );
}

/** The groups of a kind, and for each CPU the one it is in. */
interface Placed {
  readonly groups: readonly Group[];
  readonly indexOf: Int32Array;
}

/** The group that has just these CPUs. */
function equalTo(cpus: CpuIds, { groups, indexOf }: Placed): Group | undefined {
  const index = indexOf[cpus[0]!]!;
  const group = groups[index];
  const isEqual = group?.cpus.length === cpus.length && cpus.every((cpu) => indexOf[cpu] === index);
  return isEqual ? group : undefined;
}

/** The groups that nest, and those that do not with one of an earlier kind. Equal ones are one. */
function nesting(topology: Topology): { placed: readonly Group[]; crossing: readonly Group[] } {
  const crossing: Group[] = [];
  const earlier: Placed[] = [];
  for (const { sets, namesOf } of kindsOf(topology)) {
    const groups: Group[] = [];
    sets.forEach((cpus, i) => {
      for (const placed of earlier) {
        const equal = equalTo(cpus, placed);
        if (equal === undefined) continue;
        equal.names = [...equal.names, ...namesOf(i)];
        return;
      }
      const group = groupOf(namesOf(i), cpus);
      const isCrossing = earlier.some((placed) => crosses(group, placed.indexOf, placed.groups));
      (isCrossing ? crossing : groups).push(group);
    });
    earlier.push({ groups, indexOf: groupOfCpu(topology.nrCpuIds, setsIn(groups)) });
  }
  return { placed: earlier.flatMap(({ groups }) => groups), crossing };
}

/** The state of each CPU id; ids that are not possible count as absent. */
export function cpuStates({ nrCpuIds, present, online }: Topology): readonly CpuState[] {
  const states = new Array<CpuState>(nrCpuIds).fill('absent');
  for (const cpu of present) states[cpu] = 'offline';
  for (const cpu of online) states[cpu] = 'online';
  return states;
}

/** The machine with the parts in it, and for each CPU its smallest part. */
function draftsOf({ nrCpuIds, possible }: Topology, placed: readonly Group[]) {
  const machine = groupOf([], possible);
  const ownerOf = new Array<Group>(nrCpuIds).fill(machine);
  // Larger ones first, so that the last to claim a CPU is its smallest part. The sort is stable: of
  // equal size the outer kind stays first.
  for (const group of [...placed].sort((a, b) => b.cpus.length - a.cpus.length)) {
    const { cpus } = group;
    const owner = cpus.length === 0 ? machine : ownerOf[cpus[0]!]!;
    owner.children ??= [];
    owner.children.push(group);
    for (const cpu of cpus) ownerOf[cpu] = group;
  }
  return { machine, ownerOf };
}

const NO_PARTS: readonly Part[] = [];

/** Numbers shapes: what parts are, and how their CPUs and children are. */
function createShapes() {
  const numbers = new Map<string, number>();
  return ({ names, states, children }: Pick<Part, 'names' | 'states' | 'children'>): number => {
    const { online, offline, absent } = states;
    // A run of equal children is written once: a machine of a million cores has short shapes.
    const runs: [number, number][] = [];
    for (const { shape } of children) {
      const run = runs.at(-1);
      if (run?.[0] === shape) run[1] += 1;
      else runs.push([shape, 1]);
    }
    const titles = names.map(({ title }) => title).join('+');
    const text = `${titles}|${online},${offline},${absent}|${runs.join(';')}`;
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
}

/** How the parts of a topology lie within each other. What it does not describe is not there. */
export function machineTree(topology: Topology): MachineTree {
  const { placed, crossing } = nesting(topology);
  const { machine, ownerOf } = draftsOf(topology, placed);
  const stateOf = cpuStates(topology);
  const shapeOf = createShapes();

  // Parts that are alike share what they can: there may be a million.
  const known = new Map<string, Part['states']>();
  const statesOf = (cpus: CpuIds): Part['states'] => {
    const states = { online: 0, offline: 0, absent: 0 };
    for (const cpu of cpus) states[stateOf[cpu]!] += 1;
    const key = Object.values(states).join();
    const same = known.get(key) ?? states;
    known.set(key, same);
    return same;
  };
  const partOf = (names: readonly PartName[], cpus: CpuIds, children: readonly Part[]): Part => {
    const states = statesOf(cpus);
    const shape = shapeOf({ names, states, children });
    return { names, count: 1, first: cpus, last: cpus, states, children, leftOut: 0, shape };
  };
  const looseIn = (owner: Group): Part[] =>
    STATES.flatMap((state) => {
      const cpus = owner.cpus.filter((cpu) => ownerOf[cpu] === owner && stateOf[cpu] === state);
      const name = nameOf('cpus', LOOSE_TITLES[state]);
      return cpus.length === 0 ? [] : [partOf([name], cpus, [])];
    });
  const lowestCpu = ({ first }: Part) => first[0] ?? topology.nrCpuIds;
  const finish = (group: Group): Part => {
    if (group.children === null && group !== machine) {
      return partOf(group.names, group.cpus, NO_PARTS);
    }
    const children = [...(group.children ?? []).map(finish), ...looseIn(group)];
    children.sort((a, b) => lowestCpu(a) - lowestCpu(b));
    return partOf(group.names, group.cpus, children);
  };

  return { root: finish(machine), crossing };
}

function foldedName(names: readonly PartName[]): PartName {
  const memory = names.flatMap(({ memoryMiB }) => memoryMiB ?? []);
  return {
    ...names[0]!,
    ids: names.flatMap(({ ids }) => ids),
    memoryMiB:
      memory.length < names.length ? null : rangeOf(memory.flatMap(({ min, max }) => [min, max])),
  };
}

/** Parts of the same shape as one. */
function folded(parts: readonly Part[]): Part {
  const first = parts[0]!;
  const names = first.names.map((_, place) => foldedName(parts.map((part) => part.names[place]!)));
  return { ...first, names, count: parts.length, last: parts.at(-1)!.last };
}

/** The tree with equal siblings folded so many levels down; in order of the first of each. */
export function foldMachine(root: Part, levels: number): Part {
  if (levels === 0) return root;
  const byShape = new Map<number, Part[]>();
  for (const child of root.children) {
    const equal = byShape.get(child.shape);
    if (equal === undefined) byShape.set(child.shape, [child]);
    else equal.push(child);
  }
  const children = [...byShape.values()].map((equal) => foldMachine(folded(equal), levels - 1));
  return { ...root, children };
}

/** The tree with at most so many parts below its root: the outer ones and the earlier ones are kept. */
export function boundParts(root: Part, most: number): Part {
  type Bounded = { -readonly [Key in keyof Part]: Part[Key] };
  const bounded: Bounded = { ...root };
  const reached = [bounded];
  let room = most;
  // Grows as it is walked: the next level comes after the last part of this one.
  for (const part of reached) {
    const kept: Bounded[] = part.children.slice(0, room).map((child) => ({ ...child }));
    room -= kept.length;
    part.leftOut = part.children.length - kept.length;
    part.children = kept;
    reached.push(...kept);
  }
  return bounded;
}
