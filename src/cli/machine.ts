/** The machine that a command is about, and CPUs of it. */
import { InputError, within } from '../errors.ts';
import { type CpuIds, formatCpulist, parseCpulist } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';
import { option } from './options.ts';
import type { Session } from './streams.ts';
import { TEXT } from './values.ts';

/** The bundled machine where none is named: a file of that name is not meant. */
export const DEFAULT_TOPOLOGY = '250cpu';

/** `otherwise`: the machine where none is named. */
export function topologyOption(otherwise: string) {
  return option(
    '--topology <machine>',
    `a file or directory, a bundled name, a synthetic string such as pu:250, or - for stdin (default: ${otherwise})`,
    TEXT,
  );
}

export const TOPOLOGY = topologyOption(DEFAULT_TOPOLOGY);

/**
 * The machine that the argument names, or the default one; what its description does not tell is
 * held until there is a result, unless it is not the user who named it.
 * @throws InputError as readMachine(); the signal's reason where it aborts.
 */
export async function readTopology(
  argument: string | undefined,
  session: Session,
  isNamed = true,
): Promise<Topology> {
  const known = session.machines?.get(argument ?? DEFAULT_TOPOLOGY);
  if (known !== undefined) return known;
  if (argument === undefined) {
    const { loadBundled } = await import('../topology/bundled.ts');
    return loadBundled(DEFAULT_TOPOLOGY);
  }
  const { readMachine } = await import('./read-machine.ts');
  const { topology, origin, remarks } = await readMachine(argument, session);
  if (isNamed) session.remarks.hold(origin, remarks);
  session.machines?.set(argument, topology);
  return topology;
}

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
