/** Shares of comparisons on a pool of worker threads, or one after the other where that is quicker. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Pool } from 'workerpool';
import { InputError } from '../input-error.ts';
import type { Heartbeat } from '../replay/replay.ts';
import { type CompareRequest, compare } from '../study/compare.ts';
import type { Comparison } from '../study/comparison.ts';
import { isWorthWorkers, joined, sharesOf } from '../study/shares.ts';
import { aborted } from './interruption.ts';
import { wholeNumber } from './values.ts';

export interface JobsFlags {
  readonly jobs?: number;
}

const MOST_JOBS = 1024;

export function addJobsOption(command: Command): Command {
  return command.option(
    '--jobs <n>',
    'workers for long work, which change no byte of the output (default: all CPUs)',
    wholeNumber('--jobs', 1, MOST_JOBS),
  );
}

/** A worker's error has lost its class on the way. */
function asThrown(error: unknown): unknown {
  return error instanceof Error && error.name === 'InputError'
    ? new InputError(error.message)
    : error;
}

/** Tells a heartbeat what all the work together has done. */
function sumOf(heartbeat: Heartbeat): (more: number) => void {
  let done = 0;
  return (more) => {
    done += more;
    // The pool waits for its workers anyway, and a signal ends it: only the progress line is wanted.
    heartbeat(done)?.catch(() => {});
  };
}

async function onPool<T>(
  workers: number,
  signal: AbortSignal,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  // CommonJS: its functions are on the default export.
  const { default: workerpool } = await import('workerpool');
  const pool = workerpool.pool(fileURLToPath(new URL('./worker.js', import.meta.url)), {
    maxWorkers: workers,
    workerType: 'thread',
    // Milliseconds: a worker has nothing to tidy up, and in the midst of a replay it would not hear.
    workerTerminateTimeout: 1,
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
 * The comparisons of several requests, in their order.
 * @throws what compare() throws; the signal's reason.
 */
export async function compareAll(
  requests: readonly CompareRequest[],
  { jobs }: JobsFlags,
  heartbeat: Heartbeat,
  signal: AbortSignal,
): Promise<Comparison[]> {
  const workers = jobs ?? availableParallelism();
  const shares = sharesOf(requests, workers);
  if (workers > 1 && isWorthWorkers(shares)) {
    const tell = sumOf(heartbeat);
    return onPool(workers, signal, async (pool) => {
      const compareOn = (share: CompareRequest): Promise<Comparison> =>
        Promise.resolve(pool.exec('compare', [share], { on: tell }));
      const runs = await Promise.all(shares.map((run) => Promise.all(run.map(compareOn))));
      return runs.map(joined);
    });
  }
  const comparisons: Comparison[] = [];
  let before = 0;
  for (const request of requests) {
    const start = before;
    comparisons.push(await compare(request, (done) => heartbeat(start + done)));
    before += request.workload.operations;
  }
  return comparisons;
}
