/** The cost counters of every scheme, loaded. */
import type { CostCounters, DistanceOf } from '../../src/schemes/cost.ts';
import { SCHEME_NAMES, type SchemeSpec, schemeNamed } from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';

const modules = new Map(
  await Promise.all(
    SCHEME_NAMES.map(async (name) => [name, await schemeNamed(name).loadCost()] as const),
  ),
);

export function createCostCounters(
  topology: Topology,
  spec: SchemeSpec,
  distanceOf: DistanceOf,
): CostCounters {
  return modules.get(spec.scheme)!.createCostCounters(topology, spec, distanceOf);
}
