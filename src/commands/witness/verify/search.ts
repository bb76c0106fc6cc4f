/**
 * Searches for the largest error: one visits every state of a graph, the other plays moves at random.
 * Either ends at the first error beyond the bound, with the steps that lead there.
 */
import type { Heartbeat } from '../../../replay/replay.ts';
import type { WorstCase } from '../../../schemes/bound.ts';

/** What a long search asks of its surroundings: to let signals in, and whether to stop. */
export interface SearchClock {
  /** Called now and then with the states or moves examined; it may reject. */
  readonly heartbeat: Heartbeat;
  /** The time for the search is used up. */
  expired(): boolean;
}

/** Largest magnitudes below and above the truth, pages. */
export interface Extremes extends WorstCase {
  under: number;
  over: number;
}

export function noteError(extremes: Extremes, error: number): void {
  if (-error > extremes.under) extremes.under = -error;
  if (error > extremes.over) extremes.over = error;
}

export function isBeyond({ under, over }: WorstCase, bound: WorstCase): boolean {
  return under > bound.under || over > bound.over;
}

/** States, or moves, between two looks at the clock. */
const LOOK_EVERY = 4096;

/** A machine of counters as a graph of states. */
export interface StateGraph<Step> {
  /** States are numbered from 0 to this; not all need be reachable. Null: numbered as they are found. */
  readonly states: number | null;
  /** Breadth finds the shortest way, depth goes furthest before it is cut short. */
  readonly order: 'breadth' | 'depth';
  /** It begins in state 0, or in the first of so many; and the step that a stream begins with. */
  readonly starts: number;
  begin(start: number): readonly Step[];
  /** Moves in a state are numbered too; some may be impossible. */
  moves(state: number): number;
  /** The state after a move, −1 where it is impossible. */
  step(state: number, move: number): number;
  /** Approximate − precise in a state, pages. */
  error(state: number): number;
  /** The move as a step of a stream. */
  tell(state: number, move: number): Step;
}

/** Of a graph in which all begins at rest. */
export const FROM_REST = { order: 'breadth', starts: 1, begin: () => [] } as const;

/** More states than this are not enumerated: the search takes 4 bytes for each. */
export const MOST_STATES = 2 ** 26;

/** States that are yet to be looked at, in the order of the search. */
function createFrontier({ starts, order }: Pick<StateGraph<unknown>, 'starts' | 'order'>) {
  let level = Array.from({ length: starts }, (_, start) => start);
  let next = order === 'depth' ? level : [];
  let at = 0;
  return {
    push: (state: number) => void next.push(state),
    take(): number | undefined {
      if (order === 'depth') return level.pop();
      if (at === level.length) [level, next, at] = [next, [], 0];
      return level[at++];
    },
  };
}

/** Room for states that are numbered as they are found: a multiple of 32, and more than the starts. */
const FIRST_ROOM = 2 ** 20;

function enlarged<T extends Int32Array | Uint32Array>(array: T): T {
  const larger = array instanceof Int32Array ? Int32Array : Uint32Array;
  const copy = new larger(2 * array.length) as T;
  copy.set(array);
  return copy;
}

/** The steps from a start to a state, by the state that each was first reached from. */
function wayTo<Step>(graph: StateGraph<Step>, cameFrom: Int32Array, end: number): Step[] {
  const way: Step[] = [];
  let state = end;
  for (let from = cameFrom[state]!; from >= 0; from = cameFrom[state]!) {
    let move = 0;
    while (graph.step(from, move) !== state) move += 1;
    way.push(graph.tell(from, move));
    state = from;
  }
  return [...graph.begin(state), ...way.reverse()];
}

/** What a search found of errors against a bound. */
export interface Searched<Step> {
  readonly found: WorstCase;
  /** Distinct states reached, null where they are not counted. */
  readonly states: number | null;
  /** Moves tried, or made. */
  readonly transitions: number;
  /** All states were seen and their moves tried, or as many made as were planned. */
  readonly complete: boolean;
  /** The steps to the first error beyond the bound, null where there is none. */
  readonly beyond: readonly Step[] | null;
}

