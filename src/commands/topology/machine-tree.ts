/** A machine as a tree: packages, dies, NUMA nodes, caches and cores as their CPUs lie within each other. */
import { type List, listFrom, listOf, sortedByKey } from '../../topology/cpu-sets.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Nesting, nameOf, nesting } from './nesting.ts';
import type { CpuState, Part, PartName } from './parts.ts';

export const CPU_STATES: readonly CpuState[] = ['online', 'offline', 'absent'];

const STATES = CPU_STATES.length;

const LOOSE_NAMES = ['CPUs', 'CPUs off-line', 'CPUs not present'].map((title) =>
  nameOf('cpus', title),
);

export interface MachineTree {
  readonly root: Part;
  /** Parts that overlap one that comes before them in kind, and so have no place in the tree. */
  readonly crossing: List<{ readonly name: PartName; readonly cpus: CpuIds }>;
}

/** The state of each CPU id, as its place in CPU_STATES; ids that are not possible count as absent. */
export function cpuStates({ nrCpuIds, present, online }: Topology): Uint8Array {
  const states = new Uint8Array(nrCpuIds).fill(CPU_STATES.indexOf('absent'));
  for (const cpu of present) states[cpu] = CPU_STATES.indexOf('offline');
  for (const cpu of online) states[cpu] = CPU_STATES.indexOf('online');
  return states;
}

const NO_NUMBERS = new Int32Array(0);

/**
 * What the parts of the tree hold. Parts are numbers: the items, the machine, and then for each of these
 * and each state its loose CPUs, which are in no smaller part; a part without smaller ones has none.
 */
function contentsOf(nest: Nesting, states: Uint8Array) {
  const { machine, possible, ownerOf, parentOf, largestFirst, sizes } = nest;
  const isInner = new Uint8Array(machine + 1);
  isInner[machine] = 1;
  for (const item of largestFirst) isInner[parentOf[item]!] = 1;

  const counts = new Int32Array((machine + 1) * STATES);
  const looseCounts = new Int32Array(counts.length);
  const isReached = new Uint8Array(machine);
  // In the order of their lowest CPUs, those without CPUs last.
  const parts: number[] = [];
  for (const cpu of possible) {
    const state = states[cpu]!;
    const owner = ownerOf[cpu]!;
    if (isInner[owner] === 1) {
      const loose = owner * STATES + state;
      if (looseCounts[loose] === 0) parts.push(machine + 1 + loose);
      looseCounts[loose]! += 1;
    }
    for (let item = owner; item !== machine; item = parentOf[item]!) {
      if (isReached[item] === 0) parts.push(item);
      isReached[item] = 1;
      counts[item * STATES + state]! += 1;
    }
    counts[machine * STATES + state]! += 1;
  }
  for (const item of largestFirst) if (sizes[item] === 0) parts.push(item);

  const holderOf = (part: number) =>
    part > machine ? Math.floor((part - machine - 1) / STATES) : parentOf[part]!;
  const { ids, starts } = sortedByKey(parts, holderOf, machine + 1);
  return {
    holderOf,
    partsIn: (part: number): Int32Array =>
      part > machine || isInner[part] === 0
        ? NO_NUMBERS
        : ids.subarray(starts[part]!, starts[part + 1]!),
    stateOfLoose: (part: number): number => (part - machine - 1) % STATES,
    countOf: (part: number, state: number): number => {
      if (part <= machine) return counts[part * STATES + state]!;
      const loose = part - machine - 1;
      return loose % STATES === state ? looseCounts[loose]! : 0;
    },
  };
}

type Contents = ReturnType<typeof contentsOf>;

/** A function to a number that parts have in common which are alike: in what they are, and how their CPUs and parts are. */
function shapesOf(nest: Nesting, { partsIn, countOf, stateOfLoose }: Contents) {
  const { machine, largestFirst, equalsOf, kindOf } = nest;
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const countsOf = (part: number) => `${countOf(part, 0)},${countOf(part, 1)},${countOf(part, 2)}`;
  const shapes = new Int32Array(machine + 1);
  const shapeOf = (part: number) =>
    part > machine ? numberOf(`loose ${stateOfLoose(part)}|${countsOf(part)}`) : shapes[part]!;
  const keyOf = (item: number): string => {
    // A run of equal parts is written once: a machine of a million cores has short shapes.
    const runs: [number, number][] = [];
    for (const part of partsIn(item)) {
      const shape = shapeOf(part);
      const run = runs.at(-1);
      if (run?.[0] === shape) run[1] += 1;
      else runs.push([shape, 1]);
    }
    return `${equalsOf(item).map(kindOf)}|${countsOf(item)}|${runs.join(';')}`;
  };
  // What lies in an item comes before it.
  for (const item of largestFirst.toReversed()) shapes[item] = numberOf(keyOf(item));
  return shapeOf;
}

const NO_PARTS: List<Part> = [];

/** What of a part is looked at is made then: there may be a million. */
class TreePart implements Part {
  readonly count = 1;
  readonly leftOut = 0;

  constructor(
    private readonly tree: Tree,
    private readonly part: number,
  ) {}

  get names(): readonly PartName[] {
    return this.tree.namesOf(this.part);
  }

  get first(): CpuIds {
    return this.tree.cpusOf(this.part);
  }

  get last(): CpuIds {
    return this.first;
  }

  get states(): Part['states'] {
    const [online, offline, absent] = CPU_STATES.map((_, state) =>
      this.tree.countOf(this.part, state),
    ) as [number, number, number];
    return { online, offline, absent };
  }

  get children(): List<Part> {
    const parts = this.tree.partsIn(this.part);
    if (parts.length === 0) return NO_PARTS;
    return listOf(parts.length, (i) => new TreePart(this.tree, parts[i]!));
  }

  get shape(): number {
    return this.tree.shapeOf(this.part);
  }
}

function treeOf(nest: Nesting, states: Uint8Array) {
  const { machine, ownerOf, equalsOf } = nest;
  const contents = contentsOf(nest, states);
  const { holderOf, stateOfLoose } = contents;
  return {
    ...contents,
    shapeOf: shapesOf(nest, contents),
    namesOf: (part: number): readonly PartName[] =>
      part > machine ? [LOOSE_NAMES[stateOfLoose(part)]!] : equalsOf(part).map(nest.nameOf),
    cpusOf(part: number): CpuIds {
      if (part <= machine) return nest.cpusOf(part);
      const owner = holderOf(part);
      const state = stateOfLoose(part);
      return nest.cpusOf(owner).filter((cpu) => ownerOf[cpu] === owner && states[cpu] === state);
    },
  };
}

type Tree = ReturnType<typeof treeOf>;

/** How the parts of a topology lie within each other. What it does not describe is not there. */
export function machineTree(topology: Topology): MachineTree {
  const nest = nesting(topology);
  return {
    root: new TreePart(treeOf(nest, cpuStates(topology)), nest.machine),
    crossing: listFrom(nest.crossing, (item) => ({
      name: nest.nameOf(item),
      cpus: nest.cpusOf(item),
    })),
  };
}
