/** The settled states of cells and of threads as a graph: holders that never touch each other's counts. */
import { hugePagePages } from '../../../kernel/page-table.ts';
import { TASK_RSS_EVENTS_THRESH } from '../../../kernel/rss-stat.ts';
import type { CpuIds } from '../../../topology/cpulist.ts';
import type { PageSize, Pages } from '../../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { FROM_REST, MOST_STATES, type StateGraph } from './search.ts';

/** One add as a record: a fault of one page, an unmap of one, or another context's update. */
export function oneAdd(cpu: number, pages: Pages): RecordedUpdate {
  const kind = pages === 1 ? 'fault' : pages === -1 ? 'bulk' : 'remote';
  return { kind, thread: 0, cpu, pages, ...RECORD_DEFAULTS };
}

/** One holder: a CPU's or a slot's cell, a thread's cache. It begins in state 0. */
interface LocalMachine {
  readonly states: number;
  readonly moves: number;
  /** The state after move m in state s, at s × moves + m. */
  readonly next: Int32Array;
  /** What a state keeps from the reader, pages. */
  readonly held: Int32Array;
}

/** All states that the moves lead to from rest, in the order of discovery. */
function localMachine<State>(
  rest: State,
  moves: readonly ((state: State) => State)[],
  heldIn: (state: State) => Pages,
): LocalMachine {
  const states = [rest];
  const numbers = new Map([[JSON.stringify(rest), 0]]);
  const next: number[] = [];
  for (const state of states) {
    for (const move of moves) {
      const after = move(state);
      const key = JSON.stringify(after);
      const number = numbers.get(key) ?? states.length;
      if (number === states.length) {
        numbers.set(key, number);
        states.push(after);
      }
      next.push(number);
    }
  }
  return {
    states: states.length,
    moves: moves.length,
    next: Int32Array.from(next),
    held: Int32Array.from(states, heldIn),
  };
}

/** So many holders, all alike. `tell` says what move m of holder h is. */
function productGraph(
  { states, moves, next, held }: LocalMachine,
  holders: number,
  tell: (holder: number, move: number) => RecordedUpdate,
): StateGraph<RecordedUpdate> {
  const place = Float64Array.from({ length: holders }, (_, holder) => states ** holder);
  return {
    ...FROM_REST,
    states: states ** holders,
    moves: () => moves * holders,
    step(state, move) {
      const holder = Math.floor(move / moves);
      const weight = place[holder]!;
      const local = Math.floor(state / weight) % states;
      const after = next[local * moves + (move - holder * moves)]!;
      return state + (after - local) * weight;
    },
    error(state) {
      let sum = 0;
      for (let rest = state, holder = 0; holder < holders; holder++) {
        sum += held[rest % states]!;
        rest = Math.floor(rest / states);
      }
      return 0 - sum;
    },
    tell: (_, move) => tell(Math.floor(move / moves), move % moves),
  };
}

/** What stays in a cell that holds `held` after an add. */
export function cellAfter(held: Pages, add: Pages, batch: Pages): Pages {
  return Math.abs(held + add) >= batch ? 0 : held + add;
}

/**
 * A cell on each of the CPUs, each of −(batch − 1) … batch − 1 pages; null where there are more than
 * MOST_STATES. Moves are adds of one page and of a whole batch, both ways: any other leaves a cell
 * that these reach too, as it either stays below the batch, where single pages lead, or is handed on
 * and leaves 0.
 */
export function cellStates(cpus: CpuIds, batch: Pages): StateGraph<RecordedUpdate> | null {
  if ((2 * batch - 1) ** cpus.length > MOST_STATES) return null;
  const amounts = batch === 1 ? [1, -1] : [1, -1, batch, -batch];
  const adds = amounts.map((add) => (held: Pages) => cellAfter(held, add, batch));
  const cell = localMachine<Pages>(0, adds, (held) => held);
  return productGraph(cell, cpus.length, (holder, move) => oneAdd(cpus[holder]!, amounts[move]!));
}

/** What a thread does that moves its event counter or its cache. */
export const THREAD_MOVES = ['fault', 'huge', 'bulk'] as const;

/** One thread of the per-thread scheme: its event counter and its cached count. */
export interface ThreadState {
  readonly events: number;
  readonly cached: Pages;
}

/**
 * mm/memory.c before 6.2: a fault begins with check_sync_rss_stat(), a page of its own goes to the
 * cache, a huge one past it; a walk over page tables syncs first.
 */
export function threadAfter(
  { events, cached }: ThreadState,
  move: (typeof THREAD_MOVES)[number],
): ThreadState {
  if (move === 'bulk') return { events: 0, cached: 0 };
  const syncs = events > TASK_RSS_EVENTS_THRESH;
  const kept = syncs ? 0 : cached;
  return { events: syncs ? 0 : events + 1, cached: move === 'fault' ? kept + 1 : kept };
}

/** So many threads on one CPU; null where there are more than MOST_STATES. */
export function threadStates(
  cpu: number,
  threads: number,
  pageSize: PageSize,
): StateGraph<RecordedUpdate> | null {
  const moves = THREAD_MOVES.map((move) => (state: ThreadState) => threadAfter(state, move));
  const thread = localMachine({ events: 0, cached: 0 }, moves, ({ cached }) => cached);
  if (thread.states ** threads > MOST_STATES) return null;
  const pagesOf = { fault: 1, huge: hugePagePages(pageSize), bulk: -1 };
  return productGraph(thread, threads, (holder, move): RecordedUpdate => {
    const kind = THREAD_MOVES[move]!;
    return { kind, thread: holder, cpu, pages: pagesOf[kind], ...RECORD_DEFAULTS };
  });
}
