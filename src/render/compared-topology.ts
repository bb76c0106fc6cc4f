/** A topology as results name it: name, hash and counts. */
import { topologySha256 } from '../topology/normal-form.ts';
import { nodeOfCpu, type Topology } from '../topology/topology.ts';
import type { PageSize } from '../units.ts';
import type { ResultOf } from './result.ts';
import type { topology as machine } from './schema-parts.ts';

/** A machine as results name it; the page size is the run's. */
type ComparedTopology = ResultOf<typeof machine>;

/** How many NUMA nodes there are; null where none are described. */
export function describedNodes({ numaNodes }: Topology): number | null {
  return numaNodes.length === 0 ? null : numaNodes.length;
}

/** How many of the nodes these CPUs are on; null where none are described. */
export function usedNodes(topology: Topology, cpus: Iterable<number>): number | null {
  if (topology.numaNodes.length === 0) return null;
  const nodeOf = nodeOfCpu(topology);
  return new Set(Array.from(cpus, (cpu) => nodeOf[cpu])).size;
}

/** The page size is the run's, which need not be the machine's. */
export function comparedTopology(topology: Topology, pageSize: PageSize): ComparedTopology {
  return {
    name: topology.name,
    sha256: topologySha256(topology),
    nrCpuIds: topology.nrCpuIds,
    possibleCpus: topology.possible.length,
    presentCpus: topology.present.length,
    onlineCpus: topology.online.length,
    numaNodes: describedNodes(topology),
    pageSize,
  };
}
