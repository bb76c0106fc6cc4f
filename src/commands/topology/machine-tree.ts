/**
 * A machine as a tree: packages, dies, NUMA nodes, caches and cores as their CPUs lie within each other;
 * and the tree with equal siblings folded, so that 8,192 CPUs fit a page.
 */
import { type CpuSets, type List, listOf, setsIn } from '../../topology/cpu-sets.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import {
  cacheLevels,
  cachesOf,
  type Die,
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
  readonly children: List<Part>;
  /** How many more children there are, and are left out. */
  readonly leftOut: number;
  /** A number that parts have in common which are alike. */
  readonly shape: number;
}

export interface MachineTree {
  readonly root: Part;
  /** Parts that overlap one that comes before them in kind, and so have no place in the tree. */
  readonly crossing: List<Pick<Part, 'names' | 'first'>>;
}

function nameOf(kind: PartName['kind'], title: string = kind): PartName {
  return { kind, title, ids: [], memoryMiB: null };
}

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

const NONE = -1;

/**
 * All sets of a machine, numbered kind by kind. There may be a million of each kind: what is known of them
 * stands in arrays, and their CPUs and names are made when they are looked at.
 */
interface Sets {
  readonly length: number;
  readonly cpusOf: (set: number) => CpuIds;
  /** Of the set and of those of later kinds that have the same CPUs. */
  readonly namesOf: (set: number) => readonly PartName[];
  readonly sizes: Int32Array;
  /** The next one with the same CPUs, or NONE. */
  readonly nextEqual: Int32Array;
}

function numberedSets(kinds: readonly Kind[]): Sets {
  const ends: number[] = [];
  for (const { sets } of kinds) ends.push((ends.at(-1) ?? 0) + sets.length);
  const length = ends.at(-1) ?? 0;
  const kindOf = (set: number) => {
    let kind = 0;
    while (set >= ends[kind]!) kind += 1;
    return kind;
  };
  const indexOf = (set: number, kind: number) => (kind === 0 ? set : set - ends[kind - 1]!);
  const nextEqual = new Int32Array(length).fill(NONE);
  return {
    ...{ length, nextEqual, sizes: new Int32Array(length) },
    cpusOf(set) {
      const kind = kindOf(set);
      return kinds[kind]!.sets.at(indexOf(set, kind))!;
    },
    namesOf(set) {
      const names: PartName[] = [];
      for (let equal = set; equal !== NONE; equal = nextEqual[equal]!) {
        const kind = kindOf(equal);
        names.push(kinds[kind]!.nameOf(indexOf(equal, kind)));
      }
      return names;
    },
  };
}

/** Whether CPUs share some with a set of an earlier kind while neither is within the other. */
function crosses(cpus: CpuIds, setOf: Int32Array, sizes: Int32Array): boolean {
  // So it is of nearly all of a million cores.
  if (cpus.every((cpu) => setOf[cpu] === setOf[cpus[0]!])) return false;
  const shared = new Map<number, number>();
  for (const cpu of cpus) {
    const other = setOf[cpu]!;
    if (other !== NONE) shared.set(other, (shared.get(other) ?? 0) + 1);
  }
  return [...shared].some(([other, count]) => count < cpus.length && count < sizes[other]!);
}

/** The set of an earlier kind that has just these CPUs, or NONE. */
function equalTo(cpus: CpuIds, setOf: Int32Array, sizes: Int32Array): number {
  const set = setOf[cpus[0]!] ?? NONE;
  const isEqual =
    set !== NONE && sizes[set] === cpus.length && cpus.every((cpu) => setOf[cpu] === set);
  return isEqual ? set : NONE;
}

/** The sets that nest, and those that do not with one of an earlier kind. Equal ones are one. */
function nesting(kinds: readonly Kind[], nrCpuIds: number) {
  const sets = numberedSets(kinds);
  const { sizes, nextEqual } = sets;
  const placed: number[] = [];
  const crossing: number[] = [];
  /** For each CPU the set that it is in, a kind each. */
  const earlier: Int32Array[] = [];
  let set = 0;
  for (const kind of kinds) {
    const setOf = new Int32Array(nrCpuIds).fill(NONE);
    kind.sets.forEach((cpus) => {
      const number = set++;
      sizes[number] = cpus.length;
      for (const others of earlier) {
        let equal = equalTo(cpus, others, sizes);
        if (equal === NONE) continue;
        while (nextEqual[equal] !== NONE) equal = nextEqual[equal]!;
        nextEqual[equal] = number;
        return;
      }
      if (earlier.some((others) => crosses(cpus, others, sizes))) {
        crossing.push(number);
        return;
      }
      placed.push(number);
      for (const cpu of cpus) setOf[cpu] = number;
    });
    earlier.push(setOf);
  }
  return { sets, placed: Int32Array.from(placed), crossing };
}

