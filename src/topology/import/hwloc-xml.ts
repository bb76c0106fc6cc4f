/** A machine from hwloc XML of versions 1 to 3 (`lstopo --of xml`). */
import { InputError } from '../../errors.ts';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import { PAGE_SIZES, type PageSize } from '../../units.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { CacheGroup } from '../topology.ts';
import type { MachineDescription } from './description.ts';
import { chooseDistances } from './hwloc-distances.ts';
import { type HwlocDocument, readHwlocDocument } from './hwloc-document.ts';
import { nodesById, nodesOf } from './hwloc-nodes.ts';
import { finite, type HwlocObject, membersOf, placeOf } from './hwloc-object.ts';
import { diesOf, packagesOf } from './hwloc-packages.ts';
import { byLevelAndCpu, byLowestCpu } from './in-order.ts';
import { unionOf } from './settle-cpus.ts';

/** CPUs that have an object. @throws InputError where there is none, or one is there twice. */
function processingUnits(objects: readonly HwlocObject[]): CpuIds {
  const units = objects.filter(({ type }) => type === 'PU');
  const seen = new Set<number>();
  for (const unit of units) {
    const { osIndex } = unit;
    if (osIndex === null) throw new InputError(`${placeOf(unit)}: no os_index, the CPU's number`);
    if (osIndex > HIGHEST_CPU_ID) {
      throw new InputError(
        `${placeOf(unit)}: os_index is ${osIndex}; the highest CPU there can be is 1,048,575`,
      );
    }
    if (seen.has(osIndex)) throw new InputError(`${placeOf(unit)}: CPU ${osIndex} is there twice`);
    seen.add(osIndex);
  }
  if (seen.size === 0) throw new InputError('no object of type PU: the topology has no CPUs');
  return Int32Array.from(seen).sort();
}

interface Cpus {
  readonly present: CpuIds | null;
  readonly online: CpuIds;
  readonly resolved: readonly string[];
}

/**
 * hwloc 1.x says which CPUs are on-line. Later versions do not: those of the machine that have no
 * object may be off-line, or forbidden by a cgroup.
 */
function cpusOf({ machine, objects }: HwlocDocument): Cpus {
  const units = processingUnits(objects);
  const complete = finite(machine.completeCpuset);
  const told = finite(machine.onlineCpuset) ?? new Int32Array(0);
  const online = told.length === 0 ? units : unionOf([units, told]);
  if (complete === null) return { present: null, online, resolved: [] };
  const present = unionOf([complete, online]);
  const on = new Set(online);
  const off = present.filter((cpu) => !on.has(cpu));
  if (off.length === 0 || told.length > 0) return { present, online, resolved: [] };
  return {
    present,
    online,
    resolved: [
      `CPUs of complete_cpuset without an object are taken as off-line, though those that a cgroup forbids look the same (lstopo --disallowed shows them): ${formatCpulist(off)}`,
    ],
  };
}

function cachesOf(objects: readonly HwlocObject[]): readonly CacheGroup[] {
  return objects
    .flatMap((object) =>
      object.cacheLevel === null ? [] : [{ level: object.cacheLevel, cpus: membersOf(object) }],
    )
    .toSorted(byLevelAndCpu);
}

/** The base page: the smallest that the file names; hwloc 3 names none. */
function pageSizeOf(sizes: readonly number[]): { pageSize: PageSize | null; resolved: string[] } {
  if (sizes.length === 0) return { pageSize: null, resolved: [] };
  const smallest = sizes.reduce((low, size) => Math.min(low, size));
  const pageSize = PAGE_SIZES.find((size) => size === smallest) ?? null;
  return pageSize === null
    ? { pageSize, resolved: [`pages of ${smallest} bytes are none that rss-err counts in`] }
    : { pageSize, resolved: [] };
}

/**
 * What hwloc XML tells of the machine. Memory-only nodes have no CPUs; groups, devices and memory-side
 * caches are passed over. No info is read: no name, for those there are host names and serial numbers.
 * @throws InputError with the line of what is malformed or impossible.
 */
export function describeHwlocXml(text: string): MachineDescription {
  const document = readHwlocDocument(text);
  const { version, objects, matrices } = document;
  const { present, online, resolved } = cpusOf(document);
  const { packages, ...packageIds } = packagesOf(objects);
  const dies = diesOf(objects, packageIds.idOf);
  const numa = nodesOf(objects);
  const inFile = objects.filter(({ type }) => type === 'NUMANode');
  const slit = chooseDistances(matrices, nodesById(objects), inFile);
  const page = pageSizeOf(document.pageSizes);
  const cores = objects
    .filter(({ type }) => type === 'Core')
    .map(membersOf)
    .toSorted(byLowestCpu);
  const caches = cachesOf(objects);
  const missing = (part: readonly unknown[] | null, what: string) =>
    part === null || part.length === 0 ? [what] : [];
  return {
    form: `hwloc XML ${version}`,
    name: null,
    possible: null,
    present,
    online,
    cores,
    dies: dies.dies,
    caches,
    packages,
    numaNodes: numa.nodes,
    distances: slit.distances,
    pageSize: page.pageSize,
    untold: [
      ...missing(cores, 'cores'),
      ...missing(packages, 'packages'),
      ...(version === '1.x' ? ['dies'] : []),
      ...missing(caches, 'caches'),
      ...missing(numa.nodes, 'NUMA nodes and their CPUs'),
      ...(inFile.length > 1 ? missing(slit.distances, 'NUMA distances') : []),
    ],
    resolved: [
      ...resolved,
      ...packageIds.resolved,
      ...dies.resolved,
      ...numa.resolved,
      ...slit.resolved,
      ...page.resolved,
    ],
  };
}
