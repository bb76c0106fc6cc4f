/** Machines of a range, as topologies: nothing is described but CPUs and nodes. */
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { DEFAULT_PAGE_SIZE } from '../../units.ts';

/** A machine of denseMachine(): CPUs in the order of their numbers, spread evenly over the nodes. */
export function denseTopology(all: CpuIds, numaNodes: number): Topology {
  const cpus = all.length;
  const from = (node: number) => Math.floor((node * cpus) / numaNodes);
  return {
    ...{ name: `${cpus} CPUs`, description: '', source: '', pageSize: DEFAULT_PAGE_SIZE },
    ...{ nrCpuIds: cpus, possible: all, present: all, online: all },
    ...{ cores: [], caches: [], packages: [], dies: [], distances: [] },
    numaNodes: Array.from({ length: numaNodes }, (_, id) => ({
      id,
      cpus: all.subarray(from(id), from(id + 1)),
    })),
  };
}
