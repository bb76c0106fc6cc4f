/** Feeds the program what is meant to hurt it, and measures its time and memory. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './shell.ts';

export interface Measured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the command alone. */
  readonly seconds: number;
  /** The most physical memory that its process held meanwhile, in MiB: Node and all before it included. */
  readonly peakMiB: number;
}

/** Standard input piece by piece, so that what is large is never whole in the test's memory. */
export type Pieces = Iterable<string | Buffer>;

const path = fileURLToPath(new URL('hostile-host.js', import.meta.url));

/** Writes the pieces as fast as they are taken; a program that has seen enough closes its end. */
function feed(socket: Socket, pieces: Iterator<string | Buffer>): void {
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done === true) return void socket.end();
    if (socket.destroyed) return;
    if (!socket.write(next.value)) return void socket.once('drain', () => feed(socket, pieces));
  }
}

/** One process of the program for command lines one after the other. */
async function startHost() {
  const socketPath = join(temporaryFolder(), 'socket');
  const host: ChildProcess = fork(path, [socketPath], { execArgv: ['--expose-gc'] });
  const died = once(host, 'exit').then(([code, signal]): never => {
    throw new Error(`the program has died of ${signal ?? code}`);
  });
  died.catch(() => {});
  const said = async () => (await Promise.race([once(host, 'message'), died]))[0];
  await said();
  return {
    async measure(args: readonly string[], input: Pieces): Promise<Measured> {
      const socket = connect(socketPath).on('error', () => {});
      socket.write(`${JSON.stringify(args)}\n`);
      feed(socket, input[Symbol.iterator]());
      const measured = await said();
      socket.destroy();
      return measured;
    },
    end: () => host.disconnect(),
  };
}

/**
 * Measures command lines in one process, and anew in one of its own what takes more memory than it
 * may there: it may be what others have left. `end()` ends the process.
 */
export function createMeter(mostMiB: number) {
  let host: ReturnType<typeof startHost> | null = null;
  async function end(): Promise<void> {
    await host?.then((running) => running.end());
    host = null;
  }
  async function measureOnce(args: readonly string[], input: Pieces): Promise<Measured> {
    host ??= startHost();
    return (await host).measure(args, input);
  }
  return {
    async measure(args: readonly string[], input: () => Pieces = () => []): Promise<Measured> {
      const isFresh = host === null;
      const measured = await measureOnce(args, input());
      if (isFresh || measured.peakMiB < mostMiB) return measured;
      await end();
      return measureOnce(args, input());
    },
    end,
  };
}