/** The state of each CPU id, a place in STATES; ids that are not possible count as absent. */
function statesOfCpus({ nrCpuIds, present, online }: Topology): Uint8Array {
  const states = new Uint8Array(nrCpuIds).fill(STATES.indexOf('absent'));
  for (const cpu of present) states[cpu] = STATES.indexOf('offline');
  for (const cpu of online) states[cpu] = STATES.indexOf('online');
  return states;
}

/** The state of each CPU id; ids that are not possible count as absent. */
export function cpuStates(topology: Topology): readonly CpuState[] {
  return Array.from(statesOfCpus(topology), (state) => STATES[state]!);
}

/** For each set the smallest one around it, the machine's number where there is none; for each CPU the same. */
function owners({ length: machine, sizes, cpusOf }: Sets, placed: Int32Array, nrCpuIds: number) {
  const ownerOf = new Int32Array(machine);
  const ownerOfCpu = new Int32Array(nrCpuIds).fill(machine);
  // Larger ones first, so that the last to claim a CPU is its smallest part; of equal size the outer kind.
  for (const set of placed.toSorted((a, b) => sizes[b]! - sizes[a]! || a - b)) {
    const cpus = cpusOf(set);
    ownerOf[set] = cpus.length === 0 ? machine : ownerOfCpu[cpus[0]!]!;
    for (const cpu of cpus) ownerOfCpu[cpu] = set;
  }
  return { ownerOf, ownerOfCpu };
}

type Shaped = Pick<Part, 'names' | 'states' | 'children'>;

/** Whether two parts that hold no others are alike; of others it says no. */
function areAlike(a: Shaped, b: Shaped): boolean {
  return (
    a.children.length + b.children.length === 0 &&
    STATES.every((state) => a.states[state] === b.states[state]) &&
    a.names.length === b.names.length &&
    a.names.every(({ title }, place) => title === b.names[place]!.title)
  );
}

/** Numbers shapes: what parts are, and how their CPUs and children are. */
function createShapes() {
  const numbers = new Map<string, number>();
  let before: (Shaped & { readonly number: number }) | null = null;
  return ({ names, states, children }: Shaped): number => {
    // Most parts are like the one before: a million texts take half a second.
    if (before !== null && areAlike(before, { names, states, children })) return before.number;
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
    before = { names, states, children, number };
    return number;
  };
}
/** Behind every CPU. */
const LAST = 2 ** 31 - 1;

/** The placed sets by their owner, those of one in the order of their lowest CPUs, sets without CPUs last. */
function childrenByOwner(
  { length: machine, sizes, cpusOf }: Sets,
  placed: Int32Array,
  ownerOf: Int32Array,
) {
  const lowest = new Int32Array(machine);
  const starts = new Int32Array(machine + 2);
  for (const set of placed) {
    lowest[set] = sizes[set] === 0 ? LAST : cpusOf(set)[0]!;
    starts[ownerOf[set]! + 1]! += 1;
  }
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  const children = placed.toSorted(
    (a, b) => ownerOf[a]! - ownerOf[b]! || lowest[a]! - lowest[b]! || a - b,
  );
  return (owner: number) => children.subarray(starts[owner]!, starts[owner + 1]!);
}

const NO_PARTS: readonly Part[] = [];

