/** The tree of a machine with equal siblings folded, so that 8,192 CPUs fit a page. */
import type { CpuIds } from '../../topology/cpulist.ts';
import type { CpuState, MachinePart, PartName, StateCounts } from './machine-tree.ts';

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

/** How many parts there are below, those that fold into one as one. */
export function countParts(part: FoldedPart): number {
  return part.children.reduce((sum, child) => sum + 1 + countParts(child), 0);
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
