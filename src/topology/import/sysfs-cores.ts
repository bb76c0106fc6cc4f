/** Cores, packages and dies from cpu/cpuN/topology (drivers/base/topology.c, Linux 6.12). */
import type { CpuIds } from '../cpulist.ts';
import type { Package } from '../topology.ts';
import type { DescribedDie } from './description.ts';
import { type CpuFile, type CpuReader, listOrMask } from './sysfs-cpus.ts';
import { type Groups, groupsByKey, groupsOf } from './sysfs-groups.ts';
import { readId } from './sysfs-numbers.ts';
import type { SysfsTree } from './sysfs-tree.ts';

/** The first pair of names is there since 5.3; the second has been there before, and still is. */
const CORE_FILES = [
  ...listOrMask('core_cpus_list', 'core_cpus'),
  ...listOrMask('thread_siblings_list', 'thread_siblings'),
];
const PACKAGE_FILES = [
  ...listOrMask('package_cpus_list', 'package_cpus'),
  ...listOrMask('core_siblings_list', 'core_siblings'),
];
const DIE_FILES = listOrMask('die_cpus_list', 'die_cpus');

/** What was found of one kind of thing, and what there is to say of it (MachineDescription). */
export interface Found<T> {
  readonly found: readonly T[];
  readonly untold: readonly string[];
  readonly resolved: readonly string[];
}

export interface Cpus {
  /** The on-line CPUs that have a folder, ascending. */
  readonly told: readonly number[];
}

const folderOf = (cpu: number) => `cpu/cpu${cpu}/topology`;

export function nothingFound<T>(what: string, fault: string | null): Found<T> {
  return fault === null
    ? { found: [], untold: [what], resolved: [] }
    : { found: [], untold: [], resolved: [`${what} are left out: ${fault}`] };
}

function groupsIn({ told }: Cpus, read: CpuReader, files: readonly CpuFile[]): Groups {
  return groupsOf(told, (cpu) => read(folderOf(cpu), files));
}

/** The id in a file of each CPU's; null where some CPU has none. */
function idsOf(tree: SysfsTree, { told }: Cpus, file: string): ReadonlyMap<number, number> | null {
  const ids = new Map<number, number>();
  for (const cpu of told) {
    const id = readId(tree, `${folderOf(cpu)}/${file}`);
    if (id === null) return null;
    ids.set(cpu, id);
  }
  return ids;
}

/** The id of a group: that of its lowest CPU with a folder; there is one, the CPU that told of it. */
function idOfGroup(group: CpuIds, ids: ReadonlyMap<number, number>): number {
  return ids.get(group.find((cpu) => ids.has(cpu)) ?? -1) ?? -1;
}

/** The SMT siblings of each core. core_id is of no use: it repeats from package to package. */
export function coresOf(cpus: Cpus, read: CpuReader): Found<CpuIds> {
  const { groups, fault } = groupsIn(cpus, read, CORE_FILES);
  return groups.length === 0
    ? nothingFound('cores', fault)
    : { found: groups, untold: [], resolved: [] };
}

/** Packages by their sets of CPUs; by their ids alone where no set is told. In the order of ids. */
export function packagesOf(tree: SysfsTree, cpus: Cpus, read: CpuReader): Found<Package> {
  const ids = idsOf(tree, cpus, 'physical_package_id');
  if (ids === null) return nothingFound('packages', null);
  const told = groupsIn(cpus, read, PACKAGE_FILES);
  const { groups, fault } =
    told.groups.length > 0 || told.fault !== null
      ? told
      : { groups: groupsByKey(cpus.told, (cpu) => ids.get(cpu) ?? null), fault: null };
  if (groups.length === 0) return nothingFound('packages', fault);
  const packages = groups.map((group) => ({ id: idOfGroup(group, ids), cpus: group }));
  if (new Set(packages.map(({ id }) => id)).size === packages.length) {
    return { found: packages.toSorted((a, b) => a.id - b.id), untold: [], resolved: [] };
  }
  // On s390 they repeat from book to book.
  return {
    found: packages.map(({ cpus: members }, id) => ({ id, cpus: members })),
    untold: [],
    resolved: [
      `physical_package_id repeats: the ${packages.length} packages are numbered in the order of their CPUs`,
    ],
  };
}

/** Dies by their sets of CPUs, in the order of packages and ids. */
export function diesOf(
  tree: SysfsTree,
  cpus: Cpus,
  read: CpuReader,
  packages: readonly Package[],
): Found<DescribedDie> {
  const ids = idsOf(tree, cpus, 'die_id');
  if (ids === null) return nothingFound('dies', null);
  const { groups, fault } = groupsIn(cpus, read, DIE_FILES);
  if (groups.length === 0) return nothingFound('dies', fault);
  const dies = groups.map((group) => ({
    packageId: packages.find((pkg) => pkg.cpus.includes(group[0]!))?.id ?? null,
    id: idOfGroup(group, ids),
    cpus: group,
  }));
  if (new Set(dies.map(({ packageId, id }) => `${packageId} ${id}`)).size < dies.length) {
    return nothingFound('dies', 'die_id repeats within a package, or packages are not told');
  }
  return {
    found: dies.toSorted((a, b) => (a.packageId ?? 0) - (b.packageId ?? 0) || a.id - b.id),
    untold: [],
    resolved: [],
  };
}
