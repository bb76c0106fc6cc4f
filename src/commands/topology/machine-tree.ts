/**
 * A machine as a tree: packages, dies, NUMA nodes, caches and cores as their CPUs lie within each other;
 * and the tree with equal siblings folded, so that 8,192 CPUs fit a page.
 */
import type { CpuIds } from '../../topology/cpulist.ts';
import { groupOfCpu, type Topology } from '../../topology/topology.ts';

/** What a part is called. Cores and caches have no ids of their own; memory is in MiB. */
export type PartName =
  | { readonly kind: 'package' | 'die'; readonly id: number }
  | { readonly kind: 'node'; readonly id: number; readonly memoryMiB: number | null }
  | { readonly kind: 'cache'; readonly level: number }
  | { readonly kind: 'core' }
  /** CPUs that are in no smaller part than the one above, those of one state together. */
  | { readonly kind: 'cpus'; readonly state: CpuState };

export type CpuState = 'online' | 'offline' | 'absent';

/** How many CPUs run threads, are there and do not, and are possible but not there. */
export type StateCounts = Readonly<Record<CpuState, number>>;

export interface MachinePart {
  /** All that have just these CPUs, outermost first; empty for the machine as a whole. */
  readonly names: readonly PartName[];
  readonly cpus: CpuIds;
  readonly states: StateCounts;
  /** In the order of their lowest CPUs, parts without CPUs last. A part without any holds its CPUs itself. */
  readonly children: readonly MachinePart[];
}

export interface MachineTree {
  readonly root: MachinePart;
  /** Parts that overlap one that comes before them in kind, and so have no place in the tree. */
  readonly crossing: readonly { readonly name: PartName; readonly cpus: CpuIds }[];
}

interface Group {
  readonly name: PartName;
  readonly cpus: CpuIds;
}

/** The groups by kind; the earlier kind is the outer one where CPUs are equal, and stays where two cross. */
function groupsByKind(topology: Topology): readonly (readonly Group[])[] {
  const levels = [...new Set(topology.caches.map(({ level }) => level))].sort((a, b) => b - a);
  return [
    topology.packages.map(({ id, cpus }): Group => ({ name: { kind: 'package', id }, cpus })),
    topology.dies.map(({ id, cpus }): Group => ({ name: { kind: 'die', id }, cpus })),
    topology.numaNodes.map(
      ({ id, cpus, memoryMiB = null }): Group => ({ name: { kind: 'node', id, memoryMiB }, cpus }),
    ),
    ...levels.map((level) =>
      topology.caches
        .filter((cache) => cache.level === level)
        .map(({ cpus }): Group => ({ name: { kind: 'cache', level }, cpus })),
    ),
    topology.cores.map((cpus): Group => ({ name: { kind: 'core' }, cpus })),
  ];
}

/** Whether two sets of CPUs share some while neither is within the other. */
function crosses({ cpus }: Group, groupOf: Int32Array, others: readonly Group[]): boolean {
  const shared = new Map<number, number>();
  for (const cpu of cpus) {
    const other = groupOf[cpu]!;
    if (other !== -1) shared.set(other, (shared.get(other) ?? 0) + 1);
  }
  return [...shared].some(
    ([other, count]) => count < cpus.length && count < others[other]!.cpus.length,
  );
}

