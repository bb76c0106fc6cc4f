/** Pieces of work on a pool of worker threads, or one after the other where that is quicker. */
import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Pool } from 'workerpool';
import { InputError } from '../errors.ts';
import type { Heartbeat } from '../replay/replay.ts';
import { isMade } from '../topology/cpu-sets.ts';
import { aborted } from './interruption.ts';
import { option } from './options.ts';
import { wholeNumber } from './values.ts';

const MOST_JOBS = 1024;

export const JOBS = option(
  '--jobs <n>',
  'workers for long work, which change no byte of the output (default: all CPUs)',
  wholeNumber(1, MOST_JOBS),
  { showing: true },
);

export function workersOf({ jobs }: { readonly jobs: number | undefined }): number {
  return jobs ?? availableParallelism();
}

/** A kind of work: what workers know it by, and how a piece of it is done. */
export interface WorkKind<Piece, Part> {
  readonly name: string;
  work(piece: Piece, heartbeat: Heartbeat): Promise<Part>;
}

export interface Spreading {
  /** With one, the program does the work itself. */
  readonly workers: number;
  readonly heartbeat: Heartbeat;
  readonly signal: AbortSignal;
}

/** A worker's error has lost its class on the way. */
function asThrown(error: unknown): unknown {
  if (!(error instanceof Error && error.name === 'InputError')) return error;
  const { fault, places } = error as InputError;
  return new InputError(fault, places);
}

/** A piece as it can be sent: functions cannot, and a list that is made when it is asked for is one of them. */
export function sendable<T>(value: T): T;
export function sendable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isMade(value)) return [...value];
  if (Array.isArray(value)) return value.map((item) => sendable(item));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sendable(inner)]));
}

/** Tells a heartbeat what all pieces together have done. */
function sumOf(heartbeat: Heartbeat): (more: number) => Promise<void> | undefined {
  let done = 0;
  return (more) => {
    done += more;
    return heartbeat(done);
  };
}

async function onPool<T>(
  { workers, signal }: Spreading,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  // CommonJS: its functions are on the default export.
  const { default: workerpool } = await import('workerpool');
  const pool = workerpool.pool(fileURLToPath(new URL('./worker.js', import.meta.url)), {
    maxWorkers: workers,
    workerType: 'thread',
    // Milliseconds: a worker has nothing to tidy up, and in the midst of a replay it would not hear.
    workerTerminateTimeout: 1,
    // What a replay makes and forgets is little: room for more would be filled before it is looked through.
    workerThreadOpts: { resourceLimits: { maxYoungGenerationSizeMb: 4 } },
  });
  try {
    return await Promise.race([work(pool), aborted(signal)]);
  } catch (error) {
    throw asThrown(error);
  } finally {
    await pool.terminate(true);
  }
}

/**
 * Does pieces that know nothing of each other, and hands each part over as soon as it is there.
 * @throws what the work throws of the first piece that fails, or the taking of a part; the signal's
 *   reason.
 */
export async function eachPart<Piece, Part>(
  { name, work }: WorkKind<Piece, Part>,
  pieces: readonly Piece[],
  spreading: Spreading,
  take: (part: Part, index: number) => void | Promise<void>,
): Promise<void> {
  const tell = sumOf(spreading.heartbeat);
  if (Math.min(spreading.workers, pieces.length) > 1) {
    // The pool waits for its workers anyway, and a signal ends it: only the progress line is wanted.
    const on = (more: number) => void tell(more)?.catch(() => {});
    return onPool(spreading, async (pool) => {
      const running = pieces.map(async (piece, index) =>
        take(await pool.exec(name, [sendable(piece)], { on }), index),
      );
      // Failures are heard in the order of the pieces, not in that of time.
      for (const part of running) part.catch(() => {});
      for (const part of running) await part;
    });
  }
  for (const [index, piece] of pieces.entries()) {
    let told = 0;
    const part = await work(piece, (done) => {
      const more = done - told;
      told = done;
      return tell(more);
    });
    await take(part, index);
  }
}

/** The parts that become of pieces, in the order of the pieces. @throws as eachPart(). */
export async function partsOf<Piece, Part>(
  kind: WorkKind<Piece, Part>,
  pieces: readonly Piece[],
  spreading: Spreading,
): Promise<Part[]> {
  const parts = new Array<Part>(pieces.length);
  await eachPart(kind, pieces, spreading, (part, index) => {
    parts[index] = part;
  });
  return parts;
}

/** A piece with the worker's end of a channel, through which the program hands it more. */
export type Fed<Piece> = Piece & { readonly port: MessagePort };

/** What comes through a worker's end, each told as taken once the next is asked for. */
export async function* received<Message>(port: MessagePort): AsyncGenerator<Message> {
  for await (const [message] of on(port, 'message')) {
    yield message;
    port.postMessage(null);
  }
}

/** The program's end. */
export interface Feeding<Message> {
  send(message: Message): void;
  /** How many the worker has taken since this was last asked. @throws what it failed of. */
  taken(): number;
}

/**
 * The part of a piece that a worker makes of what `feed` sends it meanwhile. @throws what is thrown first;
 * the signal's reason.
 */
export function partFed<Piece, Message, Part>(
  { name }: WorkKind<Fed<Piece>, Part>,
  piece: Piece,
  feed: (feeding: Feeding<Message>) => Promise<void>,
  spreading: Spreading,
): Promise<Part> {
  const { port1: near, port2: port } = new MessageChannel();
  const part = onPool({ ...spreading, workers: 1 }, async (pool) => {
    let failure: { readonly error: unknown } | null = null;
    async function workersPart(): Promise<Part> {
      try {
        return await pool.exec(name, [{ ...sendable(piece), port }], { transfer: [port] });
      } catch (error) {
        failure = { error };
        throw error;
      }
    }
    const feeding: Feeding<Message> = {
      send: (message) => near.postMessage(message),
      taken() {
        if (failure !== null) throw failure.error;
        let messages = 0;
        while (receiveMessageOnPort(near) !== undefined) messages += 1;
        return messages;
      },
    };
    const [made] = await Promise.all([workersPart(), feed(feeding)]);
    return made;
  });
  // Not before the pool has ended: a worker that gets ready meanwhile is still sent its end, which has to be open.
  return part.finally(() => near.close());
}
