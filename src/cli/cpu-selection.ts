/** CPUs of a machine that an option chooses: a cpulist, or the CPUs of a node. */
import { InputError, within } from '../errors.ts';
import { type CpuIds, formatCpulist, parseCpulist } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';

function idsOf(flag: string, text: string, { name, numaNodes, nrCpuIds }: Topology): CpuIds {
  const node = /^node:(\d+)$/.exec(text)?.[1];
  if (node === undefined) return within(flag, () => parseCpulist(text, nrCpuIds - 1));
  const found = numaNodes.find(({ id }) => id === Number(node));
  if (found !== undefined) return found.cpus;
  if (numaNodes.length === 0) {
    throw new InputError(`${flag} ${text}: ${name} describes no NUMA nodes`);
  }
  const ids = numaNodes.map(({ id }) => id).join(', ');
  throw new InputError(`${flag} ${text}: ${name} has no node ${node} (there are ${ids})`);
}

/**
 * "0-3,8" or "node:0"; all on-line CPUs where nothing is chosen. Of a node its on-line CPUs.
 * @throws InputError where the text is neither, a CPU is not on-line, or none is left.
 */
export function selectCpus(flag: string, text: string | undefined, topology: Topology): CpuIds {
  const { name, online } = topology;
  if (text === undefined || text === 'all') return online;
  const ids = idsOf(flag, text, topology);
  const isOnline = new Set(online);
  const chosen = text.startsWith('node:') ? ids.filter((cpu) => isOnline.has(cpu)) : ids;
  const offline = chosen.find((cpu) => !isOnline.has(cpu));
  if (offline !== undefined) {
    throw new InputError(
      `${flag} ${text}: CPU ${offline} is not on-line: ${name} has ${formatCpulist(online)}`,
    );
  }
  if (chosen.length === 0)
    throw new InputError(`${flag} ${text}: expected at least one on-line CPU`);
  return chosen;
}
