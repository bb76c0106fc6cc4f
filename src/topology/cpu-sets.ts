/** Sets of CPUs, such as cores: of a regular machine there may be a million, which are no objects in memory. */
import type { CpuIds } from './cpulist.ts';

/** A list of sets; an array is one. */
export interface CpuSets extends Iterable<CpuIds> {
  readonly length: number;
  slice(from: number, to: number): readonly CpuIds[];
  forEach(look: (cpus: CpuIds, index: number) => void): void;
  map<T>(made: (cpus: CpuIds, index: number) => T): T[];
}

/** The CPUs of one array in sets of so many, in their order, each ascending; a set is a view, made when it is asked for. */
export function setsOfSize(cpus: CpuIds, size: number): CpuSets {
  const length = cpus.length / size;
  const ascend = cpus.every((cpu, i) => i % size === 0 || cpu > cpus[i - 1]!);
  const all = ascend ? cpus : cpus.slice();
  const at = (i: number) => all.subarray(i * size, (i + 1) * size);
  if (!ascend) for (let i = 0; i < length; i++) at(i).sort();
  const slice = (from: number, to: number) =>
    Array.from({ length: Math.max(0, Math.min(to, length) - from) }, (_, i) => at(from + i));
  return {
    length,
    slice,
    forEach(look) {
      for (let i = 0; i < length; i++) look(at(i), i);
    },
    map: (made) => Array.from({ length }, (_, i) => made(at(i), i)),
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield at(i);
    },
  };
}

/** CPUs of an array that small sets share. */
const CHUNK = 1 << 16;

/** Makes sets views of few arrays: an array of its own takes 200 bytes, of a million cores 200 MB. */
export function createPacking(): (cpus: CpuIds) => CpuIds {
  let chunk = new Int32Array(0);
  let used = 0;
  return (cpus) => {
    if (cpus.length > CHUNK / 64) return cpus;
    if (used + cpus.length > chunk.length) {
      chunk = new Int32Array(CHUNK);
      used = 0;
    }
    chunk.set(cpus, used);
    used += cpus.length;
    return chunk.subarray(used - cpus.length, used);
  };
}
