/** A machine from a copy of /sys/devices/system: the only form that tells which CPUs are possible. */
import { InputError } from '../../errors.ts';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import { type CpuIds, parseCpulist } from '../cpulist.ts';
import type { MachineDescription } from './description.ts';
import { unionOf } from './settle-cpus.ts';
import { cachesOf } from './sysfs-caches.ts';
import { type Cpus, coresOf, diesOf, packagesOf } from './sysfs-cores.ts';
import { at, cpuReader } from './sysfs-cpus.ts';
import { nodesOf } from './sysfs-nodes.ts';
import { demandAtMost, numbered } from './sysfs-numbers.ts';
import type { SysfsTree } from './sysfs-tree.ts';

/** A list of cpu/; null where the file is not there or empty. */
function cpuFile(tree: SysfsTree, name: string): CpuIds | null {
  const path = `cpu/${name}`;
  const text = tree.read(path)?.trim() ?? '';
  return text === '' ? null : at(path, () => parseCpulist(text));
}

interface CpuStates {
  readonly possible: CpuIds | null;
  readonly present: CpuIds | null;
  readonly online: CpuIds;
  readonly resolved: readonly string[];
}

/** A CPU that cannot be taken off-line has no such file. */
function runs(tree: SysfsTree, cpu: number): boolean {
  return tree.read(`cpu/cpu${cpu}/online`)?.trim() !== '0';
}

/** Old kernels, and copies of a part, have no lists: there the folders of CPUs and their files tell. */
function statesOf(tree: SysfsTree, folders: readonly number[]): CpuStates {
  const possible = cpuFile(tree, 'possible');
  const present = cpuFile(tree, 'present');
  const online = cpuFile(tree, 'online');
  if (folders.length === 0 || (present !== null && online !== null)) {
    return { possible, present, online: online ?? new Int32Array(0), resolved: [] };
  }
  const running = online ?? Int32Array.from(folders.filter((cpu) => runs(tree, cpu)));
  const lost = [present === null ? 'cpu/present' : '', online === null ? 'cpu/online' : ''];
  return {
    possible,
    present: present ?? unionOf([Int32Array.from(folders), running]),
    online: running,
    resolved: [
      `the folders of CPUs tell what ${lost.filter((path) => path !== '').join(' and ')} would`,
    ],
  };
}

/**
 * What a tree tells of the machine. No page size: no file of it has that.
 * @throws InputError "PATH: …" with the path in the tree.
 */
export function describeSysfs(tree: SysfsTree): MachineDescription {
  const folders = demandAtMost(numbered(tree.list('cpu'), 'cpu'), HIGHEST_CPU_ID, 'cpu/cpu');
  const states = statesOf(tree, folders);
  const { possible, present, online } = states;
  if (online.length === 0) {
    throw new InputError(
      'cpu: no CPU is on-line; expected a list in cpu/online, or folders cpu/cpuN',
    );
  }
  const isOnline = new Uint8Array(HIGHEST_CPU_ID + 1);
  for (const cpu of online) isOnline[cpu] = 1;
  const cpus: Cpus = { told: folders.filter((cpu) => isOnline[cpu] === 1) };
  const read = cpuReader(tree);
  const cores = coresOf(cpus, read);
  const packages = packagesOf(tree, cpus, read);
  const dies = diesOf(tree, cpus, read, packages.found);
  const caches = cachesOf(tree, cpus, read);
  const { nodes, distances, ...numa } = nodesOf(tree, isOnline, read);
  const parts = [cores, packages, dies, caches, numa];
  return {
    form: 'sysfs',
    name: null,
    possible,
    present,
    online,
    cores: cores.found,
    dies: dies.found,
    caches: caches.found,
    packages: packages.found,
    numaNodes: nodes,
    distances,
    pageSize: null,
    untold: parts.flatMap(({ untold }) => untold),
    resolved: [...states.resolved, ...parts.flatMap(({ resolved }) => resolved)],
  };
}
