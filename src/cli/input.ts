/** What the user gives to be read: bytes as they come, no longer waited for once the signal aborts. */
import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { InputError, inWords, placed } from '../errors.ts';
import { textChunks } from '../input/compressed.ts';
import { readWholeStream } from '../input/whole.ts';
import type { Session } from './streams.ts';

/** What messages call an argument: - is standard input. */
export function originOf(argument: string): string {
  return argument === '-' ? 'standard input' : argument;
}

/** @throws InputError where standard input would have to be two things. */
export function demandOneStdin(
  uses: readonly (readonly [what: string, value: string | undefined])[],
): void {
  const taken = uses.filter(([, value]) => value === '-').map(([what]) => what);
  if (taken.length < 2) return;
  throw new InputError(`standard input is either ${taken[0]} or ${taken[1]}, not both`);
}

/**
 * The chunks of a stream. The signal destroys it, and is not waited for: a pipe that no one opens or
 * writes to keeps even a destroyed stream waiting.
 * @throws InputError within its origin where it cannot be read; the signal's reason.
 */
async function* readChunks(
  stream: Readable,
  origin: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer | string> {
  const chunks: AsyncIterator<Buffer | string> = stream[Symbol.asyncIterator]();
  let stopWaiting: (reason: unknown) => void = () => {};
  const onAbort = () => {
    stream.destroy();
    stopWaiting(signal.reason);
  };
  // A race of every chunk against one promise would gather what waits for that.
  const next = () =>
    new Promise<IteratorResult<Buffer | string>>((resolve, reject) => {
      stopWaiting = reject;
      chunks.next().then(resolve, reject);
    });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    for (let chunk = await next(); chunk.done !== true; chunk = await next()) yield chunk.value;
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw placed(inWords(error), origin);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Bytes: more at once than the 64 KiB of Node saves a third of the time that reading takes. */
const READ_AT_ONCE = 1 << 17;

/** The chunks of a file, or of standard input. @throws InputError as readChunks(). */
export function openInput(
  argument: string,
  { openStdin, signal }: Pick<Session, 'openStdin' | 'signal'>,
): AsyncGenerator<Buffer | string> {
  const origin = originOf(argument);
  if (argument !== '-')
    return readChunks(createReadStream(argument, { highWaterMark: READ_AT_ONCE }), origin, signal);
  const stdin = openStdin();
  // Node reads a directory as if it were empty.
  if (fstatSync(stdin.fd).isDirectory()) throw new InputError('is a directory').within(origin);
  return readChunks(stdin, origin, signal);
}

/** The chunks of a text. @throws InputError as openInput(), and where they are compressed. */
export function openText(
  argument: string,
  session: Pick<Session, 'openStdin' | 'signal'>,
): AsyncGenerator<Buffer | string> {
  return textChunks(openInput(argument, session), originOf(argument));
}

/** Chunks between two looks at the event loop: some milliseconds of work. */
const CHUNKS_BETWEEN_LOOKS = 16;

/**
 * The chunks of a file that has a size, each only lent: the next one is read over it. A stream makes new
 * memory for each, and has it filled by another thread.
 */
async function* readFileChunks(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const room = Buffer.allocUnsafe(READ_AT_ONCE);
    for (let chunk = 1; ; chunk++) {
      signal.throwIfAborted();
      const length = readSync(file, room);
      if (length === 0) return;
      yield room.subarray(0, length);
      if (chunk % CHUNKS_BETWEEN_LOOKS === 0) await setImmediate();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw placed(inWords(error), path);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** What is read, and how far it has been. */
export interface MeasuredInput {
  /** Each is only lent until the next is asked for. */
  readonly chunks: AsyncGenerator<Buffer | string>;
  /** Bytes of the file; null where it is none, as a pipe. */
  readonly size: number | null;
  /** Bytes read so far. */
  read(): number;
}

/** Null too where the file cannot be looked at: reading says why. */
function sizeOf(argument: string, { openStdin }: Pick<Session, 'openStdin'>): number | null {
  try {
    const stats = argument === '-' ? fstatSync(openStdin().fd) : statSync(argument);
    return stats.isFile() ? stats.size : null;
  } catch {
    return null;
  }
}

/** As openText(). Files of the kernel's have no size, and may keep who reads them waiting. */
export function openMeasured(
  argument: string,
  session: Pick<Session, 'openStdin' | 'signal'>,
): MeasuredInput {
  let read = 0;
  async function* counted(chunks: AsyncGenerator<Buffer | string>) {
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
    }
  }
  const size = sizeOf(argument, session);
  const isPlain = argument !== '-' && (size ?? 0) > 0;
  const chunks = isPlain ? readFileChunks(argument, session.signal) : openInput(argument, session);
  return { chunks: counted(textChunks(chunks, originOf(argument))), size, read: () => read };
}

/** A document of text as a whole. @throws InputError within its origin; the signal's reason. */
export async function readDocument(
  argument: string,
  session: Pick<Session, 'openStdin' | 'signal'>,
): Promise<{ readonly origin: string; readonly text: string }> {
  const origin = originOf(argument);
  try {
    const bytes = await readWholeStream(openText(argument, session));
    session.signal.throwIfAborted();
    return { origin, text: bytes.toString('utf8') };
  } catch (error) {
    throw placed(error, origin);
  }
}
