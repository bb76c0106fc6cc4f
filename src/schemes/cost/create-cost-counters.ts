/** The cost counters of a scheme. */
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import type { Topology } from '../../topology/topology.ts';
import { createExactCost } from '../atomic/cost.ts';
import { createPerCpuCost } from '../per-cpu/cost.ts';
import { createPerNumaCost } from '../per-numa/cost.ts';
import { createPerThreadCost } from '../per-thread/cost.ts';
import { createTreeCost } from '../tree/cost.ts';
import type { CostCounters, CostCounts } from './cost-counters.ts';
import type { DistanceOf } from './distance.ts';

/**
 * Counters of a process at zero, no line of its touched yet. Given counts are added to: those of other
 * processes under the same scheme.
 * @throws InputError where the machine and the parameters do not fit.
 */
export function createCostCounters(
  topology: Topology,
  spec: SchemeSpec,
  distanceOf: DistanceOf,
  counts?: CostCounts,
): CostCounters {
  switch (spec.scheme) {
    case 'exact':
      return createExactCost(distanceOf, counts);
    case 'per-thread':
      return createPerThreadCost(distanceOf, counts);
    case 'per-cpu':
      return createPerCpuCost(topology, spec, distanceOf, counts);
    case 'per-numa':
      return createPerNumaCost(topology, spec, distanceOf, counts);
    case 'tree':
      return createTreeCost(topology, spec, distanceOf, counts);
  }
}