/** How the parts of a topology lie within each other. What it does not describe is not there. */
export function machineTree(topology: Topology): MachineTree {
  const { nrCpuIds, possible } = topology;
  const { sets, placed, crossing } = nesting(kindsOf(topology), nrCpuIds);
  const { sizes, cpusOf, namesOf, length: machine } = sets;
  const { ownerOf, ownerOfCpu } = owners(sets, placed, nrCpuIds);
  const childrenIn = childrenByOwner(sets, placed, ownerOf);
  const stateOf = statesOfCpus(topology);
  const shapeOf = createShapes();
  /** Of sets whose parts have been looked at; else NONE. */
  const shapes = new Int32Array(machine).fill(NONE);

  const statesOf = (cpus: CpuIds): Part['states'] => {
    const counts = [0, 0, 0];
    for (const cpu of cpus) counts[stateOf[cpu]!]! += 1;
    const [online = 0, offline = 0, absent = 0] = counts;
    return { online, offline, absent };
  };
  const partOf = (
    names: readonly PartName[],
    cpus: CpuIds,
    children: List<Part>,
    shape?: number,
  ) => {
    const states = statesOf(cpus);
    shape ??= shapeOf({ names, states, children });
    return { names, count: 1, first: cpus, last: cpus, states, children, leftOut: 0, shape };
  };
  /** CPUs that are in no smaller part, by their state, in the order of the lowest. */
  const looseIn = (owner: number, cpus: CpuIds): readonly Part[] =>
    STATES.flatMap((state, place) => {
      const loose = cpus.filter((cpu) => ownerOfCpu[cpu] === owner && stateOf[cpu] === place);
      const name = nameOf('cpus', LOOSE_TITLES[state]);
      return loose.length === 0 ? [] : [partOf([name], loose, NO_PARTS)];
    }).sort((a, b) => a.first[0]! - b.first[0]!);
  const childrenOf = (owner: number, cpus: CpuIds): List<Part> => {
    const inner = childrenIn(owner);
    if (inner.length === 0 && owner !== machine) return NO_PARTS;
    const covered = inner.reduce((sum, set) => sum + sizes[set]!, 0);
    const loose = covered === cpus.length ? NO_PARTS : looseIn(owner, cpus);
    // Where the loose ones stand among the others, of which there may be a million.
    const places = loose.map(({ first }, before) => {
      const next = inner.findIndex((set) => sizes[set] === 0 || cpusOf(set)[0]! > first[0]!);
      return before + (next === -1 ? inner.length : next);
    });
    return listOf(inner.length + loose.length, (i) => {
      const before = places.filter((place) => place < i).length;
      return places[before] === i ? loose[before]! : partAt(inner[i - before]!);
    });
  };
  const partAt = (set: number): Part => {
    const cpus = cpusOf(set);
    const shape = shapes[set] === NONE ? undefined : shapes[set];
    const part = partOf(namesOf(set), cpus, childrenOf(set, cpus), shape);
    shapes[set] = part.shape;
    return part;
  };

  const outside = (i: number) => ({ names: namesOf(crossing[i]!), first: cpusOf(crossing[i]!) });
  return {
    root: partOf([], possible, childrenOf(machine, possible)),
    crossing: listOf(crossing.length, outside),
  };
}

/** Parts of one shape, as they are met. */
interface Fold {
  readonly first: Part;
  last: Part;
  count: number;
  readonly ids: number[][];
  readonly memory: (Range | null)[];
}

function joined(a: Range | null, b: Range | null): Range | null {
  return a === null || b === null
    ? null
    : { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

function startFold(first: Part): Fold {
  const { names } = first;
  return {
    ...{ first, last: first, count: 0 },
    ids: names.map(() => []),
    memory: names.map(({ memoryMiB }) => memoryMiB),
  };
}

function addTo(fold: Fold, part: Part): void {
  fold.last = part;
  fold.count += 1;
  part.names.forEach(({ ids, memoryMiB }, place) => {
    if (typeof ids === 'number') fold.ids[place]!.push(ids);
    fold.memory[place] = joined(fold.memory[place]!, memoryMiB);
  });
}

function foldedPart({ first, last, count, ids, memory }: Fold): Part {
  const names = first.names.map((name, place) => ({
    ...name,
    ...{ ids: ids[place]!, memoryMiB: memory[place]! },
  }));
  return { ...first, names, count, last: last.last };
}

/** The tree with equal siblings folded so many levels down; in order of the first of each. */
export function foldMachine(root: Part, levels: number): Part {
  if (levels === 0) return root;
  const byShape = new Map<number, Fold>();
  root.children.forEach((child) => {
    const fold = byShape.get(child.shape) ?? startFold(child);
    byShape.set(child.shape, fold);
    addTo(fold, child);
  });
  const children = [...byShape.values()].map((fold) => foldMachine(foldedPart(fold), levels - 1));
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
