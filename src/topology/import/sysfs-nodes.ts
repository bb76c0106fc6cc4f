/** NUMA nodes, their CPUs, memory and distances from node/nodeN (drivers/base/node.c, Linux 6.12). */
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import type { CpuIds } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import { unionOf } from './settle-cpus.ts';
import { type CpuReader, listOrMask } from './sysfs-cpus.ts';
import { demandAtMost, numbered } from './sysfs-numbers.ts';
import type { SysfsTree } from './sysfs-tree.ts';

const CPU_FILES = listOrMask('cpulist', 'cpumap');

const KIB_A_MIB = 1024;

/** ACPI's distances are bytes (drivers/acpi/numa/srat.c, acpi_parse_slit). */
const LONGEST_DISTANCE = 255;

export interface FoundNodes {
  /** Null where there are none, or where their CPUs are not told. */
  readonly nodes: readonly NumaNode[] | null;
  readonly distances: readonly (readonly number[])[];
  readonly untold: readonly string[];
  readonly resolved: readonly string[];
}

/** MiB, rounded down, of "Node 0 MemTotal: 65834064 kB"; nothing where it is not told. */
function memoryOf(tree: SysfsTree, folder: string): Pick<NumaNode, 'memoryMiB'> {
  const kib = /\bMemTotal:\s*(\d{1,15}) kB/.exec(tree.read(`${folder}/meminfo`) ?? '')?.[1];
  return kib === undefined ? {} : { memoryMiB: Math.floor(Number(kib) / KIB_A_MIB) };
}

/**
 * The CPUs of a node. cpulist has those on-line only; off-line ones are linked to (nodeN/cpuM). Null
 * where the list is lost and no link tells of a CPU.
 */
function cpusOfNode(
  tree: SysfsTree,
  read: CpuReader,
  folder: string,
  isOnline: Uint8Array,
): CpuIds | null {
  const listed = read(folder, CPU_FILES);
  const linked = numbered(tree.list(folder), 'cpu');
  if (listed === null) return linked.length === 0 ? null : Int32Array.from(linked);
  const offline = linked.filter((cpu) => isOnline[cpu] !== 1);
  return offline.length === 0 ? listed.cpus : unionOf([listed.cpus, Int32Array.from(offline)]);
}

function rowOf(tree: SysfsTree, folder: string): readonly number[] {
  const words = (tree.read(`${folder}/distance`) ?? '').split(/\s+/).filter((word) => word !== '');
  return words.map((word) => {
    const distance = Number(word);
    if (/^\d+$/.test(word) && distance <= LONGEST_DISTANCE) return distance;
    throw new InputError(
      `${folder}/distance: ${quote(word)} is no distance; expected 0 to ${LONGEST_DISTANCE}`,
    );
  });
}

type Distances = Pick<FoundNodes, 'distances' | 'untold' | 'resolved'>;

/** A row a node; each has a distance for each node on-line, in the order of their ids. */
function distancesOf(tree: SysfsTree, folders: readonly string[]): Distances {
  const rows = folders.map((folder) => rowOf(tree, folder));
  const without = rows.findIndex((row) => row.length !== folders.length);
  if (without === -1) return { distances: rows, untold: [], resolved: [] };
  if (rows.every((row) => row.length === 0)) {
    return { distances: [], untold: ['NUMA distances'], resolved: [] };
  }
  const fault = `${folders[without]}/distance has ${rows[without]?.length} for ${folders.length} nodes`;
  return { distances: [], untold: [], resolved: [`NUMA distances are left out: ${fault}`] };
}

/** Nodes in the order of their ids, memory-only ones among them; `isOnline` has 1 for on-line CPUs. */
export function nodesOf(tree: SysfsTree, isOnline: Uint8Array, read: CpuReader): FoundNodes {
  const ids = demandAtMost(numbered(tree.list('node'), 'node'), HIGHEST_NODE_ID, 'node/node');
  const folders = ids.map((id) => `node/node${id}`);
  const cpus = folders.map((folder) => cpusOfNode(tree, read, folder, isOnline));
  if (cpus.every((list) => list === null)) {
    return { nodes: null, distances: [], untold: ['NUMA nodes and their CPUs'], resolved: [] };
  }
  const nodes = ids.map((id, i) => ({
    id,
    cpus: cpus[i] ?? new Int32Array(0),
    ...memoryOf(tree, `node/node${id}`),
  }));
  return { nodes, ...distancesOf(tree, folders) };
}
