/**
 * The cost of counters that are exact until a second thread: what an add does before is each scheme's own,
 * afterwards it is an add of per-CPU counters, on the same lines of the mm_struct.
 */
import {
  MOST_COUNTER_LINES,
  percpuCounterLine,
  percpuCounterPointerLine,
} from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Topology } from '../../topology/topology.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import {
  type CostCounters,
  type CostCounts,
  type CreateCost,
  createCounts,
  createLines,
  type DistanceOf,
  type Lines,
} from '../cost.ts';
import type { BatchParameters } from '../parameters.ts';
import { createCostCounters as createPerCpuCost, type PerCpuCost } from '../per-cpu/cost.ts';
import { createThreadWatch } from '../thread-watch.ts';

/** So many adds in a row to a member, while there is one thread; `lines` are those of the mm_struct. */
type AddAlone = (kind: number, member: number, cpu: number, adds: number, lines: Lines) => void;

/** `counts` has two sorts of shared touches: those of one thread, and flushes. */
function createUntilThreadedCost(
  topology: Topology,
  { batch }: BatchParameters,
  distanceOf: DistanceOf,
  counts: CostCounts,
  addAlone: AddAlone,
): CostCounters {
  const lines = createLines(MOST_COUNTER_LINES, distanceOf);
  const watch = createThreadWatch();
  const alone = new Float64Array(NR_MEMBERS);
  let online = topology.online.length;
  let threaded: PerCpuCost | null = null;

  function applyAlone({ cpu, pages, kind, member }: UpdateColumns, to: number): void {
    for (let u = 0; u < to; u++) {
      const k = kind[u]!;
      if (k === KIND.cpuOnline) online += 1;
      if (k === KIND.cpuOffline) online -= 1;
      if (k >= FIRST_KIND_WITHOUT_PAGES) continue;
      alone[member[u]!]! += pages[u]!;
      addAlone(k, member[u]!, cpu[u]!, addsOf(k, pages[u]!), lines);
    }
  }

  function apply(updates: UpdateColumns): void {
    if (threaded !== null) {
      threaded.apply(updates);
      return;
    }
    const second = watch.secondThread(updates);
    applyAlone(updates, second);
    if (second === updates.length) return;
    // How many CPUs are on-line is all that is asked of them.
    const now = { ...topology, online: new Int32Array(online) };
    const flushes = { own: counts.own, shared: counts.shared.slice(1) };
    const spec = { scheme: 'per-cpu', batch } as const;
    threaded = createPerCpuCost(now, spec, distanceOf, flushes, lines);
    threaded.apply(updates, second);
  }

  return {
    apply,
    counts,
    reading: (member) => alone[member]! + (threaded?.reading(member) ?? 0),
    preciseSum: (member) => alone[member]! + (threaded?.preciseSum(member) ?? 0),
  };
}

/** Before the second thread one atomic update an add. */
export const createAtomicCost: CreateCost<BatchParameters> = (
  topology,
  spec,
  distanceOf,
  counts = createCounts(['atomic', 'shared']),
) => {
  const atomic = counts.shared[0]!;
  return createUntilThreadedCost(
    topology,
    spec,
    distanceOf,
    counts,
    (_, member, cpu, adds, lines) => {
      atomic.atomics += adds;
      lines.touch(percpuCounterLine(member), cpu, adds, atomic.transfers);
    },
  );
};

/**
 * With one thread an add of its own is a plain write in the mm_struct, which goes where the thread goes, and
 * one of others an atomic update (cmpxchg) of the member's second word.
 */
export const createLazyCost: CreateCost<BatchParameters> = (
  topology,
  spec,
  distanceOf,
  counts = createCounts(['remote', 'shared']),
) => {
  const { own } = counts;
  const remote = counts.shared[0]!;
  return createUntilThreadedCost(
    topology,
    spec,
    distanceOf,
    counts,
    (kind, member, cpu, adds, lines) => {
      if (kind === KIND.remote) {
        remote.atomics += adds;
        lines.touch(percpuCounterPointerLine(member), cpu, adds, remote.transfers);
      } else {
        own.plain += adds;
        lines.touch(percpuCounterLine(member), cpu, adds, own.transfers);
      }
    },
  );
};
