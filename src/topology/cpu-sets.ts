/** Sets of CPUs, such as cores: of a regular machine there may be a million, which are no objects in memory. */
import type { CpuIds } from './cpulist.ts';

/** What is looked at in its order; an array is one, and what is made only when it is asked for. */
export interface List<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
  slice(from: number, to: number): readonly T[];
  forEach(look: (item: T, index: number) => void): void;
  map<U>(made: (item: T, index: number) => U): U[];
  filter(keep: (item: T) => boolean): readonly T[];
}

export type CpuSets = List<CpuIds>;

/** Whether it is a list of listOf(), which has no items of its own. */
export const isMade = (value: object): value is List<unknown> =>
  'forEach' in value && Object.hasOwn(value, 'forEach');

/** A list of `length` items, of which none is kept: a million cores or packages are no objects in memory. */
export function listOf<T>(length: number, at: (index: number) => T): List<T> {
  return {
    length,
    at: (index) => (index < length ? at(index) : undefined),
    slice: (from, to) =>
      Array.from({ length: Math.max(0, Math.min(to, length) - from) }, (_, i) => at(from + i)),
    forEach(look) {
      for (let i = 0; i < length; i++) look(at(i), i);
    },
    map: (made) => Array.from({ length }, (_, i) => made(at(i), i)),
    filter(keep) {
      const kept: T[] = [];
      this.forEach((item) => void (keep(item) && kept.push(item)));
      return kept;
    },
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield at(i);
    },
  };
}

/** As map(), each made when it is asked for. */
export const listFrom = <T, U>(items: List<T>, made: (item: T, index: number) => U): List<U> =>
  listOf(items.length, (i) => made(items.at(i)!, i));

/** The items of lists, one list after the other. */
export function joined<T>(lists: readonly List<T>[]): List<T> {
  let length = 0;
  const starts = lists.map((list) => {
    length += list.length;
    return length - list.length;
  });
  return listOf(length, (i) => {
    const of = starts.findLastIndex((start) => start <= i);
    return lists[of]!.at(i - starts[of]!)!;
  });
}

export const setsIn = (groups: List<{ readonly cpus: CpuIds }>): CpuSets =>
  listFrom(groups, ({ cpus }) => cpus);

/** The CPUs of one array in sets of so many, in their order, each ascending; a set is a view, made when it is asked for. */
export function setsOfSize(cpus: CpuIds, size: number): CpuSets {
  const length = cpus.length / size;
  const ascend = cpus.every((cpu, i) => i % size === 0 || cpu > cpus[i - 1]!);
  const all = ascend ? cpus : cpus.slice();
  const at = (i: number) => all.subarray(i * size, (i + 1) * size);
  if (!ascend) for (let i = 0; i < length; i++) at(i).sort();
  return listOf(length, at);
}

/** Sets in one array: one of their own takes 200 bytes each, of a million cores 200 MB. */
export function packedSets(length: number, setAt: (index: number) => CpuIds): CpuSets {
  const starts = new Int32Array(length + 1);
  let cpus = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const set = setAt(i);
    const end = starts[i]! + set.length;
    if (end > cpus.length) {
      const larger = new Int32Array(2 * end);
      larger.set(cpus);
      cpus = larger;
    }
    cpus.set(set, starts[i]!);
    starts[i + 1] = end;
  }
  return listOf(length, (i) => cpus.subarray(starts[i]!, starts[i + 1]!));
}

/**
 * Ids in the order of their keys, which are from 0 to `keys` − 1, and in their own where keys are equal
 * (a counting sort): those of a key are from starts[key] to starts[key + 1].
 */
export function sortedByKey(
  ids: readonly number[] | Int32Array,
  keyOf: (id: number) => number,
  keys: number,
): { readonly ids: Int32Array; readonly starts: Int32Array } {
  // Counted two places on, so that filling leaves the starts where they belong.
  const starts = new Int32Array(keys + 2);
  for (const id of ids) starts[keyOf(id) + 2]! += 1;
  for (let key = 2; key <= keys + 1; key++) starts[key]! += starts[key - 1]!;
  const sorted = new Int32Array(ids.length);
  for (const id of ids) {
    const next = keyOf(id) + 1;
    sorted[starts[next]!] = id;
    starts[next]! += 1;
  }
  return { ids: sorted, starts: starts.subarray(0, keys + 1) };
}

/** The ids of each key, as sortedByKey() puts them in order. */
export function setsByKey(cpus: CpuIds, keyOf: (id: number) => number, keys: number): CpuSets {
  const { ids, starts } = sortedByKey(cpus, keyOf, keys);
  return listOf(keys, (key) => ids.subarray(starts[key]!, starts[key + 1]!));
}
