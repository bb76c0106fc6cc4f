/** Holds what updates in flight can do to every state of small machines, and to schedules of large ones. */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import { DIRECTIONS, type Direction } from '../witness-stream.ts';
import { boundOn, type ClosedForms, judge, type VerifyRequest } from './judge.ts';
import { extremesOf, type PlayedStep } from './played.ts';
import type { Check, StreamStep } from './result.ts';
import {
  exploreErrors,
  isBeyond,
  MOST_STATES,
  type NewGame,
  playOut,
  type SearchClock,
  type StateGraph,
} from './search.ts';
import { inFlightTreeOf, randomTree, worstTree } from './tree-schedules.ts';
import { inFlightTree, nrInFlightStates, treeLayout } from './tree-states.ts';
import { inFlightTwoLevel, randomTwoLevel, worstTwoLevel } from './two-level-states.ts';

/** Counters whose updates can stop between two steps, and have a bound all the same. */
interface SteppedMachine {
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
