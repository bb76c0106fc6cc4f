/**
 * Holds what updates in flight can do to every state of small machines, and to schedules of large ones as
 * they are played: the worst one of a scheme, and random ones.
 */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS } from '../../../update/record.ts';
import { below, seedRandom } from '../../../workload/contract/random.ts';
import { DIRECTIONS, type Direction } from '../witness-stream.ts';
import { boundOn, type ClosedForms, judge, type VerifyRequest } from './judge.ts';
import type { Check, StreamStep } from './result.ts';
import {
  type Extremes,
  exploreErrors,
  isBeyond,
  MOST_STATES,
  type NewGame,
  noteError,
  playOut,
  type SearchClock,
  type StateGraph,
} from './search.ts';
import { inFlightTreeOf, randomTree, worstTree } from './tree-schedules.ts';
import { inFlightTree, nrInFlightStates, treeLayout } from './tree-states.ts';
import { inFlightTwoLevel, randomTwoLevel, worstTwoLevel } from './two-level-states.ts';

/** Counters whose updates can stop between two steps, and have a bound all the same. */
export interface SteppedMachine {
  /** Null: too many states. */
  states(): StateGraph<StreamStep> | null;
  readonly mostStates: number;
  /** The schedule that is to attain a side. */
  worst(side: Direction): Iterable<PlayedStep>;
  /** So many random steps. */
  random(seed: number, steps: number): NewGame<StreamStep>;
}

/** States that are numbered as they are found are enumerated up to this. */
export const MOST_FOUND_STATES = 2_000_000;

/** Null where each update is one step, or, as on per-NUMA slots, none but that of one burst is bounded. */
export function steppedMachine(
  holding: Holding,
  { cpus, pageSize }: Pick<VerifyRequest, 'cpus' | 'pageSize'>,
  inFlight: InFlight,
): SteppedMachine | null {
  if (holding.kind === 'two-level') {
    return {
      states: () => inFlightTwoLevel(holding, inFlight, MOST_FOUND_STATES),
      mostStates: MOST_FOUND_STATES,
      worst: (side) => worstTwoLevel(holding, inFlight, side),
      random: (seed, steps) => randomTwoLevel(holding, inFlight, seed, steps),
    };
  }
  if (holding.kind !== 'tree' || holding.shape.nrLevels === 0) return null;
  const tree = inFlightTreeOf(holding, cpus, pageSize, inFlight);
  return {
    states() {
      const layout = treeLayout(holding);
      const isSmall = nrInFlightStates(layout, inFlight) <= MOST_STATES;
      return isSmall ? inFlightTree(layout, inFlight, cpus) : null;
    },
    mostStates: MOST_STATES,
    worst: (side) => worstTree(tree, side),
    random: (seed, steps) => randomTree(tree, seed, steps),
  };
}

/** Steps of each random schedule. */
const RANDOM_STEPS = 2 ** 20;

/** The steps of a schedule that goes beyond the bound; null where none of these does. */
function beyondBy(
  machine: SteppedMachine,
  directions: readonly Direction[],
  limit: WorstCase,
): StreamStep[] | null {
  const side = directions.find((one) => isBeyond(extremesOf(machine.worst(one)), limit));
  return side === undefined ? null : Array.from(machine.worst(side), ({ step }) => step);
}

/** At most so many updates at once: against every state, or against schedules. */
export async function checkRunning(
  machine: SteppedMachine,
  request: VerifyRequest,
  inFlight: InFlight,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check> {
  const { directions, seed } = request;
  const bound = forms.running(request, inFlight);
  const limit = boundOn(bound, directions);
  const reached = DIRECTIONS.map((side) =>
    directions.includes(side) ? extremesOf(machine.worst(side))[side] : null,
  );
  const witness = { under: reached[0]!, over: reached[1]! };
  const graph = machine.states();
  const { beyond, ...searched } =
    graph === null
      ? await playOut(machine.random(seed, RANDOM_STEPS), limit, clock)
      : await exploreErrors(graph, limit, clock, machine.mostStates);
  const stream = beyond ?? beyondBy(machine, directions, limit);
  const exhaustive = graph !== null && searched.complete;
  // A search that has seen as many states as it may is complete, though not exhaustive.
  const complete = searched.complete || (graph?.states === null && !clock.expired());
  const found = { ...searched, complete, stream: stream === null ? null : [...stream] };
  return judge({ check: 'running', exact: bound, witness, ...found, exhaustive }, directions);
}

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
export interface StepPlayer<Held> {
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
