/** Adds many processes' results up: sums, and for each scheme the widest bound of any process. */

import { usedNodes } from '../../render/compared-topology.ts';
import { type Observer, observedErrors } from '../../replay/observer.ts';
import { errorsOf, type Tally } from '../../replay/tally.ts';
import { formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { boundsOf, demandWithinBound, type StreamFacts } from '../compare/measure.ts';
import type { ComparedScheme, WorstCaseOver } from '../compare/result.ts';
import type { EndedLife } from './gathered-lanes.ts';
import type { LaneResult } from './process-lane.ts';
import { factsOf } from './request.ts';
import type { TracedProcess } from './result.ts';

/** Processes that a result lists; beyond, those that were off the most. */
export const MOST_LISTED = 10_000;

/** Bounds that are remembered, and the most CPUs of a process whose are. */
const MOST_KNOWN = 4096;
const MOST_KEY_CPUS = 16;

type Bounds = Pick<ComparedScheme, 'stated' | 'exact' | 'exactUsed'>;

/** Over the processes that have ended. */
interface Sums {
  replayed: number;
  operations: number;
  /** Of warm-ups. */
  operationsLeftOut: number;
  updates: number;
  rssPages: number;
  /** The most that one of them has. */
  rssMembers: number;
  threads: number;
}

export interface ProcessTotals {
  readonly sums: Sums;
  /** Enters a process that has ended, or whose trace has. @throws BoundExceeded. */
  enter(life: EndedLife, result: LaneResult): void;
  usedCpus(): { cpus: number; numaNodes: number | null };
  /** In the order of their first events. */
  processes(): readonly TracedProcess[];
  schemes(pools: readonly Observer[]): readonly ComparedScheme[];
}

const widthOf = ({ under, over }: { under: number; over: number }) => Math.max(under, over);

function wider<T extends { under: number; over: number }>(a: T, b: T): T {
  return widthOf(b) > widthOf(a) ? b : a;
}

/** The largest errors on either side that two tallies have seen. */
function extremesOf(one: Tally, other: Tally): { under: number; over: number } {
  return { under: Math.max(0, -one.low, -other.low), over: Math.max(one.high, other.high) };
}

function ownErrors({ both, clampedOnly, rawOnly }: Observer) {
  return { clamped: errorsOf([both, clampedOnly]), raw: errorsOf([both, rawOnly]) };
}

/** None where one of them has none. */
function widerOrNone(a: WorstCaseOver | null, b: WorstCaseOver | null): WorstCaseOver | null {
  return a === null || b === null ? null : wider(a, b);
}

interface Listed {
  /** Its largest clamped error under any scheme. */
  readonly worst: number;
  readonly traced: TracedProcess;
}

export function createProcessTotals(
  topology: Topology,
  schemes: readonly SchemeSpec[],
): ProcessTotals {
  const names = schemes.map(formatScheme);
  const used = new Uint8Array(topology.nrCpuIds);
  const sums: Sums = {
    ...{ replayed: 0, operations: 0, operationsLeftOut: 0, updates: 0 },
    ...{ rssPages: 0, rssMembers: 0, threads: 0 },
  };
  let bounds: readonly Bounds[] | null = null;
  const known = new Map<string, readonly Bounds[]>();
  /** What was entered last. */
  let widened: readonly Bounds[] | null = null;
  let listed: Listed[] = [];
  /** No process that was off less is listed: none such is kept in memory. */
  let leastListed = -1;

  /** Of processes that used the same few CPUs in the same way the bounds are computed once. */
  function boundsOfProcess(facts: StreamFacts, result: LaneResult): readonly Bounds[] {
    const compute = () => schemes.map((spec) => boundsOf(spec, topology, facts, result));
    if (result.usedCpus.length > MOST_KEY_CPUS) return compute();
    const key = `${Object.values(facts)} ${result.usedThreads} ${result.usedCpus}`;
    let own = known.get(key);
    if (own === undefined) {
      own = compute();
      if (known.size < MOST_KNOWN) known.set(key, own);
    }
    return own;
  }

  function widen(own: readonly Bounds[]): void {
    if (own === widened) return;
    widened = own;
    const before = bounds;
    bounds = own.map((one, i) => ({
      stated: before === null ? one.stated : wider(before[i]!.stated, one.stated),
      exact: before === null ? one.exact : widerOrNone(before[i]!.exact, one.exact),
      exactUsed: before === null ? one.exactUsed : widerOrNone(before[i]!.exactUsed, one.exactUsed),
    }));
  }

  function keepWorst(): void {
    listed = listed.sort((a, b) => b.worst - a.worst).slice(0, MOST_LISTED);
    if (listed.length === MOST_LISTED) leastListed = listed.at(-1)!.worst;
  }

  return {
    sums,
    enter(life, result) {
      const facts = factsOf(result.seen);
      const own = boundsOfProcess(facts, result);
      schemes.forEach((spec, i) => {
        for (const observers of [result.observers, result.leftOut.observers]) {
          if (observers.length === 0) continue;
          const { both, rawOnly } = observers[i]!;
          demandWithinBound(spec, extremesOf(both, rawOnly), own[i]!.exactUsed, facts.rssMembers);
        }
      });
      widen(own);
      const { operations, updates, rssPages, largestRss, read, usedCpus, usedThreads } = result;
      for (const cpu of usedCpus) used[cpu] = 1;
      sums.replayed += 1;
      sums.operations += operations;
      sums.operationsLeftOut += result.leftOut.operations;
      sums.updates += updates;
      sums.rssPages += rssPages;
      sums.rssMembers = Math.max(sums.rssMembers, facts.rssMembers);
      sums.threads += usedThreads;
      const worst = Math.max(
        ...result.observers.map(({ both, clampedOnly }) => widthOf(extremesOf(both, clampedOnly))),
      );
      if (worst <= leastListed) return;
      const traced: TracedProcess = {
        mm: life.mmId,
        life: life.ordinal,
        comm: life.comm,
        firstLine: life.firstLine,
        lastLine: life.lastLine,
        ended: life.ended,
        operations,
        updates,
        rssPages,
        largestRssPages: largestRss,
        used: { cpus: usedCpus.length, threads: usedThreads },
        rssMembers: facts.rssMembers,
        schemes: names.map((name, i) => ({
          name,
          exactUsed: own[i]!.exactUsed,
          observed: ownErrors(result.observers[i]!),
          readPages: read[i]!.pages,
          zeroSinceOperation: read[i]!.zeroSince,
        })),
      };
      listed.push({ worst, traced });
      if (listed.length === 2 * MOST_LISTED) keepWorst();
    },
    usedCpus() {
      const cpus = [...used.keys()].filter((cpu) => used[cpu] === 1);
      return { cpus: cpus.length, numaNodes: usedNodes(topology, cpus) };
    },
    processes() {
      keepWorst();
      return listed.map(({ traced }) => traced).sort((a, b) => a.firstLine - b.firstLine);
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
