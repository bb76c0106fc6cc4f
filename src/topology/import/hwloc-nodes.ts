/** NUMA nodes of an hwloc topology, which gives memory without CPUs the CPUs that are nearest to it. */
import { InputError } from '../../errors.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { MIB } from '../../units.ts';
import { formatCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import { type HwlocObject, membersOf, placeOf } from './hwloc-object.ts';

export interface HwlocNodes {
  /** In the order of their ids; null where the file has none. */
  readonly nodes: readonly NumaNode[] | null;
  readonly resolved: readonly string[];
}

function idOf(node: HwlocObject): number {
  if (node.osIndex === null) throw new InputError(`${placeOf(node)}: no os_index, Linux's number`);
  if (node.osIndex <= HIGHEST_NODE_ID) return node.osIndex;
  throw new InputError(
    `${placeOf(node)}: os_index is ${node.osIndex}; the highest NUMA node there can be is ${HIGHEST_NODE_ID}`,
  );
}

/** In the order of their ids. @throws InputError where a node has no id, or that of another. */
export function nodesById(objects: readonly HwlocObject[]): readonly HwlocObject[] {
  const nodes = objects
    .filter(({ type }) => type === 'NUMANode')
    .toSorted((a, b) => idOf(a) - idOf(b));
  const again = nodes.find((node, i) => node.osIndex === nodes[i - 1]?.osIndex);
  if (again === undefined) return nodes;
  throw new InputError(`${placeOf(again)}: a second NUMA node with os_index ${again.osIndex}`);
}

/**
 * A CPU is on the node of lowest id that has it. In hwloc 2 and 3 every node has CPUs, its locality:
 * memory of a GPU, of CXL or on the package has those of an ordinary node once more, and is left
 * with none. Linux numbers the nodes with CPUs first, and this rule gives what sysfs says of them.
 */
export function nodesOf(objects: readonly HwlocObject[]): HwlocNodes {
  const sorted = nodesById(objects);
  if (sorted.length === 0) return { nodes: null, resolved: [] };
  const taken = new Set<number>();
  const withoutCpus: number[] = [];
  const resolved: string[] = [];
  const nodes = sorted.map((object) => {
    const id = idOf(object);
    const local = membersOf(object);
    const cpus = local.filter((cpu) => !taken.has(cpu));
    const shared = local.filter((cpu) => taken.has(cpu));
    for (const cpu of cpus) taken.add(cpu);
    if (local.length > 0 && cpus.length === 0) withoutCpus.push(id);
    else if (shared.length > 0) {
      resolved.push(
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
    resolved.push(
      `NUMA ${which} ${ids} ${have} memory only: hwloc names the CPUs near to it, which are on nodes of lower ids`,
    );
  }
  return { nodes, resolved };
}
