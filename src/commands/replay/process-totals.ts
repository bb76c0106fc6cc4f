/** Adds many processes' results up: sums, and for each scheme the widest bound of any process. */

import type { Life } from '../../recorded/trace/reconstruct.ts';
import { type Observer, observedErrors } from '../../replay/observer.ts';
import { formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { usedNodes } from '../compare/compared-topology.ts';
import { boundsOf, demandWithinBound } from '../compare/measure.ts';
import type { ComparedScheme, WorstCaseOver } from '../compare/result.ts';
import type { LaneResult } from './process-lane.ts';
import { factsOf } from './request.ts';
import type { TracedProcess } from './result.ts';

/** Processes that a result lists; beyond, those that were off the most. */
export const MOST_LISTED = 10_000;

type Bounds = Pick<ComparedScheme, 'stated' | 'exact' | 'exactUsed'>;

/** Over the processes that have ended. */
interface Sums {
  replayed: number;
  operations: number;
  updates: number;
  rssPages: number;
  /** The most that one of them has. */
  rssMembers: number;
  threads: number;
}

export interface ProcessTotals {
  readonly sums: Sums;
  /** Enters a process that has ended, or whose trace has. @throws BoundExceeded. */
  enter(life: Life, result: LaneResult): void;
  usedCpus(): { cpus: number; numaNodes: number | null };
  /** In the order of their first events. */
  processes(): readonly TracedProcess[];
  schemes(pools: readonly Observer[]): readonly ComparedScheme[];
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
  const none = { replayed: 0, operations: 0, updates: 0, rssPages: 0, rssMembers: 0, threads: 0 };
  const sums: Sums = none;
  let bounds: readonly Bounds[] | null = null;
  let listed: { readonly index: number; readonly traced: TracedProcess }[] = [];

  function widen(own: readonly Bounds[]): void {
    const before = bounds;
    bounds = own.map((one, i) => ({
      stated: before === null ? one.stated : wider(before[i]!.stated, one.stated),
      exact: before === null ? one.exact : widerOrNone(before[i]!.exact, one.exact),
      exactUsed: before === null ? one.exactUsed : widerOrNone(before[i]!.exactUsed, one.exactUsed),
    }));
  }

  function keepWorst(): void {
    listed = listed.sort((a, b) => worstOf(b.traced) - worstOf(a.traced)).slice(0, MOST_LISTED);
  }

  return {
    sums,
    enter(life, result) {
      const facts = factsOf(result.seen);
      const own = schemes.map((spec) => boundsOf(spec, topology, facts, result));
      schemes.forEach((spec, i) => {
        demandWithinBound(spec, result.observed[i]!.raw, own[i]!.exactUsed, facts.rssMembers);
      });
      widen(own);
      const { operations, updates, rssPages, usedCpus, usedThreads } = result;
      for (const cpu of usedCpus) used[cpu] = 1;
      sums.replayed += 1;
      sums.operations += operations;
      sums.updates += updates;
      sums.rssPages += rssPages;
      sums.rssMembers = Math.max(sums.rssMembers, facts.rssMembers);
      sums.threads += usedThreads;
      const { index, mmId, ordinal, comm, firstLine, lastLine, ended } = life;
      const traced: TracedProcess = {
        ...{ mm: mmId, life: ordinal, comm, firstLine, lastLine, ended },
        ...{ operations, updates, rssPages },
        used: { cpus: usedCpus.length, threads: usedThreads },
        rssMembers: facts.rssMembers,
        schemes: names.map((name, i) => ({
          name,
          exactUsed: own[i]!.exactUsed,
          observed: result.observed[i]!,
        })),
      };
      listed.push({ index, traced });
      if (listed.length === 2 * MOST_LISTED) keepWorst();
    },
    usedCpus() {
      const cpus = [...used.keys()].filter((cpu) => used[cpu] === 1);
      return { cpus: cpus.length, numaNodes: usedNodes(topology, cpus) };
    },
    processes() {
      keepWorst();
      return listed.sort((a, b) => a.index - b.index).map(({ traced }) => traced);
    },
    schemes(pools) {
      return schemes.map(({ scheme, ...parameters }, i) => ({
        scheme,
        name: names[i]!,
        parameters,
        ...bounds![i]!,
        observed: observedErrors(pools[i]!),
      }));
    },
  };
}
