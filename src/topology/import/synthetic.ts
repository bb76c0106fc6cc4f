/** Machines from hwloc's synthetic strings, as lstopo 2.9 builds them. */

import { InputError, quote } from '../../errors.ts';
import { HIGHEST_CPU_ID, HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { type CpuSets, joined, type List, listFrom, setsOfSize } from '../cpu-sets.ts';
import type { CpuIds } from '../cpulist.ts';
import type { CacheGroup, Die, NumaNode, Package } from '../topology.ts';
import { describe, type MachineDescription, type Numbering } from './description.ts';
import {
  parseSynthetic,
  type SyntheticLevel,
  type SyntheticMachine,
  typeName,
  typeOf,
} from './synthetic-string.ts';

/** A level as loops see it: its name, and how many there are of it in the machine. */
interface CountedLevel {
  readonly name: string;
  readonly width: number;
}

interface Loop {
  readonly step: number;
  readonly count: number;
}

function listed(text: string, total: number, highest: number, place: string): Int32Array {
  const words = text.split(',');
  if (words.length !== total) {
    throw new InputError(`${place}: ${words.length} indexes: expected ${total}, one each`);
  }
  const seen = new Set<number>();
  return Int32Array.from(words, (word) => {
    const index = /^\d{1,7}$/.test(word) ? Number(word) : Number.NaN;
    if (!(index <= highest)) {
      throw new InputError(`${place}: ${quote(word)} is no index from 0 to ${highest}`);
    }
    if (seen.has(index)) throw new InputError(`${place}: index ${index} is there twice`);
    seen.add(index);
    return index;
  });
}

/** 2^20 CPUs need twenty of two each. */
const MOST_LOOPS = 64;

function numberedLoops(text: string, place: string): Loop[] {
  const words = text.split(':', MOST_LOOPS + 1);
  if (words.length > MOST_LOOPS) {
    throw new InputError(`${place}: more than ${MOST_LOOPS} loops`);
  }
  return words.map((word) => {
    const [, step = '', count = ''] = /^([1-9]\d{0,6})\*([1-9]\d{0,6})$/.exec(word) ?? [];
    if (step === '') {
      throw new InputError(
        `${place}: ${quote(word)} is no loop: expected STEP*COUNT, both at least 1`,
      );
    }
    return { step: Number(step), count: Number(count) };
  });
}

/** "core:pack": over the cores of a package first, then over the packages. */
function namedLoops(
  text: string,
  total: number,
  levels: readonly CountedLevel[],
  place: string,
): Loop[] {
  const depths = text.split(':').map((word) => {
    const name = typeName(typeOf(word, place));
    const depth = levels.findIndex((level) => level.name === name);
    if (depth < 0) throw new InputError(`${place}: there is no ${name} level above`);
    return depth;
  });
  if (new Set(depths).size < depths.length) {
    throw new InputError(`${place}: a level is there twice`);
  }
  return depths.map((depth) => {
    const outer = Math.max(0, ...depths.filter((other) => other < depth));
    const { width } = levels[depth]!;
    return { step: total / width, count: width / levels[outer]!.width };
  });
}

/** One loop may be left out where it is the innermost. */
function completed(loops: readonly Loop[], total: number, place: string): readonly Loop[] {
  const covered = loops.reduce((product, { count }) => product * count, 1);
  if (covered === total) return loops;
  const smallest = Math.min(...loops.map(({ step }) => step));
  if (smallest * covered !== total) {
    throw new InputError(`${place}: the loops number ${covered} objects: expected ${total}`);
  }
  return [...loops, { step: 1, count: smallest }];
}

/**
 * For each object of a level its number.
 * @param levels The levels above, from the machine inwards.
 * @throws InputError where not every object gets a number of its own, from 0 to `highest`.
 */
function indexesOf(
  text: string,
  total: number,
  highest: number,
  levels: readonly CountedLevel[],
): Int32Array {
  const place = `indexes=${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
  if (/^[\d,]+$/.test(text)) return listed(text, total, highest, place);
  const written = /^\d/.test(text)
    ? numberedLoops(text, place)
    : namedLoops(text, total, levels, place);
  const loops = completed(written, total, place);
  const seen = new Uint8Array(total);
  return Int32Array.from({ length: total }, (_, object) => {
    let index = 0;
    let scale = 1;
    for (const { step, count } of loops) {
      index += (Math.floor(object / step) % count) * scale;
      scale *= count;
    }
    if (seen[index] !== 0) throw new InputError(`${place}: index ${index} comes twice`);
    seen[index] = 1;
    return index;
  });
}

const LONGEST_NAME = 60;

/** 2^20 cores in packages, or cores of two threads with every cache: each takes memory. */
const MOST_OBJECTS = 1.5 * (HIGHEST_CPU_ID + 1);

/** Nodes beside each other have the same CPUs. */
const MOST_NAMED = 2 * (HIGHEST_CPU_ID + 1);

/** @throws InputError before memory is taken for more objects or nodes than there can be. */
function demandFew({ levels }: SyntheticMachine): void {
  const objects = levels.slice(0, -1).reduce((sum, { width }) => sum + width, 0);
  if (objects > MOST_OBJECTS) {
    throw new InputError(`${objects} objects above the CPUs: expected at most ${MOST_OBJECTS}`);
  }
  const nodes = levels.reduce((sum, { width, attached }) => sum + width * attached.length, 0);
  if (nodes > HIGHEST_NODE_ID + 1) {
    throw new InputError(`${nodes} NUMA nodes: expected at most ${HIGHEST_NODE_ID + 1}`);
  }
  const cpus = levels.at(-1)!.width;
  const named = levels.reduce((sum, { attached }) => sum + cpus * attached.length, 0);
  if (named > MOST_NAMED) {
    throw new InputError(`${named} CPUs in all NUMA nodes: expected at most ${MOST_NAMED}`);
  }
}

const kindIs = (kind: SyntheticLevel['type']['kind']) => (level: SyntheticLevel) =>
  level.type.kind === kind;

/** Numbers of a level's objects: as indexes= has them, else from 0 up. */
function numbersOf(levels: readonly SyntheticLevel[], depth: number, highest: number): Int32Array {
  const { indexes, width } = levels[depth]!;
  if (indexes === null) return new Int32Array(width).map((_, i) => i);
  const above = levels
    .slice(0, depth)
    .map(({ type, width: count }) => ({ name: typeName(type), width: count }));
  return indexesOf(indexes, width, highest, above);
}

/** First threads of all cores, then second threads: what x86 servers do. */
function splitNumbers(levels: readonly SyntheticLevel[]): Int32Array {
  const total = levels.at(-1)!.width;
  const cores = levels.find(kindIs('core'))?.width;
  if (cores === undefined) {
    throw new InputError('--numbering split: the string has no core level, such as core:4');
  }
  const threads = total / cores;
  return new Int32Array(total).map((_, i) => (i % threads) * cores + Math.floor(i / threads));
}

function cpuNumbers(levels: readonly SyntheticLevel[], numbering: Numbering | null): Int32Array {
  const pus = levels.at(-1)!;
  if (numbering !== null && pus.indexes !== null) {
    throw new InputError(`--numbering ${numbering}: the string numbers its CPUs itself (indexes=)`);
  }
  return numbering === 'split'
    ? splitNumbers(levels)
    : numbersOf(levels, levels.length - 1, HIGHEST_CPU_ID);
}

/** The CPUs of each object of a level. */
const groupsOf = ({ width }: SyntheticLevel, cpus: Int32Array): CpuSets =>
  setsOfSize(cpus, cpus.length / width);

const withMemory = (id: number, cpus: CpuIds, memoryMiB: number | null): NumaNode => ({
  id,
  cpus,
  ...(memoryMiB === null ? {} : { memoryMiB }),
});

/** Attached nodes in the order in which hwloc numbers them: what is inside an object before its own. */
function attachedNodes(
  { levels, attachedIndexes }: SyntheticMachine,
  cpus: Int32Array,
): NumaNode[] {
  const total = levels.reduce((sum, { width, attached }) => sum + width * attached.length, 0);
  const ids =
    attachedIndexes === null ? null : indexesOf(attachedIndexes, total, HIGHEST_NODE_ID, []);
  const groups = levels.map((level) =>
    level.attached.length > 0 ? [...groupsOf(level, cpus)] : [],
  );
  const deepest = levels.findLastIndex(({ attached }) => attached.length > 0);
  const nodes: NumaNode[] = [];
  const visit = (depth: number, object: number) => {
    const { width, attached } = levels[depth]!;
    if (depth < deepest) {
      const arity = levels[depth + 1]!.width / width;
      for (let child = 0; child < arity; child++) visit(depth + 1, object * arity + child);
    }
    for (const { memoryMiB } of attached) {
      const id = ids?.[nodes.length] ?? nodes.length;
      nodes.push(withMemory(id, groups[depth]![object]!, memoryMiB));
    }
  };
  visit(0, 0);
  return nodes;
}

/** hwloc gives a machine without nodes one of all its CPUs. */
function nodesOf(machine: SyntheticMachine, cpus: Int32Array): NumaNode[] {
  const { levels } = machine;
  if (levels.some(({ attached }) => attached.length > 0)) return attachedNodes(machine, cpus);
  const depth = levels.findIndex(kindIs('numa'));
  if (depth < 0) return [withMemory(0, cpus.slice().sort(), null)];
  const level = levels[depth]!;
  if (level.width > HIGHEST_NODE_ID + 1) {
    throw new InputError(`${level.width} NUMA nodes: expected at most ${HIGHEST_NODE_ID + 1}`);
  }
  const ids = numbersOf(levels, depth, HIGHEST_NODE_ID);
  return groupsOf(level, cpus).map((own, i) => withMemory(ids[i]!, own, level.memoryMiB));
}

const HIGHEST_ID = 2 ** 31 - 1;

/** Objects with a number of their own, of a level that need not be there. */
function numbered(
  levels: readonly SyntheticLevel[],
  kind: 'package' | 'die',
  cpus: Int32Array,
): List<Package> {
  const depth = levels.findIndex(kindIs(kind));
  if (depth < 0) return [];
  const ids = numbersOf(levels, depth, HIGHEST_ID);
  return listFrom(groupsOf(levels[depth]!, cpus), (own, i) => ({ id: ids[i]!, cpus: own }));
}

function cachesOf(levels: readonly SyntheticLevel[], cpus: Int32Array): List<CacheGroup> {
  return joined(
    levels.flatMap((level) => {
      const { type } = level;
      if (type.kind !== 'cache' || type.instruction) return [];
      return [listFrom(groupsOf(level, cpus), (own) => ({ level: type.level, cpus: own }))];
    }),
  );
}

/** Dies with their package's id; packages inside dies (hwloc allows it) tell none. */
function diesOf(levels: readonly SyntheticLevel[], cpus: Int32Array): List<Die> {
  const packages = numbered(levels, 'package', cpus);
  const dies = numbered(levels, 'die', cpus);
  const perPackage = dies.length / packages.length;
  return listFrom(dies, ({ id, cpus: own }, i) => ({
    packageId: Number.isInteger(perPackage) ? packages.at(Math.floor(i / perPackage))!.id : null,
    id,
    cpus: own,
  }));
}

/**
 * The machine of a synthetic string. A memory size that the string does not give is not described:
 * hwloc's own 1 GiB is no fact.
 * @throws InputError that quotes what is wrong.
 */
export function describeSynthetic(text: string, numbering: Numbering | null): MachineDescription {
  const machine = parseSynthetic(text);
  demandFew(machine);
  const { levels } = machine;
  const cpus = cpuNumbers(levels, numbering);
  const all = cpus.slice().sort();
  const cores = levels.find(kindIs('core'));
  const name = text.trim().replaceAll(/\s+/g, ' ');
  return describe({
    form: 'hwloc synthetic string',
    name: /^[ -~]+$/.test(name) && name.length <= LONGEST_NAME ? name : null,
    possible: all,
    present: all,
    online: all,
    cores: cores === undefined ? [] : groupsOf(cores, cpus),
    dies: diesOf(levels, cpus),
    caches: cachesOf(levels, cpus),
    packages: numbered(levels, 'package', cpus),
    numaNodes: nodesOf(machine, cpus),
  });
}
