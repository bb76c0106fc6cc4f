/** The machine that --topology names: a path, a bundled name, or `-` for standard input. */
import { addAbortSignal } from 'node:stream';
import { loadTopology, parseTopology, readTopologyText } from '../topology/load.ts';
import type { Topology } from '../topology/topology.ts';
import type { Streams } from './streams.ts';

/** @throws InputError as loadTopology(); the signal's reason where it aborts. */
export async function readTopology(
  argument: string,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): Promise<Topology> {
  if (argument !== '-') return loadTopology(argument);
  try {
    const text = await readTopologyText(addAbortSignal(signal, stdin));
    return parseTopology(text, 'standard input');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
