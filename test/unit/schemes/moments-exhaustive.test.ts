/**
 * Every settled state of small machines, by every move of threads and CPUs, of the counters themselves: no
 * error is beyond the exact worst case, and some state attains it. `witness --verify` enumerates cells; here
 * are the migrations, switches, ends and beginnings of threads too.
 */
import { describe, expect, it } from 'vitest';
import { createCounters, parseScheme, schemeOf } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { columnsOf, readingsAfterEach, readingsOf, type Update } from '../../support/updates.ts';

const CPUS = [0, 1, 2];
const machine = flatMachine(CPUS.length);
const KINDS = { pagesAddedPerFault: 1, pagesTakenPerFault: 0 };

function movesOf(threads: number): Update[] {
  const each = Array.from({ length: threads }, (_, thread) => thread);
  return [
    ...CPUS.flatMap((cpu) =>
      each.flatMap((thread) =>
        [-2, -1, 1, 2].map((pages) => ({ kind: KIND.bulk, thread, cpu, pages })),
      ),
    ),
    ...CPUS.map((cpu) => ({ kind: KIND.switchOut, cpu, pages: 0 })),
    ...each.map((thread) => ({ kind: KIND.threadExit, thread, pages: 0 })),
    ...each.slice(1).map((thread) => ({ kind: KIND.threadStart, thread, pages: 0 })),
    { kind: KIND.remote, thread: threads, cpu: 0, pages: 1 },
  ];
}

/** Where each thread last was, and who runs on each CPU: what a state has besides its cells. */
function whereabouts(updates: readonly Update[]): unknown {
  const cpuOf = new Map<number, number>();
  const on = new Map<number, number>();
  for (const { kind, thread = 0, cpu = 0 } of updates) {
    const at = cpuOf.get(thread);
    const leaves = kind === KIND.threadExit || (kind === KIND.bulk && at !== cpu);
    if (leaves && at !== undefined && on.get(at) === thread) on.delete(at);
    if (kind === KIND.switchOut) on.delete(cpu);
    if (kind === KIND.threadExit) cpuOf.delete(thread);
    if (kind !== KIND.bulk) continue;
    cpuOf.set(thread, cpu);
    on.set(cpu, thread);
  }
  const sorted = (map: Map<number, number>) => [...map].sort(([a], [b]) => a - b);
  return [sorted(cpuOf), sorted(on)];
}

/** Each state once, by the shortest way there. */
function explore(text: string, threads: number) {
  const spec = parseScheme(text);
  const extremes = { under: 0, over: 0 };
  const look = (updates: readonly Update[]): string => {
    const columns = columnsOf(updates);
    const counters = createCounters(machine, spec);
    const reading = readingsAfterEach(readingsOf(counters, columns), columns).at(-1) ?? 0;
    const error = reading - counters.preciseSum(1);
    extremes.under = Math.max(extremes.under, -error);
    extremes.over = Math.max(extremes.over, error);
    const { shared: _, ...state } = counters.state(1) as Record<string, unknown>;
    const first = updates.find(({ kind }) => kind === KIND.bulk || kind === KIND.threadStart);
    return JSON.stringify([state, whereabouts(updates), first?.thread]);
  };
  const seen = new Set([look([])]);
  const moves = movesOf(threads);
  let front: Update[][] = [[]];
  while (front.length > 0) {
    front = front.flatMap((way) =>
      moves.flatMap((move) => {
        const next = [...way, move];
        const key = look(next);
        if (seen.has(key)) return [];
        seen.add(key);
        return [next];
      }),
    );
  }
  return { extremes, states: seen.size };
}

describe('every state of three CPUs', () => {
  it.each([
    ['stash:cap=2', 2],
    ['stash:read=shared,cap=2', 1],
    ['stash:read=shared,cap=2', 2],
    ['lazy:batch=2', 1],
    ['lazy:batch=2', 2],
    ['atomic-until-threaded:batch=2', 2],
  ])('of %s with %i threads is within the exact worst case, which one attains', (text, threads) => {
    const spec = parseScheme(text);
    const holders = { cpus: machine.online, threads };
    const { under, over } = schemeOf(spec).worstCase(spec, machine, holders, KINDS);
    const { extremes, states } = explore(text, threads);
    expect(extremes).toEqual({ under, over });
    expect(states).toBeGreaterThan(3);
  });
});
