/** Bytes that the user gives: read as they come, and no longer waited for once the signal aborts. */
import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { InputError, inWords, placed } from '../errors.ts';
import { aborted } from './interruption.ts';
import type { Streams } from './streams.ts';

/** Standard input's chunks. @throws InputError as readChunks(), and where it is a directory. */
export function readStdin(
  stdin: Streams['stdin'],
  signal: AbortSignal,
): AsyncGenerator<Buffer | string> {
  const origin = 'standard input';
  // Node reads a directory as if it were empty.
  if (fstatSync(stdin.fd).isDirectory()) throw new InputError('is a directory').within(origin);
  return readChunks(stdin, origin, signal);
}

/**
 * The chunks of a stream. Only the first is raced against the signal, since a pipe that no one opens
 * keeps even a destroyed stream waiting; from then on the signal destroys the stream.
 * @throws InputError "ORIGIN: …" where it cannot be read; the signal's reason.
 */
export async function* readChunks(
  stream: Readable,
  origin: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer | string> {
  const chunks: AsyncIterator<Buffer | string> = stream[Symbol.asyncIterator]();
  const onAbort = () => void stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    let next = await Promise.race([chunks.next(), aborted(signal)]);
    while (next.done !== true) {
      yield next.value;
      next = await chunks.next();
    }
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw placed(inWords(error), origin);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
