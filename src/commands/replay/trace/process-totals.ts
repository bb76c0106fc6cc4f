/** Many processes' results as one: sums, and for each scheme the widest bound of any process. */
import type { SchemeSpec } from '../../../kernel/scheme-spec.ts';
import type { Life } from '../../../recorded/trace/life.ts';
import { formatScheme } from '../../../schemes/registry.ts';
import type { Topology } from '../../../topology/topology.ts';
import { MOST_PAGES } from '../../../units.ts';
import { usedNodes } from '../../compare/compared-topology.ts';
import { boundsOf, demandWithinBound, type StreamFacts } from '../../compare/measure.ts';
import type { ComparedScheme, WorstCaseOver } from '../../compare/result.ts';
import type { ErrorPool } from './pooled-errors.ts';
import { pooledErrors } from './pooled-errors.ts';
import type { LaneResult } from './process-lane.ts';
import type { TracedProcess } from './process-result.ts';

/** Processes that a result lists; beyond, those that were off the most. */
export const MOST_LISTED = 10_000;

type Bounds = Pick<ComparedScheme, 'stated' | 'exact' | 'exactUsed'>;

export interface ProcessTotals {
  /** Enters a process that has ended, or whose trace has. @throws BoundExceeded. */
  enter(life: Life, result: LaneResult): void;
  readonly replayed: number;
  readonly operations: number;
  readonly updates: number;
  readonly rssPages: number;
  readonly rssMembers: number;
  readonly threads: number;
  usedCpus(): { cpus: number; numaNodes: number | null };
  /** In the order of their first events. */
  processes(): readonly TracedProcess[];
  schemes(pools: readonly ErrorPool[]): readonly ComparedScheme[];
}

function factsOf({ seen }: LaneResult): StreamFacts {
  const { pagesAddedPerFault, pagesTakenPerFault, rssMembers, eventless, mostPages } = seen;
  return {
    ...{ pagesAddedPerFault, pagesTakenPerFault, rssMembers },
    threads: null,
    boundsThreads: !eventless,
    steadyCpus: true,
    fitsInt: mostPages <= MOST_PAGES,
  };
}

const widthOf = ({ under, over }: { under: number; over: number }) => Math.max(under, over);

function wider<T extends { under: number; over: number }>(a: T, b: T): T {
  return widthOf(b) > widthOf(a) ? b : a;
}

/** None where one of them has none. */
function widerOrNone(a: WorstCaseOver | null, b: WorstCaseOver | null): WorstCaseOver | null {
  return a === null || b === null ? null : wider(a, b);
}

function worstOf({ schemes }: TracedProcess): number {
  return Math.max(...schemes.map(({ observed }) => widthOf(observed.clamped)));
}

export function createProcessTotals(
  topology: Topology,
  schemes: readonly SchemeSpec[],
): ProcessTotals {
  const names = schemes.map(formatScheme);
  const used = new Uint8Array(topology.nrCpuIds);
  let bounds: readonly Bounds[] | null = null;
  let listed: { readonly index: number; readonly traced: TracedProcess }[] = [];
  const totals = { replayed: 0, operations: 0, updates: 0, rssPages: 0, rssMembers: 0, threads: 0 };

  function list(index: number, traced: TracedProcess): void {
    listed.push({ index, traced });
    if (listed.length < 2 * MOST_LISTED) return;
    listed = listed.sort((a, b) => worstOf(b.traced) - worstOf(a.traced)).slice(0, MOST_LISTED);
  }

  function enter(life: Life, result: LaneResult): void {
    const facts = factsOf(result);
    const own = schemes.map((spec) => boundsOf(spec, topology, facts, result));
    schemes.forEach((spec, i) => {
      demandWithinBound(spec, result.observed[i]!.raw, own[i]!.exactUsed, facts.rssMembers);
    });
    const before = bounds;
    bounds =
      before === null
        ? own
        : own.map(({ stated, exact, exactUsed }, i) => ({
            stated: wider(before[i]!.stated, stated),
            exact: widerOrNone(before[i]!.exact, exact),
            exactUsed: widerOrNone(before[i]!.exactUsed, exactUsed),
          }));
    for (const cpu of result.usedCpus) used[cpu] = 1;
    totals.replayed += 1;
    totals.operations += result.operations;
    totals.updates += result.updates;
    totals.rssPages += result.rssPages;
    totals.rssMembers = Math.max(totals.rssMembers, facts.rssMembers);
    totals.threads += result.usedThreads;
    list(life.index, {
      mm: life.mmId,
      life: life.ordinal,
      comm: life.comm,
      firstLine: life.firstLine,
      lastLine: life.lastLine,
      ended: life.ended,
      operations: result.operations,
      updates: result.updates,
      rssPages: result.rssPages,
      used: { cpus: result.usedCpus.length, threads: result.usedThreads },
      rssMembers: facts.rssMembers,
      schemes: names.map((name, i) => ({
        name,
        exactUsed: own[i]!.exactUsed,
        observed: result.observed[i]!,
      })),
    });
  }

  return {
    enter,
    get replayed() {
      return totals.replayed;
    },
    get operations() {
      return totals.operations;
    },
    get updates() {
      return totals.updates;
    },
    get rssPages() {
      return totals.rssPages;
    },
    get rssMembers() {
      return totals.rssMembers;
    },
    get threads() {
      return totals.threads;
    },
    usedCpus() {
      const cpus = [...used.keys()].filter((cpu) => used[cpu] === 1);
      return { cpus: cpus.length, numaNodes: usedNodes(topology, cpus) };
    },
    processes() {
      const most = listed
        .sort((a, b) => worstOf(b.traced) - worstOf(a.traced))
        .slice(0, MOST_LISTED);
      return most.sort((a, b) => a.index - b.index).map(({ traced }) => traced);
    },
    schemes(pools) {
      return schemes.map(({ scheme, ...parameters }, i) => ({
        scheme,
        name: names[i]!,
        parameters,
        ...bounds![i]!,
        observed: pooledErrors(pools[i]!),
      }));
    },
  };
}
