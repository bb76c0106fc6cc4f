/** What happens between the batches of long work: signals are let in, progress and time are seen to. */
import { setImmediate } from 'node:timers/promises';
import type { Heartbeat } from '../replay/replay.ts';
import type { Session } from './streams.ts';

/** Milliseconds between two looks at the event loop, and between two progress lines. */
const LOOK_EVERY = 50;
const SHOW_EVERY = 100;
const SHOW_AFTER = 300;

export interface Progress {
  readonly heartbeat: Heartbeat;
  /** Removes the progress line. */
  clear(): void;
}

/** What the progress line says is done, and of what. */
interface Work {
  readonly verb: string;
  readonly noun: string;
}

const REPLAYING: Work = { verb: 'replaying', noun: 'operations' };
const SEARCHING: Work = { verb: 'searching', noun: 'states and updates' };
export const BOUNDING: Work = { verb: 'bounding', noun: 'machines' };
export const SWEEPING: Work = { verb: 'sweeping', noun: 'points' };
export const LIVING: Work = { verb: 'living', noun: 'steps' };

/** Of the longest line: the end of a longer one before it is written over. */
const LINE_WIDTH = 30;

/** Before so much of it is done, how long the rest takes is a guess. */
const TELLING_SHARE = 0.02;

/** "42%, 3 s left", as if the rest went as what is done. */
export function amountDone(
  done: number,
  operations: number | null,
  noun: string,
  milliseconds: number,
): string {
  if (operations === null) return `${done} ${noun}`;
  const share = Math.min(1, done / operations);
  const percent = `${Math.floor(100 * share)}%`;
  if (share < TELLING_SHARE) return percent;
  const seconds = Math.ceil((milliseconds * (1 - share)) / share / 1000);
  const left = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return `${percent}, ${left} left`;
}

/**
 * Progress goes to stderr where that is a terminal, as one line that is written over: a percentage
 * where the operations are known beforehand.
 */
export function createProgress(
  operations: number | null,
  { stderr, signal }: Pick<Session, 'stderr' | 'signal'>,
  { verb, noun }: Work = REPLAYING,
): Progress {
  const terminal = stderr.isTTY === true ? stderr : null;
  const start = performance.now();
  let looked = start;
  let shown = start;
  let visible = false;

  async function look(): Promise<void> {
    await setImmediate();
    signal.throwIfAborted();
  }

  function heartbeat(done: number): Promise<void> | undefined {
    const now = performance.now();
    if (terminal !== null && now - start > SHOW_AFTER && now - shown > SHOW_EVERY) {
      const line = `${verb}: ${amountDone(done, operations, noun, now - start)}`;
      terminal.write(`\r${line.padEnd(LINE_WIDTH)}`);
      shown = now;
      visible = true;
    }
    if (now - looked < LOOK_EVERY) return undefined;
    looked = now;
    return look();
  }

  return {
    heartbeat,
    clear() {
      if (visible) terminal?.write('\r\x1b[K');
    },
  };
}

/** Of a search that ends after so many seconds at the latest, if it looks. */
export function createSearchClock(
  seconds: number,
  session: Pick<Session, 'stderr' | 'signal'>,
): Progress & { expired(): boolean } {
  const end = performance.now() + 1000 * seconds;
  const progress = createProgress(null, session, SEARCHING);
  return { ...progress, expired: () => performance.now() > end };
}

/** Thrown by a heartbeat where enough has been seen. */
class Enough extends Error {}

/**
 * How long the beginning of some work takes: all of it, or what is done within about so many
 * milliseconds.
 */
export async function timeBeginning(
  milliseconds: number,
  work: (heartbeat: Heartbeat) => Promise<unknown>,
): Promise<{ readonly milliseconds: number; readonly done: number | null }> {
  const start = performance.now();
  let reached: number | null = null;
  try {
    await work((done) => {
      if (performance.now() - start < milliseconds) return undefined;
      reached = done;
      throw new Enough();
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return { milliseconds: performance.now() - start, done: reached };
}
