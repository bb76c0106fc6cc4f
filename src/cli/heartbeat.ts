/** What happens between the batches of long work: signals are let in, progress and time are seen to. */
import { setImmediate } from 'node:timers/promises';
import { formatNumber } from '../render/amounts.ts';
import type { Heartbeat } from '../replay/replay.ts';
import { USUAL_COLUMNS } from './help-width.ts';
import type { MeasuredInput } from './input.ts';
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
export const DESIGNING: Work = { verb: 'searching', noun: 'designs' };
export const JUDGING: Work = { verb: 'judging', noun: 'reports' };

/** Of the longest line: the end of a longer one before it is written over. */
const LINE_WIDTH = 50;

/** Before so much of it is done, how long the rest takes is a guess. */
const TELLING_SHARE = 0.02;

function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** "42%, 3 s left", as if the rest went as what is done; where the whole is not known, how fast. */
export function amountDone(
  done: number,
  whole: number | null,
  noun: string,
  milliseconds: number,
): string {
  if (whole === null) {
    return `${formatNumber(done)} ${noun}, ${formatNumber(Math.round((1000 * done) / milliseconds))} a second`;
  }
  const share = Math.min(1, done / whole);
  const percent = `${Math.floor(100 * share)}%`;
  if (share < TELLING_SHARE) return percent;
  const seconds = Math.ceil((milliseconds * (1 - share)) / share / 1000);
  return `${percent}, ${durationText(seconds)} left`;
}

/** Where progress is told, and what ends the work. */
interface Told extends Pick<Session, 'signal'> {
  /** Null: nowhere. */
  readonly stderr: Session['stderr'] | null;
}

/** Beside a result that is written as it comes: on one terminal the line would stand among its lines. */
export function besideLines(output: string | undefined, { stdout, stderr, signal }: Session): Told {
  return { signal, stderr: output === undefined && stdout.isTTY === true ? null : stderr };
}

/** Progress goes to stderr where that is a terminal, as one line that is written over. */
function createLine(
  lineOf: (done: number, milliseconds: number) => string,
  { stderr, signal }: Told,
): Progress {
  const terminal = stderr?.isTTY === true ? stderr : null;
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
      // A line that wraps would not be written over.
      const room = Math.max(1, (terminal.columns || USUAL_COLUMNS) - 1);
      terminal.write(
        `\r${lineOf(done, now - start)
          .padEnd(LINE_WIDTH)
          .slice(0, room)}`,
      );
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

/** A percentage and the time left where it is known beforehand how much there is to do. */
export function createProgress(
  whole: number | null,
  session: Told,
  { verb, noun }: Work = REPLAYING,
): Progress {
  return createLine(
    (done, milliseconds) => `${verb}: ${amountDone(done, whole, noun, milliseconds)}`,
    session,
  );
}

/** What the work finds, which shows its progress. @throws the reason of a signal that has come meanwhile. */
export async function withProgress<T>(
  whole: number | null,
  session: Told,
  work: (heartbeat: Heartbeat) => Promise<T>,
  said: Work = REPLAYING,
): Promise<T> {
  const { heartbeat, clear } = createProgress(whole, session, said);
  const found = await work(heartbeat).finally(clear);
  session.signal.throwIfAborted();
  return found;
}

/**
 * By the bytes of a file that have been read, whatever the heartbeats count; where all have, or it is
 * no file, by what those count.
 */
export function createReadingProgress(
  { size, read }: Pick<MeasuredInput, 'size' | 'read'>,
  session: Told,
  { verb, noun }: Work = REPLAYING,
): Progress {
  return createLine((done, milliseconds) => {
    const isInFile = size !== null && read() < size;
    return `${verb}: ${isInFile ? amountDone(read(), size, noun, milliseconds) : amountDone(done, null, noun, milliseconds)}`;
  }, session);
}

/** Of a search that ends after so many seconds at the latest, if it looks. */
export function createSearchClock(
  seconds: number,
  session: Told,
): Progress & { expired(): boolean } {
  const end = performance.now() + 1000 * seconds;
  const progress = createLine((done, milliseconds) => {
    const left = Math.max(0, Math.ceil(seconds - milliseconds / 1000));
    return `${SEARCHING.verb}: ${formatNumber(done)} ${SEARCHING.noun}, at most ${durationText(left)} left`;
  }, session);
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
