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

/** The CPUs of each key from 0 to `keys` − 1, in their order: a counting sort. */
export function setsByKey(cpus: CpuIds, keyOf: (cpu: number) => number, keys: number): CpuSets {
  // Counted two places on, so that filling leaves the starts where they belong.
  const starts = new Int32Array(keys + 2);
  for (const cpu of cpus) starts[keyOf(cpu) + 2]! += 1;
  for (let key = 2; key <= keys + 1; key++) starts[key]! += starts[key - 1]!;
  const sorted = new Int32Array(cpus.length);
  for (const cpu of cpus) {
    const next = keyOf(cpu) + 1;
    sorted[starts[next]!] = cpu;
    starts[next]! += 1;
  }
  return listOf(keys, (key) => sorted.subarray(starts[key]!, starts[key + 1]!));
}