/**
 * Visits the states of a graph until one `isBeyond`, which is told each that is looked at. The search
 * ends soon after it has reached more than `mostStates`.
 * @throws what the clock's heartbeat throws.
 */
export async function explore<Step>(
  graph: StateGraph<Step>,
  isBeyond: (state: number) => boolean,
  clock: SearchClock,
  mostStates = Number.POSITIVE_INFINITY,
): Promise<Omit<Searched<Step>, 'found'>> {
  const frontier = createFrontier(graph);
  // Where each state was first reached from, and a bit for each that was: these stay in the cache.
  let cameFrom = new Int32Array(graph.states ?? FIRST_ROOM).fill(-1, 0, graph.starts);
  let reached = new Uint32Array(Math.ceil(cameFrom.length / 32));
  for (let start = 0; start < graph.starts; start++) reached[start >>> 5]! |= 1 << (start & 31);
  let states = graph.starts;
  let transitions = 0;
  let expanded = 0;
  for (let from = frontier.take(); from !== undefined; from = frontier.take()) {
    if (isBeyond(from)) {
      return { states, transitions, complete: false, beyond: wayTo(graph, cameFrom, from) };
    }
    const moves = graph.moves(from);
    for (let move = 0; move < moves; move++) {
      const state = graph.step(from, move);
      if (state < 0) continue;
      transitions += 1;
      if (state >= cameFrom.length) {
        cameFrom = enlarged(cameFrom);
        reached = enlarged(reached);
      } else if ((reached[state >>> 5]! & (1 << (state & 31))) !== 0) continue;
      cameFrom[state] = from;
      reached[state >>> 5]! |= 1 << (state & 31);
      frontier.push(state);
      states += 1;
    }
    expanded += 1;
    if (expanded % LOOK_EVERY !== 0) continue;
    const pause = clock.heartbeat(states);
    if (pause !== undefined) await pause;
    if (clock.expired() || states > mostStates) {
      return { states, transitions, complete: false, beyond: null };
    }
  }
  return { states, transitions, complete: true, beyond: null };
}

/** Visits the states of a graph until the error of one is beyond the bound. */
export async function exploreErrors<Step>(
  graph: StateGraph<Step>,
  bound: WorstCase,
  clock: SearchClock,
  mostStates?: number,
): Promise<Searched<Step>> {
  const found: Extremes = { under: 0, over: 0 };
  const noted = (state: number) => {
    noteError(found, graph.error(state));
    return isBeyond(found, bound);
  };
  return { found, ...(await explore(graph, noted, clock, mostStates)) };
}

/** Random moves against counters. */
interface Game<Step> {
  /** Makes moves; each yield is a chance to stop. */
  readonly play: Generator<void, void, void>;
  /** Moves made. */
  moves(): number;
  extremes(): WorstCase;
  /** The steps since the counters last began at zero, if they are recorded. */
  stream(): readonly Step[];
}

/** Begins a game that is the same each time, with its steps recorded or not. */
export type NewGame<Step> = (isRecorded: boolean) => Game<Step>;

/** Plays a game to its end. @throws what the clock's heartbeat throws. */
export async function playOut<Step>(
  begin: NewGame<Step>,
  bound: WorstCase,
  clock: SearchClock,
): Promise<Searched<Step>> {
  const game = begin(false);
  let turns = 0;
  let complete = false;
  let beyond = false;
  while (!complete && !beyond && !clock.expired()) {
    const look = game.moves() + LOOK_EVERY;
    while (game.moves() < look && !complete && !beyond) {
      complete = game.play.next().done === true;
      beyond = isBeyond(game.extremes(), bound);
      turns += 1;
    }
    const pause = clock.heartbeat(game.moves());
    if (pause !== undefined) await pause;
  }
  return {
    found: game.extremes(),
    states: null,
    transitions: game.moves(),
    complete,
    beyond: beyond ? streamOf(begin(true), turns) : null,
  };
}

function streamOf<Step>(game: Game<Step>, turns: number): readonly Step[] {
  for (let turn = 0; turn < turns; turn++) game.play.next();
  return game.stream();
}
