/** Schedules of updates in flight as they are played: the worst one of a scheme, and random ones. */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS } from '../../../update/record.ts';
import { below, seedRandom } from '../../../workload/contract/random.ts';
import type { StreamStep } from './result.ts';
import { type Extremes, type NewGame, noteError } from './search.ts';

/** A step as it was taken, and approximate − precise after it, pages. */
export interface PlayedStep {
  readonly step: StreamStep;
  readonly error: Pages;
}

/** So many whole updates, one after the other, as one record. */
export function wholeUpdates(cpu: number, pages: Pages, repeat: number): StreamStep {
  return { kind: 'remote', thread: 0, cpu, ...RECORD_DEFAULTS, pages, repeat };
}

/** A machine whose updates can stop between two steps, holding something. */
interface StepPlayer<Held> {
  /** The first step of an update on the CPU of this place; null: it is done. */
  begin(place: number, pages: Pages): Generator<PlayedStep, Held | null>;
  /** Its next step. */
  advance(held: Held): Generator<PlayedStep, Held | null>;
}

/** The largest errors on the way. */
export function extremesOf(schedule: Iterable<PlayedStep>): Extremes {
  const extremes: Extremes = { under: 0, over: 0 };
  for (const { error } of schedule) noteError(extremes, error);
  return extremes;
}

/** Steps between two changes of what the random schedule favours. */
const PHASE = 256;

/** Where random steps start from: an empty machine, or the end of a worst schedule. */
const STARTS = ['rest', 'under', 'over'] as const;

/** What random schedules are played on. */
interface RandomField<Held, Player extends StepPlayer<Held>> {
  readonly inFlight: InFlight;
  readonly cpus: number;
  readonly seed: number;
  /** Of each start. */
  readonly steps: number;
  newPlayer(): Player;
  /** The worst schedule of a side; returns what is held at its end. */
  playWorst(player: Player, side: keyof WorstCase): Generator<PlayedStep, Held[]>;
}

/** Of what may happen, an update begins or one that was stopped goes on. */
export function randomSchedules<Held, Player extends StepPlayer<Held>>(
  field: RandomField<Held, Player>,
): NewGame<StreamStep> {
  const { inFlight, cpus, seed, steps } = field;
  return (isRecorded) => {
    const extremes: Extremes = { under: 0, over: 0 };
    let stream: StreamStep[] = [];
    let moves = 0;
    function noted<Result>(schedule: Generator<PlayedStep, Result>): Result {
      for (let next = schedule.next(); ; next = schedule.next()) {
        if (next.done === true) return next.value;
        noteError(extremes, next.value.error);
        if (isRecorded) stream.push(next.value.step);
      }
    }
    function* play(): Generator<void, void, void> {
      for (const start of STARTS) {
        stream = [];
        const random = seedRandom(seed);
        const player = field.newPlayer();
        const held = start === 'rest' ? [] : noted(field.playWorst(player, start));
        let growPerCent = 50;
        for (let done = 0; done < steps; done++) {
          if (done % PHASE === 0) growPerCent = 20 + below(random, 61);
          const begins =
            held.length < inFlight.updates && (held.length === 0 || below(random, 4) > 0);
          if (begins) {
            const pages = 1 + below(random, inFlight.pages);
            const sign = below(random, 100) < growPerCent ? 1 : -1;
            const stopped = noted(player.begin(below(random, cpus), sign * pages));
            if (stopped !== null) held.push(stopped);
          } else {
            const which = below(random, held.length);
            const stopped = noted(player.advance(held[which]!));
            if (stopped === null) held.splice(which, 1);
            else held[which] = stopped;
          }
          moves += 1;
          yield;
        }
      }
    }
    return { play: play(), moves: () => moves, extremes: () => extremes, stream: () => stream };
  };
}
