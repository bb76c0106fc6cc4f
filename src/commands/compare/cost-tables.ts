/** What updates have cost as tables and notes: under the tables of the errors. */

import { formatCount, formatNumber } from '../../render/amounts.ts';
import type { Column, Layout, TextTable } from '../../render/view.ts';
import { formatDuration, formatMean, formatTouches } from './cost-amounts.ts';
import type { Journeys, RunCost, SchemeCost, TravelCounts } from './cost-result.ts';
import type { RunResult } from './result.ts';

interface CostRow {
  readonly scheme: string;
  readonly name: string;
  readonly cost: SchemeCost;
}

type TouchSort = 'plain' | 'atomic' | 'locked';

interface LineRow extends Journeys {
  readonly name: string;
  readonly line: string;
  readonly sort: TouchSort;
  readonly touches: number;
}

function rowsOf({ schemes }: RunResult): CostRow[] {
  return schemes.flatMap(({ scheme, name, cost }) =>
    cost === undefined ? [] : [{ scheme, name, cost }],
  );
}

/** Shared lines are touched in one way: under the lock in percpu_counter, else atomically. */
function linesOf({ scheme, name, cost: { own, shared } }: CostRow): LineRow[] {
  const sort: TouchSort = scheme === 'per-cpu' ? 'locked' : 'atomic';
  return [
    ...(own === null
      ? []
      : [{ ...own, name, line: 'own', sort: 'plain' as const, touches: own.plain }]),
    ...shared.map(({ name: line, atomics, locks, moved, travel }) => ({
      name,
      line,
      sort,
      touches: atomics + locks,
      moved,
      travel,
    })),
  ];
}

const right = (head: string): Column => ({ head, align: 'right' });

const left = (head: string): Column => ({ head, align: 'left' });

function touchesTable(result: RunResult, { adds }: RunCost, { grouped }: Layout): TextTable {
  const { operations } = result;
  const mean = (count: number) =>
    operations === 0 ? '-' : formatMean(count / operations, grouped);
  return {
    title: `Counter lines touched by ${formatCount(adds, 'add')}; moved: from another CPU`,
    columns: [
      ...['scheme', 'line', 'touch'].map(left),
      ...['touches', 'per op', 'moved', 'per op'].map(right),
    ],
    rows: rowsOf(result)
      .flatMap(linesOf)
      .map(({ name, line, sort, touches, moved }) => [
        name,
        line,
        sort,
        formatTouches(touches, grouped),
        mean(touches),
        formatTouches(moved, grouped),
        mean(moved),
      ]),
  };
}

/** The rest came from the same CPU: lines that have not moved. */
const FROM = [
  ['core', 'sameCore'],
  ['cache', 'sameCache'],
  ['node', 'sameNode'],
  ['remote', 'remoteNode'],
  ['unknown', 'unknown'],
] as const satisfies readonly (readonly [string, keyof TravelCounts])[];

function travelTable(result: RunResult, { grouped }: Layout): TextTable {
  return {
    title: 'Where moved lines came from: same core, cache, node; remote node',
    columns: [left('scheme'), left('line'), ...FROM.map(([head]) => right(head))],
    rows: rowsOf(result)
      .flatMap(linesOf)
      .map(({ name, line, travel }) => [
        name,
        line,
        ...FROM.map(([, distance]) => {
          const touches = travel[distance];
          return touches === null ? 'n/d' : formatTouches(touches, grouped);
        }),
      ]),
  };
}

function processTable(
  result: RunResult,
  { processes, threads }: RunCost,
  { grouped }: Layout,
): TextTable {
  const heads = ['bytes', 'cache lines', 'per-CPU', 'slab', 'sum reads'];
  return {
    title: `Counters of a process of ${processes > 1 ? 'at most ' : ''}${formatCount(threads, 'thread')}: memory, allocations`,
    columns: [left('scheme'), ...heads.map(right)],
    rows: rowsOf(result).map(({ name, cost: { process: setup } }) => [
      name,
      formatTouches(setup.bytes.total, grouped),
      formatTouches(setup.cacheLines, grouped),
      `${setup.allocations.perCpu}`,
      `${setup.allocations.slab}`,
      setup.preciseSum === null ? '-' : formatTouches(setup.preciseSum.reads, grouped),
    ]),
  };
}

function timeTable(result: RunResult): TextTable {
  const duration = (nanoseconds: number | null | undefined) =>
    nanoseconds === null || nanoseconds === undefined ? '-' : formatDuration(nanoseconds);
  return {
    title: 'Modelled time (counts times given latencies; not measured)',
    columns: [left('scheme'), ...['an operation', 'all updates', 'a process'].map(right)],
    rows: rowsOf(result).map(({ name, cost: { modelledNanoseconds: time } }) => [
      name,
      duration(time?.perOperation),
      duration(time?.updates),
      duration(time?.perProcess),
    ]),
  };
}

/** None where the run was not asked for them. */
export function costTables(result: RunResult, layout: Layout): TextTable[] {
  const { cost } = result;
  if (cost === undefined) return [];
  return [
    touchesTable(result, cost, layout),
    travelTable(result, layout),
    processTable(result, cost, layout),
    ...(cost.latency === null ? [] : [timeTable(result)]),
  ];
}

/** Which distances the machine's description does not tell, and whose latencies they are. */
export function costNotes({ cost, topology }: RunResult): string[] {
  if (cost === undefined) return [];
  const { cores, cacheLevel } = cost.described;
  const missing = [...(cores ? [] : ['cores']), ...(cacheLevel === null ? ['caches'] : [])];
  return [
    `lines: 64 bytes; cache: ${cacheLevel === null ? 'n/d' : `level ${formatNumber(cacheLevel)}`}; one update after the other, reads not counted`,
    ...(missing.length === 0
      ? []
      : [
          `n/d: ${topology.name} does not describe ${missing.join(' or ')}: counted at the next distance`,
        ]),
    ...(cost.latency === null ? [] : [`latencies: ${cost.latency.source}`]),
  ];
}
