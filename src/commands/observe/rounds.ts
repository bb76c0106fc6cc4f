/** Looks at processes round after round, never more often than asked, until there is an end to it. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { secondsNow } from '../../cli/clock.ts';
import type { ProcDirectory } from '../../proc/proc-directory.ts';
import { ABSENCES, type Absence, type HowToLook, lookAt } from './look.ts';
import type { Reading, Round } from './record.ts';
import { refusal } from './setting.ts';

export interface RoundsRequest extends HowToLook {
  readonly proc: ProcDirectory;
  /** Whom to look at, asked before each round. */
  pids(): readonly number[];
  /** They are asked for by their numbers: each must have figures at first, and none left is the end. */
  readonly areNamed: boolean;
  readonly intervalSeconds: number;
  /** When to look for the last time, after the first; null: as long as there is something to see. */
  readonly forSeconds: number | null;
  /** Ends the observation between two looks. */
  readonly stop: AbortSignal;
}

export interface LookedRound {
  readonly round: Round;
  readonly readings: readonly Reading[];
}

/** Seconds of looking until the event loop, and so an interrupt, is seen to. */
const LOOK_EVERY = 0.05;

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));

async function lookAtAll(
  { proc, stop, ...how }: RoundsRequest,
  pids: readonly number[],
  start: number,
  areDemanded: boolean,
): Promise<LookedRound> {
  const counts = Object.fromEntries(ABSENCES.map((absence) => [absence, 0])) as Record<
    Absence,
    number
  >;
  const readings: Reading[] = [];
  const begin = secondsNow();
  let worked = 0;
  let since = begin;
  let listed = 0;
  for (const pid of pids) {
    const look = lookAt(proc, pid, how);
    listed += 1;
    if (typeof look === 'string' && areDemanded) throw refusal(pid, look);
    if (typeof look === 'string') counts[look] += 1;
    else readings.push({ type: 'reading', ...look });
    if (secondsNow() - since < LOOK_EVERY) continue;
    worked += secondsNow() - since;
    await setImmediate();
    since = secondsNow();
    if (stop.aborted) break;
  }
  worked += secondsNow() - since;
  const round: Round = {
    type: 'round',
    seconds: rounded(begin - start, 3),
    listed,
    ...counts,
    microseconds: rounded(1e6 * worked, 0),
  };
  return { round, readings };
}

/** Waits until a moment of secondsNow(), or until it is stopped. */
async function waitUntil(moment: number, stop: AbortSignal): Promise<void> {
  const milliseconds = Math.max(0, 1000 * (moment - secondsNow()));
  await setTimeout(milliseconds, undefined, { signal: stop }).catch(() => {});
}

/**
 * Rounds at multiples of the interval; those that a long round runs over are left out. It ends when it
 * is stopped, after forSeconds, or when none of those asked for is left.
 * @throws InputError where one that is asked for by its number has no figures at the start.
 */
export async function* observedRounds(request: RoundsRequest): AsyncGenerator<LookedRound> {
  const { pids, areNamed, intervalSeconds, forSeconds, stop } = request;
  const start = secondsNow();
  const end = forSeconds === null ? Number.POSITIVE_INFINITY : start + forSeconds;
  let tick = 0;
  while (!stop.aborted) {
    const looked = await lookAtAll(request, pids(), start, areNamed && tick === 0);
    if (areNamed && looked.readings.length === 0) return;
    yield looked;
    tick = Math.max(tick + 1, Math.ceil((secondsNow() - start) / intervalSeconds));
    const next = start + tick * intervalSeconds;
    if (next > end) return;
    await waitUntil(next, stop);
  }
}
