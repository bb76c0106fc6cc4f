/** NUMA nodes as the kernel counts: each on-line CPU on exactly one. */
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import { unionOf } from './settle-cpus.ts';

export interface SettledNodes {
  readonly nodes: readonly NumaNode[];
  /** What was settled, a sentence each without a full stop. */
  readonly remarks: readonly string[];
}

const plural = (cpus: CpuIds) => (cpus.length === 1 ? 'CPU' : 'CPUs');

/** For each CPU the lowest id of the nodes that have it, −1 where none has. */
function ownersOf(nodes: readonly NumaNode[]): Int32Array {
  const highest = nodes.reduce((high, { cpus }) => Math.max(high, cpus.at(-1) ?? -1), -1);
  const owner = new Int32Array(highest + 1).fill(-1);
  const descending = [...nodes].sort((a, b) => b.id - a.id);
  for (const { id, cpus } of descending) for (const cpu of cpus) owner[cpu] = id;
  return owner;
}

/** A CPU that is in several nodes (hwloc's memory-only nodes have their locality) is on the lowest. */
function withoutOverlaps(nodes: readonly NumaNode[]): SettledNodes {
  const owner = ownersOf(nodes);
  const remarks: string[] = [];
  const settled = nodes.map((node) => {
    const own = node.cpus.filter((cpu) => owner[cpu] === node.id);
    if (own.length === node.cpus.length) return node;
    const shared = node.cpus.filter((cpu) => owner[cpu] !== node.id);
    const lower = Array.from(new Set(shared.map((cpu) => owner[cpu]!))).sort((a, b) => a - b);
    const others = `node${lower.length === 1 ? '' : 's'} ${lower.join(', ')}`;
    remarks.push(
      `${plural(shared)} ${formatCpulist(shared)} of node ${node.id} ${shared.length === 1 ? 'is' : 'are'} in ${others} too: counted there, the lowest id`,
    );
    return { ...node, cpus: own };
  });
  return { nodes: settled, remarks };
}

/**
 * The nodes with every on-line CPU in exactly one of them. One that is in none counts on the first
 * node, as slot 0 does for it in kernel/batches.ts.
 */
export function settleNodes(nodes: readonly NumaNode[], online: CpuIds): SettledNodes {
  const { nodes: disjoint, remarks } = withoutOverlaps(nodes);
  const owner = ownersOf(disjoint);
  const homeless = online.filter((cpu) => (owner[cpu] ?? -1) === -1);
  if (homeless.length === 0 || disjoint.length === 0) return { nodes: disjoint, remarks };
  const first = disjoint.reduce((lowest, node) => (node.id < lowest.id ? node : lowest));
  return {
    nodes: disjoint.map((node) =>
      node === first ? { ...node, cpus: unionOf([node.cpus, homeless]) } : node,
    ),
    remarks: [
      ...remarks,
      `on-line ${plural(homeless)} ${formatCpulist(homeless)} ${homeless.length === 1 ? 'is' : 'are'} in no NUMA node: counted on node ${first.id}, the first, as the kernel does`,
    ],
  };
}