/** The groups that nest, and those that do not with one of an earlier kind. */
function nesting(topology: Topology): { placed: readonly Group[]; crossing: readonly Group[] } {
  const crossing: Group[] = [];
  const earlier: { groups: readonly Group[]; groupOf: Int32Array }[] = [];
  for (const kind of groupsByKind(topology)) {
    const isCrossing = (group: Group) =>
      earlier.some(({ groups, groupOf }) => crosses(group, groupOf, groups));
    const groups: Group[] = [];
    for (const group of kind) (isCrossing(group) ? crossing : groups).push(group);
    const groupOf = groupOfCpu(
      topology.nrCpuIds,
      groups.map(({ cpus }) => cpus),
    );
    earlier.push({ groups, groupOf });
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

interface Draft extends Group {
  readonly children: Draft[];
}

/** The parts above each other, larger ones first, so that the last to claim a CPU is its smallest part. */
function drafts(topology: Topology, placed: readonly Group[]) {
  const tops: Draft[] = [];
  const ownerOf = new Array<Draft | null>(topology.nrCpuIds).fill(null);
  // The sort is stable: of equal size the outer kind stays first.
  for (const group of [...placed].sort((a, b) => b.cpus.length - a.cpus.length)) {
    const draft: Draft = { ...group, children: [] };
    const first = group.cpus[0];
    const parent = first === undefined ? null : ownerOf[first]!;
    (parent === null ? tops : parent.children).push(draft);
    for (const cpu of group.cpus) ownerOf[cpu] = draft;
  }
  return { tops, ownerOf };
}

const STATES: readonly CpuState[] = ['online', 'offline', 'absent'];

function countStates(cpus: CpuIds, states: readonly CpuState[]): StateCounts {
  const counts = { online: 0, offline: 0, absent: 0 };
  for (const cpu of cpus) counts[states[cpu]!] += 1;
  return counts;
}

/** Of parts with CPUs. */
function byLowestCpu(a: MachinePart, b: MachinePart): number {
  return a.cpus[0]! - b.cpus[0]!;
}

/** How the parts of a topology lie within each other. What it does not describe is not there. */
export function machineTree(topology: Topology): MachineTree {
  const { placed, crossing } = nesting(topology);
  const { tops, ownerOf } = drafts(topology, placed);
  const states = cpuStates(topology);

  const loose = (cpus: CpuIds, owner: Draft | null): MachinePart[] =>
    STATES.map((state) => ({
      names: [{ kind: 'cpus' as const, state }],
      cpus: cpus.filter((cpu) => ownerOf[cpu] === owner && states[cpu] === state),
    }))
      .filter((part) => part.cpus.length > 0)
      .map((part) => ({ ...part, states: countStates(part.cpus, states), children: [] }));

  const finish = (draft: Draft): MachinePart => {
    const { cpus } = draft;
    const names = [draft.name];
    let inner = draft;
    while (inner.children.length === 1 && inner.children[0]!.cpus.length === cpus.length) {
      inner = inner.children[0]!;
      names.push(inner.name);
    }
    const children =
      inner.children.length === 0 ? [] : [...inner.children.map(finish), ...loose(cpus, inner)];
    return { names, cpus, states: countStates(cpus, states), children: children.sort(byLowestCpu) };
  };

  const cpus = topology.possible;
  const withCpus = tops.filter((top) => top.cpus.length > 0).map(finish);
  const empty = tops.filter((top) => top.cpus.length === 0).map(finish);
  const children = [...withCpus, ...loose(cpus, null)].sort(byLowestCpu);
  const root = {
    names: [],
    cpus,
    states: countStates(cpus, states),
    children: [...children, ...empty],
  };
  return { root, crossing };
}

/** The name of equal parts: all their ids, their least and most memory. */
export type FoldedName =
  | { readonly kind: 'package' | 'die'; readonly ids: readonly number[] }
  | {
      readonly kind: 'node';
      readonly ids: readonly number[];
      readonly memoryMiB: { readonly min: number; readonly max: number } | null;
    }
  | { readonly kind: 'cache'; readonly level: number }
  | { readonly kind: 'core' }
  | { readonly kind: 'cpus'; readonly state: CpuState };

/** Siblings that are alike in everything but their ids, their CPUs and their memory. */
export interface FoldedPart {
  readonly names: readonly FoldedName[];
  readonly count: number;
  /** Of each. */
  readonly states: StateCounts;
  readonly first: CpuIds;
  readonly last: CpuIds;
  /** Those of the first. */
  readonly children: readonly FoldedPart[];
  /** How many more children there are, and are left out. */
  readonly leftOut: number;
}

function kindText(name: PartName): string {
  switch (name.kind) {
    case 'cache':
      return `cache${name.level}`;
    case 'cpus':
      return `cpus ${name.state}`;
    default:
      return name.kind;
  }
}

/** A number for each part, the same for parts of the same shape. */
function shapeNumbers(root: MachinePart): (part: MachinePart) => number {
  const numberOfShape = new Map<string, number>();
  const numberOfPart = new Map<MachinePart, number>();
  const enter = (part: MachinePart): number => {
    const { online, offline, absent } = part.states;
    const kinds = part.names.map(kindText).join('+');
    // A run of equal children is written once: a machine of a million cores has short shapes.
    const runs: [number, number][] = [];
    for (const shape of part.children.map(enter)) {
      const run = runs.at(-1);
      if (run?.[0] === shape) run[1] += 1;
      else runs.push([shape, 1]);
    }
    const text = `${kinds}|${online},${offline},${absent}|${runs.join(';')}`;
    const number = numberOfShape.get(text) ?? numberOfShape.size;
    numberOfShape.set(text, number);
    numberOfPart.set(part, number);
    return number;
  };
  enter(root);
  return (part) => numberOfPart.get(part)!;
}

function idsOf(parts: readonly MachinePart[], place: number): number[] {
  return parts.map(({ names }) => names[place]!).flatMap((name) => ('id' in name ? [name.id] : []));
}

function memoryOf(parts: readonly MachinePart[], place: number) {
  const sizes = parts
    .map(({ names }) => names[place]!)
    .flatMap((name) => (name.kind === 'node' && name.memoryMiB !== null ? [name.memoryMiB] : []));
  if (sizes.length < parts.length) return null;
  return {
    min: sizes.reduce((a, b) => Math.min(a, b)),
    max: sizes.reduce((a, b) => Math.max(a, b)),
  };
}

function foldedNames(parts: readonly MachinePart[]): FoldedName[] {
  return parts[0]!.names.map((name, place): FoldedName => {
    switch (name.kind) {
      case 'package':
      case 'die':
        return { kind: name.kind, ids: idsOf(parts, place) };
      case 'node':
        return { kind: 'node', ids: idsOf(parts, place), memoryMiB: memoryOf(parts, place) };
      default:
        return name;
    }
  });
}

/**
 * The tree with equal siblings folded where `isFolded` says so of their depth (1 is just below the
 * machine); in order of the first of each.
 */
export function foldMachine(root: MachinePart, isFolded: (depth: number) => boolean): FoldedPart {
  const shapeOf = shapeNumbers(root);
  const fold = (parts: readonly MachinePart[], depth: number): FoldedPart => {
    const first = parts[0]!;
    return {
      names: foldedNames(parts),
      count: parts.length,
      states: first.states,
      first: first.cpus,
      last: parts.at(-1)!.cpus,
      children: siblings(first.children, depth + 1).map((equal) => fold(equal, depth + 1)),
      leftOut: 0,
    };
  };
  const siblings = (parts: readonly MachinePart[], depth: number): readonly MachinePart[][] => {
    if (!isFolded(depth)) return parts.map((part) => [part]);
    const byShape = new Map<number, MachinePart[]>();
    for (const part of parts) {
      const equal = byShape.get(shapeOf(part));
      if (equal === undefined) byShape.set(shapeOf(part), [part]);
      else equal.push(part);
    }
    return [...byShape.values()];
  };
  return fold([root], 0);
}

/** The tree with at most so many parts below its root: the outer ones and the earlier ones are kept. */
export function boundParts(root: FoldedPart, most: number): FoldedPart {
  const kept = new Map<FoldedPart, number>();
  let room = most;
  let level: readonly FoldedPart[] = [root];
  while (level.length > 0) {
    for (const part of level) {
      const count = Math.min(part.children.length, room);
      kept.set(part, count);
      room -= count;
    }
    level = level.flatMap((part) => part.children.slice(0, kept.get(part)));
  }
  const bounded = (part: FoldedPart): FoldedPart => {
    const count = kept.get(part) ?? 0;
    return {
      ...part,
      children: part.children.slice(0, count).map(bounded),
      leftOut: part.children.length - count,
    };
  };
  return bounded(root);
}
