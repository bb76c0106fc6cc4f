/**
 * The cost of lazy counters: with one thread an add of its own is a plain write in the mm_struct, which
 * goes where the thread goes, and one of others an atomic update (cmpxchg) of the member's second word.
 */
import { percpuCounterLine, percpuCounterPointerLine } from '../../kernel/counter-layout.ts';
import type { Topology } from '../../topology/topology.ts';
import { KIND } from '../../update/kinds.ts';
import { createUntilThreadedCost } from '../atomic-until-threaded/cost.ts';
import { type CostCounters, type CostCounts, createCounts, type DistanceOf } from '../cost.ts';
import type { BatchParameters } from '../parameters.ts';

export function createCostCounters(
  topology: Topology,
  spec: BatchParameters,
  distanceOf: DistanceOf,
  counts: CostCounts = createCounts(['remote', 'shared']),
): CostCounters {
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
}
