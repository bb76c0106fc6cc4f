/** Cores, packages, caches and nodes from the numbers in a table of lscpu. */
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { CacheGroup, NumaNode, Package } from '../topology.ts';
import { byLevelAndCpu, byLowestCpu } from './in-order.ts';
import type { LscpuRow } from './lscpu-row.ts';

export interface LscpuGroups<T> {
  readonly found: readonly T[];
  readonly resolved: readonly string[];
}

/** The CPUs of rows with the same key, in the order of the keys' first rows; null is in no group. */
function grouped<Key>(
  rows: readonly LscpuRow[],
  keyOf: (row: LscpuRow) => Key | null,
): ReadonlyMap<Key, CpuIds> {
  const members = new Map<Key, number[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const cpus = members.get(key);
    if (cpus === undefined) members.set(key, [row.cpu]);
    else cpus.push(row.cpu);
  }
  return new Map([...members].map(([key, cpus]) => [key, Int32Array.from(cpus).sort()]));
}

/** The level of a cache that holds data: "l1d" is of level 1; null for "l1i". */
function levelOf(name: string): number | null {
  return name.endsWith('i') ? null : Number(name.charAt(1));
}

const LOWEST_LEVEL = 1;
const HIGHEST_LEVEL = 5;

/** CPUs with the same id in the column of a cache share it. */
export function cachesOf(
  rows: readonly LscpuRow[],
  names: readonly string[],
): readonly CacheGroup[] {
  const levels = names.map(levelOf);
  return names
    .flatMap((_, i) => {
      const level = levels[i] ?? null;
      if (level === null || levels.indexOf(level) !== i) return [];
      if (level < LOWEST_LEVEL || level > HIGHEST_LEVEL) return [];
      const groups = grouped(rows, ({ caches }) => caches[i] ?? null);
      return [...groups.values()].map((cpus) => ({ level, cpus }));
    })
    .toSorted(byLevelAndCpu);
}

/**
 * CPUs with the same number in CORE, of the same socket. lscpu numbers the cores of each CPU model
 * from 0 (util-linux 2.38, lscpu-topology.c), with -y those of each die: CPUs that do not
 * share their first cache are not of one core.
 */
export function coresOf(rows: readonly LscpuRow[], names: readonly string[]): LscpuGroups<CpuIds> {
  const first = names.findIndex((name) => levelOf(name) === LOWEST_LEVEL);
  const numberOf = ({ core, socket, book }: LscpuRow) =>
    core === null ? null : `${book}/${socket}/${core}`;
  const keyOf = (row: LscpuRow) => {
    const number = numberOf(row);
    return number === null ? null : `${number}/${row.caches[first] ?? ''}/${row.model}`;
  };
  const found = [...grouped(rows, keyOf).values()].toSorted(byLowestCpu);
  const apart = found.length - grouped(rows, numberOf).size;
  return {
    found,
    resolved:
      apart === 0
        ? []
        : [
            'some cores have the same number but their own L1 cache or model: they are kept apart, for lscpu numbers the cores of each model from 0',
          ],
  };
}

/** By the numbers in SOCKET, which are lscpu's own: 0, 1, … (with -y physical_package_id). */
export function packagesOf(rows: readonly LscpuRow[]): LscpuGroups<Package> {
  const sockets = grouped(rows, ({ socket, book }) =>
    socket === null ? null : `${book}/${socket}`,
  );
  const found = [...sockets].map(([key, cpus]) => ({
    id: Number(key.slice(key.lastIndexOf('/') + 1)),
    cpus,
  }));
  if (new Set(found.map(({ id }) => id)).size === found.length) {
    return { found: found.toSorted((a, b) => a.id - b.id), resolved: [] };
  }
  return {
    found: found.map(({ cpus }, id) => ({ id, cpus })),
    resolved: ['sockets of several books have the same number: packages are numbered anew'],
  };
}

/** By the numbers in NODE, which are Linux's. Null where no CPU has one. */
export function nodesOf(rows: readonly LscpuRow[]): readonly NumaNode[] | null {
  const nodes = grouped(rows, ({ node }) => node);
  if (nodes.size === 0) return null;
  return [...nodes].map(([id, cpus]) => ({ id, cpus })).toSorted((a, b) => a.id - b.id);
}

/** Whose last caches the table leaves out, as a remark. */
export function cachesMissing(rows: readonly LscpuRow[]): readonly string[] {
  const fewer = rows.filter(({ caches }) => caches.at(-1) === null && caches[0] !== null);
  if (fewer.length === 0 || fewer.length === rows.length) return [];
  const cpus = formatCpulist(Int32Array.from(fewer, ({ cpu }) => cpu).sort());
  return [
    `where a CPU has fewer caches than the table has columns, those of the highest levels are taken as missing: ${cpus}`,
  ];
}
