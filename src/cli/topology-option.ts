/** The machine that --topology names: a path, a bundled name, or `-` for standard input. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { loadTopology, parseTopology, readTopologyText } from '../topology/load.ts';
import type { Topology } from '../topology/topology.ts';
import { readChunks, readStdin } from './input.ts';
import type { Streams } from './streams.ts';

/** Pipes and devices may keep a reader waiting: they are read as streams. */
function isStream(path: string): boolean {
  if (!existsSync(path)) return false;
  const status = statSync(path);
  return !status.isFile() && !status.isDirectory();
}

/** @throws InputError as loadTopology(); the signal's reason where it aborts. */
export async function readTopology(
  argument: string,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): Promise<Topology> {
  if (argument !== '-' && !isStream(argument)) return loadTopology(argument);
  const isStdin = argument === '-';
  const origin = isStdin ? 'standard input' : argument;
  const chunks = isStdin
    ? readStdin(stdin, signal)
    : readChunks(createReadStream(argument), origin, signal);
  const text = await readTopologyText(chunks, origin);
  return parseTopology(text, origin);
}
