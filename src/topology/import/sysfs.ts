/** A machine from a copy of /sys/devices/system: the only form that reports which CPUs are possible. */
import { InputError, quote, within } from '../../errors.ts';
import { HIGHEST_CPU_ID, HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { type CpuIds, parseCpulist } from '../cpulist.ts';
import type { CacheGroup, Die, NumaNode, Package } from '../topology.ts';
import {
  cpusByKey,
  describe,
  type MachineDescription,
  type Missing,
  unionOf,
} from './description.ts';
import {
  type CpuFile,
  type CpuReader,
  cpuReader,
  demandAtMost,
  listOrMask,
  numbered,
  type ReportedCpus,
  readId,
  type SysfsTree,
} from './sysfs-tree.ts';
import { refuseTorn } from './torn.ts';

// Cores, packages and dies are in cpu/cpuN/topology (drivers/base/topology.c, Linux 6.12). Of two
// names the first is there since 5.3; the second has been there before, and still is.
const CORE_FILES = [
  ...listOrMask('core_cpus_list', 'core_cpus'),
  ...listOrMask('thread_siblings_list', 'thread_siblings'),
];
const PACKAGE_FILES = [
  ...listOrMask('package_cpus_list', 'package_cpus'),
  ...listOrMask('core_siblings_list', 'core_siblings'),
];
const DIE_FILES = listOrMask('die_cpus_list', 'die_cpus');

/** cpu/cpuN/cache/indexM (drivers/base/cacheinfo.c, Linux 6.12). */
const CACHE_FILES = listOrMask('shared_cpu_list', 'shared_cpu_map');

/** node/nodeN (drivers/base/node.c, Linux 6.12). */
const NODE_FILES = listOrMask('cpulist', 'cpumap');

const LEVELS = [1, 2, 3, 4, 5] as const;

const KIB_A_MIB = 1024;

/** ACPI's distances are bytes (drivers/acpi/numa/srat.c, acpi_parse_slit). */
const LONGEST_DISTANCE = 255;

/** A tree on its way to a description. */
interface Reading {
  readonly tree: SysfsTree;
  readonly cpusIn: CpuReader;
  /** The on-line CPUs that have a folder, ascending. */
  readonly cpus: readonly number[];
  /** 1 for on-line CPUs. */
  readonly isOnline: Uint8Array;
  readonly missing: Missing[];
  readonly remarks: string[];
}

interface Groups {
  /** In the order of their lowest CPU; none where nothing is reported, or nothing that can be. */
  readonly groups: readonly CpuIds[];
  /** Why there are none although files report them, in a clause; null otherwise. */
  readonly fault: string | null;
}

function sameCpus(a: CpuIds, b: CpuIds): boolean {
  return a === b || (a.length === b.length && a.every((cpu, i) => cpu === b[i]));
}

/**
 * Every group that the CPUs report, each once. A CPU must be in the group that it reports, and all
 * CPUs of a group must report the same: else there is no saying who is right, and none is kept.
 */
function groupsOf(
  cpus: Iterable<number>,
  reportedBy: (cpu: number) => ReportedCpus | null,
): Groups {
  const groupOf = new Map<number, CpuIds>();
  const groups: CpuIds[] = [];
  const refuse = (fault: string): Groups => ({ groups: [], fault });
  for (const cpu of cpus) {
    const reported = reportedBy(cpu);
    if (reported === null) continue;
    const known = groupOf.get(cpu);
    if (known === undefined && !reported.cpus.includes(cpu)) {
      return refuse(`${reported.path} leaves CPU ${cpu} itself out`);
    }
    const isNew = known === undefined && !reported.cpus.some((member) => groupOf.has(member));
    if (!isNew && (known === undefined || !sameCpus(known, reported.cpus))) {
      return refuse(`${reported.path} contradicts what other CPUs' files say`);
    }
    if (!isNew) continue;
    for (const member of reported.cpus) groupOf.set(member, reported.cpus);
    groups.push(reported.cpus);
  }
  return { groups: groups.toSorted((a, b) => a[0]! - b[0]!), fault: null };
}

const topologyOf = (cpu: number) => `cpu/cpu${cpu}/topology`;

function groupsIn({ cpus, cpusIn }: Reading, files: readonly CpuFile[]): Groups {
  return groupsOf(cpus, (cpu) => cpusIn(topologyOf(cpu), files));
}

/** Says that there are none of a part, and why where there is a fault. */
function without({ missing, remarks }: Reading, part: Missing, fault: string | null): [] {
  if (fault === null) missing.push(part);
  else remarks.push(`${part} are left out: ${fault}`);
  return [];
}

/** The id in a file of each CPU's; null where some CPU has none. */
function idsOf({ tree, cpus }: Reading, file: string): ReadonlyMap<number, number> | null {
  const ids = new Map<number, number>();
  for (const cpu of cpus) {
    const id = readId(tree, `${topologyOf(cpu)}/${file}`);
    if (id === null) return null;
    ids.set(cpu, id);
  }
  return ids;
}

/** The id of a group: that of its lowest CPU with a folder; there is one, the CPU that reported it. */
function idOfGroup(group: CpuIds, ids: ReadonlyMap<number, number>): number {
  return ids.get(group.find((cpu) => ids.has(cpu)) ?? -1) ?? -1;
}

/** The SMT siblings of each core. core_id is of no use: it repeats from package to package. */
function coresOf(reading: Reading): readonly CpuIds[] {
  const { groups, fault } = groupsIn(reading, CORE_FILES);
  return groups.length === 0 ? without(reading, 'cores', fault) : groups;
}

/** Packages by their sets of CPUs; by their ids alone where no set is reported. In the order of ids. */
function packagesOf(reading: Reading): readonly Package[] {
  const ids = idsOf(reading, 'physical_package_id');
  const { groups, fault } = groupsIn(reading, PACKAGE_FILES);
  if (fault !== null) return without(reading, 'packages', fault);
  const byId = () =>
    cpusByKey(
      reading.cpus,
      (cpu) => cpu,
      (cpu) => ids?.get(cpu) ?? null,
    );
  const sets = groups.length > 0 ? groups : [...byId().values()];
  if (sets.length === 0) return without(reading, 'packages', null);
  const found = ids === null ? [] : sets.map((cpus) => ({ id: idOfGroup(cpus, ids), cpus }));
  if (ids !== null && new Set(found.map(({ id }) => id)).size === sets.length) {
    return found.toSorted((a, b) => a.id - b.id);
  }
  // On s390 they repeat from book to book; where firmware describes none they are −1.
  reading.remarks.push(
    `physical_package_id ${ids === null ? 'tells no number' : 'repeats'}: the ${sets.length} packages are numbered in the order of their CPUs`,
  );
  return sets.map((cpus, id) => ({ id, cpus }));
}

/** Dies by their sets of CPUs, in the order of packages and ids. */
function diesOf(reading: Reading, packages: readonly Package[]): readonly Die[] {
  const ids = idsOf(reading, 'die_id');
  if (ids === null) return without(reading, 'dies', null);
  const { groups, fault } = groupsIn(reading, DIE_FILES);
  if (groups.length === 0) return without(reading, 'dies', fault);
  const dies = groups.map((cpus) => ({
    packageId: packages.find((pkg) => pkg.cpus.includes(cpus[0]!))?.id ?? null,
    id: idOfGroup(cpus, ids),
    cpus,
  }));
  if (new Set(dies.map(({ packageId, id }) => `${packageId} ${id}`)).size < dies.length) {
    return without(reading, 'dies', 'die_id repeats within a package, or packages are not told');
  }
  return dies.toSorted((a, b) => (a.packageId ?? 0) - (b.packageId ?? 0) || a.id - b.id);
}

/** Level (1 to 5) of a cache that holds data, null for one of instructions or of no level. */
function dataLevel(tree: SysfsTree, folder: string): number | null {
  const level = readId(tree, `${folder}/level`);
  if (level === null || tree.read(`${folder}/type`)?.trim() === 'Instruction') return null;
  if (level >= 1 && level <= LEVELS.length) return level;
  throw new InputError(`${folder}/level: the level is ${level}; expected 1 to ${LEVELS.length}`);
}

/** For each level the sets that one CPU's files report: a data and a unified one may stand side by side. */
function cachesOfCpu({ tree, cpusIn }: Reading, cpu: number): ReadonlyMap<number, ReportedCpus> {
  const folder = `cpu/cpu${cpu}/cache`;
  const byLevel = new Map<number, ReportedCpus>();
  for (const index of numbered(tree.list(folder), 'index')) {
    const level = dataLevel(tree, `${folder}/index${index}`);
    if (level === null || byLevel.has(level)) continue;
    const shared = cpusIn(`${folder}/index${index}`, CACHE_FILES);
    if (shared !== null) byLevel.set(level, shared);
  }
  return byLevel;
}

/**
 * Data and unified caches by level and lowest CPU. Instruction caches are left out: on all known
 * machines they are shared as the data caches of their level are.
 */
function cachesOf(reading: Reading): readonly CacheGroup[] {
  const { cpus, remarks } = reading;
  const ofCpu = new Map(cpus.map((cpu) => [cpu, cachesOfCpu(reading, cpu)]));
  const before = remarks.length;
  const found = LEVELS.flatMap((level) => {
    const { groups, fault } = groupsOf(cpus, (cpu) => ofCpu.get(cpu)?.get(level) ?? null);
    if (fault !== null) remarks.push(`level-${level} caches are left out: ${fault}`);
    return groups.map((group) => ({ level, cpus: group }));
  });
  return found.length === 0 && remarks.length === before ? without(reading, 'caches', null) : found;
}

/** MiB, rounded down, of "Node 0 MemTotal: 65834064 kB"; nothing where it is not reported. */
function memoryOf({ tree }: Reading, folder: string): Pick<NumaNode, 'memoryMiB'> {
  const kib = /\bMemTotal:\s*(\d{1,15}) kB/.exec(tree.read(`${folder}/meminfo`) ?? '')?.[1];
  return kib === undefined ? {} : { memoryMiB: Math.floor(Number(kib) / KIB_A_MIB) };
}

/**
 * The CPUs of a node. cpulist has those on-line only; off-line ones are linked to (nodeN/cpuM). Null
 * where the list is lost and no link reports a CPU.
 */
function cpusOfNode({ tree, cpusIn, isOnline }: Reading, folder: string): CpuIds | null {
  const listed = cpusIn(folder, NODE_FILES);
  const linked = numbered(tree.list(folder), 'cpu');
  if (listed === null) return linked.length === 0 ? null : Int32Array.from(linked);
  const offline = linked.filter((cpu) => isOnline[cpu] !== 1);
  return offline.length === 0 ? listed.cpus : unionOf([listed.cpus, Int32Array.from(offline)]);
}

function distancesFrom({ tree }: Reading, folder: string): readonly number[] {
  const words = (tree.read(`${folder}/distance`) ?? '').split(/\s+/).filter((word) => word !== '');
  return words.map((word) => {
    const distance = Number(word);
    if (/^\d+$/.test(word) && distance <= LONGEST_DISTANCE) return distance;
    throw new InputError(
      `${folder}/distance: ${quote(word)} is no distance; expected 0 to ${LONGEST_DISTANCE}`,
    );
  });
}

/** A row a node; each has a distance for each node on-line, in the order of their ids. */
function distancesOf(reading: Reading, folders: readonly string[]): readonly (readonly number[])[] {
  const rows = folders.map((folder) => distancesFrom(reading, folder));
  const odd = rows.findIndex((row) => row.length !== folders.length);
  if (odd === -1) return rows;
  if (rows.every((row) => row.length === 0)) return without(reading, 'distances', null);
  reading.remarks.push(
    `NUMA distances are left out: ${folders[odd]}/distance has ${rows[odd]?.length} for ${folders.length} nodes`,
  );
  return [];
}

/** Nodes in the order of their ids, memory-only ones among them; null where their CPUs are not reported. */
function nodesOf(reading: Reading): Pick<MachineDescription, 'numaNodes' | 'distances'> {
  const ids = demandAtMost(
    numbered(reading.tree.list('node'), 'node'),
    HIGHEST_NODE_ID,
    'node/node',
  );
  const folders = ids.map((id) => `node/node${id}`);
  const cpus = folders.map((folder) => cpusOfNode(reading, folder));
  if (cpus.every((list) => list === null)) {
    return { numaNodes: null, distances: without(reading, 'nodes', null) };
  }
  const numaNodes = ids.map((id, i) => ({
    id,
    cpus: cpus[i] ?? new Int32Array(0),
    ...memoryOf(reading, folders[i]!),
  }));
  return { numaNodes, distances: distancesOf(reading, folders) };
}

/** A list of cpu/; null where the file is not there or empty. */
function cpuFile(tree: SysfsTree, name: string): CpuIds | null {
  const path = `cpu/${name}`;
  const text = tree.read(path)?.trim() ?? '';
  return text === '' ? null : within(path, () => parseCpulist(text));
}

/** A CPU that cannot be taken off-line has no such file. */
function runs(tree: SysfsTree, cpu: number): boolean {
  return tree.read(`cpu/cpu${cpu}/online`)?.trim() !== '0';
}

/** Old kernels, and copies of a part, have no lists: there the folders of CPUs and their files tell. */
function statesOf(
  tree: SysfsTree,
  folders: readonly number[],
  remarks: string[],
): Pick<MachineDescription, 'possible' | 'present' | 'online'> {
  const possible = cpuFile(tree, 'possible');
  const present = cpuFile(tree, 'present');
  const online = cpuFile(tree, 'online');
  if (folders.length === 0 || (present !== null && online !== null)) {
    return { possible, present, online: online ?? new Int32Array(0) };
  }
  const running = online ?? Int32Array.from(folders.filter((cpu) => runs(tree, cpu)));
  const lost = [
    ...(present === null ? ['cpu/present'] : []),
    ...(online === null ? ['cpu/online'] : []),
  ];
  remarks.push(`the folders of CPUs tell what ${lost.join(' and ')} would`);
  return {
    possible,
    present: present ?? unionOf([Int32Array.from(folders), running]),
    online: running,
  };
}

/** The kernel ends its lists with a line end: one without may be cut off. @throws InputError where another file says so. */
function demandWholeLists(
  { tree, isOnline }: Reading,
  folders: readonly number[],
  { present, online }: Pick<MachineDescription, 'present' | 'online'>,
  numaNodes: MachineDescription['numaNodes'],
): void {
  const isUnended = (path: string) => /[^\n]$/.test(tree.read(path) ?? '');
  const demand = (path: string, lost: number | undefined, why: string) => {
    if (lost !== undefined && isUnended(path)) refuseTorn(path, `CPU ${lost} ${why}`);
  };
  const running = folders.find(
    (cpu) => isOnline[cpu] !== 1 && tree.read(`cpu/cpu${cpu}/online`)?.trim() === '1',
  );
  demand('cpu/online', running, 'is on-line by its own file');
  const isPresent = new Set(present ?? folders);
  demand(
    'cpu/present',
    folders.find((cpu) => !isPresent.has(cpu)),
    'has a folder',
  );
  const isInNode = new Set(numaNodes?.flatMap(({ cpus }) => [...cpus]) ?? online);
  const homeless = online.find((cpu) => !isInNode.has(cpu));
  for (const { id } of numaNodes ?? []) demand(`node/node${id}/cpulist`, homeless, 'is in no node');
}

/**
 * What a tree reports of the machine. No page size: no file of it has that.
 * @throws InputError "PATH: …" with the path in the tree.
 */
export function describeSysfs(tree: SysfsTree): MachineDescription {
  const folders = demandAtMost(numbered(tree.list('cpu'), 'cpu'), HIGHEST_CPU_ID, 'cpu/cpu');
  const missing: Missing[] = [];
  const remarks: string[] = [];
  const states = statesOf(tree, folders, remarks);
  if (states.online.length === 0) {
    throw new InputError(
      'cpu: no CPU is on-line; expected a list in cpu/online, or folders cpu/cpuN',
    );
  }
  const isOnline = new Uint8Array(HIGHEST_CPU_ID + 1);
  for (const cpu of states.online) isOnline[cpu] = 1;
  const cpus = folders.filter((cpu) => isOnline[cpu] === 1);
  const reading = { tree, cpusIn: cpuReader(tree), cpus, isOnline, missing, remarks };
  const cores = coresOf(reading);
  const packages = packagesOf(reading);
  const dies = diesOf(reading, packages);
  const caches = cachesOf(reading);
  const numa = nodesOf(reading);
  demandWholeLists(reading, folders, states, numa.numaNodes);
  return describe({
    form: 'sysfs',
    ...states,
    cores,
    dies,
    caches,
    packages,
    ...numa,
    missing,
    remarks,
  });
}
