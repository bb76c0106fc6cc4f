/** The option --topology: the machine that a command is about. */
import type { Command } from 'commander';
import { loadBundled } from '../topology/bundled.ts';
import type { Topology } from '../topology/topology.ts';
import { readMachine } from './machine-argument.ts';
import type { Streams } from './streams.ts';

/** The bundled machine where none is named: a file of that name is not meant. */
export const DEFAULT_TOPOLOGY = '250cpu';

export function addTopologyOption(command: Command): Command {
  return command.option(
    '--topology <machine>',
    `a file or directory, a bundled name, a synthetic string such as pu:250, or - for stdin (default: ${DEFAULT_TOPOLOGY})`,
  );
}

/**
 * The machine that the argument names, or the default one; what its description does not tell is
 * held until there is a result.
 * @throws InputError as readMachine(); the signal's reason where it aborts.
 */
export async function readTopology(
  argument: string | undefined,
  { stdin, remarks: held }: Pick<Streams, 'stdin' | 'remarks'>,
  signal: AbortSignal,
): Promise<Topology> {
  if (argument === undefined) return loadBundled(DEFAULT_TOPOLOGY);
  const { topology, origin, remarks } = await readMachine(argument, { stdin }, signal);
  held.hold(origin, remarks);
  return topology;
}
