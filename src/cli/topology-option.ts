/** The machine that --topology names: a path, a bundled name, or `-` for standard input. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { loadBundled, loadTopology, parseTopology, readDocumentText } from '../topology/load.ts';
import type { Topology } from '../topology/topology.ts';
import { readChunks, readStdin } from './input.ts';
import type { Streams } from './streams.ts';

/** Pipes and devices may keep a reader waiting: they are read as streams. */
function isStream(path: string): boolean {
  if (!existsSync(path)) return false;
  const status = statSync(path);
  return !status.isFile() && !status.isDirectory();
}

/** The bundled machine where none is named: a file of that name is not meant. */
export const DEFAULT_TOPOLOGY = '250cpu';

export function addTopologyOption(command: Command): Command {
  return command.option(
    '--topology <file|name|->',
    `machine: a file, a bundled name, or - for stdin (default: ${DEFAULT_TOPOLOGY})`,
  );
}

async function readStreamed(
  argument: string,
  stdin: Streams['stdin'],
  signal: AbortSignal,
): Promise<Topology> {
  const isStdin = argument === '-';
  const origin = isStdin ? 'standard input' : argument;
  const chunks = isStdin
    ? readStdin(stdin, signal)
    : readChunks(createReadStream(argument), origin, signal);
  const text = await readDocumentText(chunks, origin);
  // Ctrl-C ends a whole pipeline: the signal may come just behind the end of the writer's text.
  await setImmediate();
  signal.throwIfAborted();
  return parseTopology(text, origin);
}

/**
 * The machine that the argument names, or the default one.
 * @throws InputError as loadTopology(); the signal's reason where it aborts.
 */
export async function readTopology(
  argument: string | undefined,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): Promise<Topology> {
  if (argument === undefined) return loadBundled(DEFAULT_TOPOLOGY);
  return argument === '-' || isStream(argument)
    ? readStreamed(argument, stdin, signal)
    : loadTopology(argument);
}
