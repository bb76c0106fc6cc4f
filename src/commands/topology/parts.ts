/** Parts of a machine as they are drawn, and the tree of them with equal siblings folded, so that 8,192 CPUs fit a page. */
import { type List, listFrom } from '../../topology/cpu-sets.ts';
import type { CpuIds } from '../../topology/cpulist.ts';

/** CPUs run threads, are there and do not, or are possible but not there. */
export type CpuState = 'online' | 'offline' | 'absent';

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

/** A part with other children. */
const withChildren = (part: Part, children: List<Part>) => ({
  names: part.names,
  count: part.count,
  first: part.first,
  last: part.last,
  states: part.states,
  children,
  leftOut: part.leftOut,
  shape: part.shape,
});

/** The names of parts of the same shape as those of one. */
function foldedNames(parts: List<Part>): PartName[] {
  const names = parts.at(0)!.names.map((name) => ({
    ...name,
    ids: [] as number[],
    memoryMiB: name.memoryMiB as Range | null,
  }));
  parts.forEach((part) => {
    part.names.forEach(({ ids, memoryMiB }, place) => {
      const name = names[place]!;
      if (typeof ids === 'number') name.ids.push(ids);
      else name.ids.push(...ids);
      name.memoryMiB =
        name.memoryMiB === null || memoryMiB === null
          ? null
          : {
              min: Math.min(name.memoryMiB.min, memoryMiB.min),
              max: Math.max(name.memoryMiB.max, memoryMiB.max),
            };
    });
  });
  return names;
}

/** Parts of the same shape as one. */
function folded(parts: List<Part>): Part {
  const first = parts.at(0)!;
  const last = parts.at(parts.length - 1)!.last;
  return {
    ...withChildren(first, first.children),
    names: foldedNames(parts),
    count: parts.length,
    last,
  };
}

/** The tree with equal siblings folded so many levels down; in order of the first of each. */
export function foldMachine(root: Part, levels: number): Part {
  if (levels === 0) return root;
  const all = root.children;
  const placesByShape = new Map<number, number[]>();
  all.forEach(({ shape }, place) => {
    const places = placesByShape.get(shape);
    if (places === undefined) placesByShape.set(shape, [place]);
    else places.push(place);
  });
  const children = Array.from(placesByShape.values(), (places) =>
    foldMachine(folded(listFrom(places, (place) => all.at(place)!)), levels - 1),
  );
  return withChildren(root, children);
}

/** The tree with at most so many parts below its root: the outer ones and the earlier ones are kept. */
export function boundParts(root: Part, most: number): Part {
  type Bounded = { -readonly [Key in keyof Part]: Part[Key] };
  const bounded: Bounded = withChildren(root, root.children);
  const reached = [bounded];
  let room = most;
  // Grows as it is walked: the next level comes after the last part of this one.
  for (const part of reached) {
    const kept: Bounded[] = part.children
      .slice(0, room)
      .map((child) => withChildren(child, child.children));
    room -= kept.length;
    part.leftOut = part.children.length - kept.length;
    part.children = kept;
    reached.push(...kept);
  }
  return bounded;
}
