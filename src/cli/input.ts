/** Bytes that the user gives: read as they come, and no longer waited for once the signal aborts. */
import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { InputError } from '../input-error.ts';
import { reasonOf } from '../os-error.ts';
import { aborted } from './interruption.ts';
import type { Streams } from './streams.ts';

/** Standard input's chunks. @throws InputError as readChunks(), and where it is a directory. */
export function readStdin(
  stdin: Streams['stdin'],
  signal: AbortSignal,
): AsyncGenerator<Buffer | string> {
  const origin = 'standard input';
  // Node reads a directory as if it were empty.
  if (fstatSync(stdin.fd).isDirectory()) throw new InputError(`${origin}: is a directory`);
  return readChunks(stdin, origin, signal);
}

/**
 * The chunks of a stream.
 * @throws InputError "ORIGIN: …" where it cannot be read; the signal's reason.
 */
export async function* readChunks(
  stream: Readable,
  origin: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer | string> {
  const chunks: AsyncIterator<Buffer | string> = stream[Symbol.asyncIterator]();
  const abort = aborted(signal);
  // Whoever races against it handles it; alone it is nobody's.
  abort.catch(() => {});
  for (;;) {
    let next: IteratorResult<Buffer | string>;
    try {
      next = await Promise.race([chunks.next(), abort]);
    } catch (error) {
      // What is no longer waited for must not keep the process.
      stream.destroy();
      signal.throwIfAborted();
      throw new InputError(`${origin}: ${reasonOf(error as NodeJS.ErrnoException)}`);
    }
    if (next.done === true) return;
    yield next.value;
  }
}
