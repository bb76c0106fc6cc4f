/** A machine from hwloc XML of versions 1 to 3 (`lstopo --of xml`). */
import { InputError } from '../../errors.ts';
import { HIGHEST_CPU_ID, HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { MIB } from '../../units.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { CacheGroup, Die, NumaNode, Package } from '../topology.ts';
import {
  byLevelAndCpu,
  byLowestCpu,
  describe,
  knownPageSize,
  type MachineDescription,
  missingOf,
  unionOf,
} from './description.ts';
import {
  finite,
  type HwlocDocument,
  type HwlocMatrix,
  type HwlocObject,
  membersOf,
  placeOf,
  readHwlocDocument,
} from './hwloc-document.ts';

/** The kernel's distance of a node to itself (include/linux/topology.h, LOCAL_DISTANCE). */
const LOCAL_DISTANCE = 10;

/** The farthest: a byte of ACPI's table. */
const LONGEST_DISTANCE = 255;

/** Of packages and dies, as the kernel has them. */
const HIGHEST_ID = 2 ** 31 - 1;

/** CPUs that have an object. @throws InputError where there is none, or one is there twice. */
function processingUnits(objects: readonly HwlocObject[]): CpuIds {
  const seen = new Set<number>();
  for (const unit of objects.filter(({ type }) => type === 'PU')) {
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
}

/**
 * hwloc 1.x says which CPUs are on-line. Later versions do not: those of the machine that have no
 * object may be off-line, or forbidden by a cgroup.
 */
function cpusOf({ machine, objects }: HwlocDocument, remarks: string[]): Cpus {
  const units = processingUnits(objects);
  const complete = finite(machine.completeCpuset);
  const reported = finite(machine.onlineCpuset) ?? new Int32Array(0);
  const online = reported.length === 0 ? units : unionOf([units, reported]);
  if (complete === null) return { present: null, online };
  const present = unionOf([complete, online]);
  const on = new Set(online);
  const off = present.filter((cpu) => !on.has(cpu));
  if (off.length > 0 && reported.length === 0) {
    remarks.push(
      `CPUs of complete_cpuset without an object are taken as off-line, though those that a cgroup forbids look the same (lstopo --disallowed shows them): ${formatCpulist(off)}`,
    );
  }
  return { present, online };
}

/** Linux's own ids, or 0, 1, … in the order of the file where some have none or the same. */
function numbered(
  objects: readonly HwlocObject[],
  what: string,
  remarks: Pick<Set<string>, 'add'>,
): ReadonlyMap<HwlocObject, number> {
  const beyond = objects.find(({ osIndex }) => (osIndex ?? 0) > HIGHEST_ID);
  if (beyond !== undefined) {
    throw new InputError(
      `${placeOf(beyond)}: os_index is ${beyond.osIndex}; expected ${HIGHEST_ID} at most`,
    );
  }
  const ids = objects.map(({ osIndex }) => osIndex);
  const distinct = !ids.includes(null) && new Set(ids).size === ids.length;
  if (!distinct) {
    remarks.add(`ids of ${what} are missing or repeat: they are numbered in the order of the file`);
  }
  return new Map(objects.map((object, i) => [object, distinct ? (ids[i] ?? i) : i]));
}

/** Packages in the order of their ids; dies, which hwloc 2.1 and later report, of packages and ids. */
function packagesAndDies(
  objects: readonly HwlocObject[],
  remarks: string[],
): { packages: Package[]; dies: Die[] } {
  const said = new Set<string>();
  const found = objects.filter(({ type }) => type === 'Package' || type === 'Socket');
  const packageIds = numbered(found, 'packages', said);
  const byPackage = new Map<HwlocObject | null, HwlocObject[]>();
  for (const die of objects.filter(({ type }) => type === 'Die')) {
    const others = byPackage.get(die.within);
    if (others === undefined) byPackage.set(die.within, [die]);
    else others.push(die);
  }
  const dies = [...byPackage].flatMap(([within, members]) => {
    const ids = numbered(members, 'dies', said);
    const packageId = within === null ? null : (packageIds.get(within) ?? null);
    return members.map((die): Die => ({ packageId, id: ids.get(die)!, cpus: membersOf(die) }));
  });
  remarks.push(...said);
  return {
    packages: found
      .map((object): Package => ({ id: packageIds.get(object)!, cpus: membersOf(object) }))
      .toSorted((a, b) => a.id - b.id),
    dies: dies.toSorted((a, b) => (a.packageId ?? -1) - (b.packageId ?? -1) || a.id - b.id),
  };
}

function cachesOf(objects: readonly HwlocObject[]): readonly CacheGroup[] {
  return objects
    .flatMap((object) =>
      object.cacheLevel === null ? [] : [{ level: object.cacheLevel, cpus: membersOf(object) }],
    )
    .toSorted(byLevelAndCpu);
}

function nodeIdOf(node: HwlocObject): number {
  if (node.osIndex === null) throw new InputError(`${placeOf(node)}: no os_index, Linux's number`);
  if (node.osIndex <= HIGHEST_NODE_ID) return node.osIndex;
  throw new InputError(
    `${placeOf(node)}: os_index is ${node.osIndex}; the highest NUMA node there can be is ${HIGHEST_NODE_ID}`,
  );
}

/** In the order of their ids. @throws InputError where a node has no id, or that of another. */
function nodesById(objects: readonly HwlocObject[]): readonly HwlocObject[] {
  const nodes = objects.toSorted((a, b) => nodeIdOf(a) - nodeIdOf(b));
  const again = nodes.find((node, i) => node.osIndex === nodes[i - 1]?.osIndex);
  if (again === undefined) return nodes;
  throw new InputError(`${placeOf(again)}: a second NUMA node with os_index ${again.osIndex}`);
}

/**
 * The nodes that have an object, and those that are hidden from a job: their CPUs have the node in
 * their complete_nodeset. In the order of their ids.
 */
function withHidden(
  nodes: readonly HwlocObject[],
  { objects, machine, hiddenNodes }: HwlocDocument,
  remarks: string[],
): readonly HwlocObject[] {
  const hidden = hiddenNodes.filter((id) => nodes.every(({ osIndex }) => osIndex !== id));
  if (hidden.length === 0) return nodes;
  const units = objects.filter(({ type }) => type === 'PU');
  remarks.push(
    `NUMA node${hidden.length === 1 ? '' : 's'} ${formatCpulist(hidden)} ${hidden.length === 1 ? 'is' : 'are'} hidden from the job that wrote the file: their CPUs are told by complete_nodeset, their memory is not`,
  );
  const added = Array.from(hidden, (osIndex): HwlocObject => {
    const near = units.filter((unit) => unit.nodes?.includes(osIndex));
    const ids = Int32Array.from(near, (unit) => unit.osIndex ?? 0).sort();
    const cpuset = { ids, endless: false };
    return { ...machine, type: 'NUMANode', osIndex, gpIndex: null, cpuset, completeCpuset: cpuset };
  });
  return [...nodes, ...added].toSorted((a, b) => nodeIdOf(a) - nodeIdOf(b));
}

/**
 * A CPU is on the node of lowest id that has it. In hwloc 2 and 3 every node has CPUs, its locality:
 * memory of a GPU, of CXL or on the package has those of an ordinary node once more, and is left
 * with none. Linux numbers the nodes with CPUs first, and this rule gives what sysfs says of them.
 */
function nodesOf(sorted: readonly HwlocObject[], remarks: string[]): readonly NumaNode[] | null {
  if (sorted.length === 0) return null;
  const taken = new Set<number>();
  const withoutCpus: number[] = [];
  const nodes = sorted.map((object) => {
    const id = nodeIdOf(object);
    const local = membersOf(object);
    const cpus = local.filter((cpu) => !taken.has(cpu));
    const shared = local.filter((cpu) => taken.has(cpu));
    for (const cpu of cpus) taken.add(cpu);
    if (local.length > 0 && cpus.length === 0) withoutCpus.push(id);
    else if (shared.length > 0) {
      remarks.push(
        `CPUs ${formatCpulist(shared)} are on NUMA node ${id} and on one of lower id: they count on the lower`,
      );
    }
    const { memoryBytes } = object;
    return memoryBytes === null
      ? { id, cpus }
      : { id, cpus, memoryMiB: Math.floor(memoryBytes / MIB) };
  });
  if (withoutCpus.length > 0) {
    const [which, have] = withoutCpus.length === 1 ? ['node', 'has'] : ['nodes', 'have'];
    const ids = formatCpulist(Int32Array.from(withoutCpus));
    remarks.push(
      `NUMA ${which} ${ids} ${have} memory only: hwloc names the CPUs near to it, which are on nodes of lower ids`,
    );
  }
  return nodes;
}

/** For each node the row of the matrix; null where the matrix is not about these very nodes. */
function rowsOf(
  { indexes, indexing, values }: HwlocMatrix,
  nodes: readonly HwlocObject[],
  fileOrder: readonly HwlocObject[],
): readonly number[] | null {
  if (values.length !== nodes.length ** 2) return null;
  const rows = nodes.map((node) =>
    indexes === null
      ? fileOrder.indexOf(node)
      : indexes.indexOf((indexing === 'gp' ? node.gpIndex : node.osIndex) ?? -1),
  );
  return rows.includes(-1) || new Set(rows).size < rows.length ? null : rows;
}

/**
 * The SLIT, a row and a column for each of `nodes`. In hwloc 1.x, which does not say what a matrix is
 * between, it is the one of that size with the kernel's distance 10 on its diagonal.
 */
function distancesOf(
  matrices: readonly HwlocMatrix[],
  nodes: readonly HwlocObject[],
  fileOrder: readonly HwlocObject[],
  remarks: string[],
): readonly (readonly number[])[] {
  for (const { line, indexes, values, ...matrix } of matrices) {
    const leftOut = (why: string) =>
      remarks.push(`NUMA distances on line ${line} are left out: ${why}`);
    const rows = rowsOf({ line, indexes, values, ...matrix }, nodes, fileOrder);
    if (rows === null) {
      if (indexes !== null) leftOut('they are between other nodes');
      continue;
    }
    const at = (row: number, column: number) => values[row * nodes.length + column]!;
    if (indexes === null && rows.some((row) => at(row, row) !== LOCAL_DISTANCE)) continue;
    const odd = values.find((value) => !Number.isInteger(value) || value > LONGEST_DISTANCE);
    if (odd === undefined) return rows.map((row) => rows.map((column) => at(row, column)));
    leftOut(`${odd} is not a whole number up to ${LONGEST_DISTANCE}`);
  }
  return [];
}

/** The base page, in bytes: the smallest that the file names; hwloc 3 names none. */
function smallestOf(sizes: readonly number[]): number | null {
  return sizes.length === 0 ? null : sizes.reduce((low, size) => Math.min(low, size));
}

/**
 * What hwloc XML reports of the machine. Memory-only nodes have no CPUs; groups, devices and
 * memory-side caches are passed over. No info is read: no name, for those there are host names and
 * serial numbers.
 * @throws InputError with the line of what is malformed or impossible.
 */
export function describeHwlocXml(text: string): MachineDescription {
  const document = readHwlocDocument(text);
  const { version, objects } = document;
  const remarks: string[] = [];
  const cpus = cpusOf(document, remarks);
  const { packages, dies } = packagesAndDies(objects, remarks);
  const inFile = objects.filter(({ type }) => type === 'NUMANode');
  const byId = nodesById(inFile);
  const all = withHidden(byId, document, remarks);
  const numaNodes = nodesOf(all, remarks);
  const distances = distancesOf(document.matrices, all, inFile, remarks);
  const cores = objects.filter(({ type }) => type === 'Core').map(membersOf);
  const caches = cachesOf(objects);
  return describe({
    form: `hwloc XML ${version}`,
    ...cpus,
    cores: cores.toSorted(byLowestCpu),
    dies,
    caches,
    packages,
    numaNodes,
    distances,
    hidesNodes: document.hiddenNodes.length > 0,
    pageSize: knownPageSize(smallestOf(document.pageSizes), remarks),
    missing: missingOf({
      cores,
      packages,
      ...(version === '1.x' ? { dies: null } : {}),
      caches,
      nodes: numaNodes,
      ...(all.length > 1 ? { distances } : {}),
    }),
    remarks,
  });
}
