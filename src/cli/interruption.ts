/** Ctrl-C and termination: noticed between batches, so that nothing is left half-written. */
import { setImmediate } from 'node:timers/promises';

/** By signal, 128 and its number. A terminal that goes hangs up. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof EXIT_CODES;

const SIGNALS = Object.keys(EXIT_CODES) as Signal[];

/** Thrown where work stops because the user said so. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: Signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = EXIT_CODES[signal];
  }
}

/** Between two things that each take a while. @throws the signal's reason. */
export async function letSignalsIn({ signal }: { readonly signal: AbortSignal }): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

/** Runs work that a signal kills at once: it hears none for seconds, and leaves nothing behind. */
export type Killable = <T>(work: () => T | Promise<T>) => Promise<T>;

/** From so many CPUs on, counters take long enough to make that signals would wait for them. */
const LARGE = 2 ** 17;

/** Work on a machine that looks at the signal now and then: on a large one that is too seldom. */
export async function onMachine<T>(
  killable: Killable,
  { nrCpuIds }: { readonly nrCpuIds: number },
  work: () => Promise<T>,
): Promise<T> {
  return nrCpuIds < LARGE ? work() : killable(work);
}

/**
 * Runs work that SIGINT, SIGTERM or SIGHUP ends: the first one aborts the signal, with an Interrupted as
 * its reason; a second one kills as usual. Whatever the abort breaks, Interrupted is thrown.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal, killable: Killable) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const onSignal = (name: Signal) => {
    release();
    controller.abort(new Interrupted(name));
  };
  function release(): void {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
  function listen(): void {
    for (const name of SIGNALS) process.on(name, onSignal);
  }
  const killable: Killable = async (deaf) => {
    // One that is here already is heard now or never.
    await letSignalsIn({ signal });
    release();
    try {
      return await deaf();
    } finally {
      if (!signal.aborted) listen();
    }
  };
  listen();
  try {
    return await work(signal, killable);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    release();
  }
}

/** Never resolves; rejects with the signal's reason: to race against what may wait for ever. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
