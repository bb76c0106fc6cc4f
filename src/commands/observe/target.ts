/** A command that is started to be observed: its end ends the observation, and its exit code is passed on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { InputError, inWords, placed } from '../../errors.ts';
import type { ProcDirectory } from '../../proc/proc-directory.ts';

/** A process and all that it has started, as long as their parents live (CONFIG_PROC_CHILDREN). */
export function familyOf(proc: ProcDirectory, pid: number): readonly number[] {
  const children = proc.threads(pid).flatMap((thread) => {
    const text = proc.read(`${pid}/task/${thread}/children`);
    return (text.match(/\d+/g) ?? []).map(Number);
  });
  return [pid, ...children.flatMap((child) => familyOf(proc, child))];
}

export interface Started {
  readonly pid: number;
  /** Aborts when it has ended. */
  readonly ended: AbortSignal;
  /** Ends it where it still runs. @returns its exit code, as a shell tells it; 0 where it was ended here. */
  finish(): Promise<number>;
}

/** By signal, 128 and its number. */
function exitCodeOf({ exitCode, signalCode }: ChildProcess): number {
  return exitCode ?? 128 + constants.signals[signalCode ?? 'SIGTERM'];
}

/**
 * Starts a command whose standard output is this program's standard error: results stay alone on
 * standard output. @throws InputError where it cannot be started.
 */
export async function startCommand([command = '', ...words]: readonly string[]): Promise<Started> {
  const child = spawn(command, words, { stdio: ['inherit', 2, 2] });
  const ended = new AbortController();
  let wasStopped = false;
  const exit = new Promise<number>((resolve) => {
    child.once('exit', () => {
      ended.abort();
      resolve(wasStopped ? 0 : exitCodeOf(child));
    });
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw placed(inWords(error), command);
  }
  if (child.pid === undefined) throw new InputError(`${command}: was not started`);
  return {
    pid: child.pid,
    ended: ended.signal,
    finish() {
      if (!ended.signal.aborted) wasStopped = child.kill('SIGTERM');
      return exit;
    },
  };
}
