/** What `topology list` and `topology show` tell of a machine: counts, as lscpu would give them. */
import { formatCpulist } from '../topology/cpulist.ts';
import { topologySha256 } from '../topology/normal-form.ts';
import type { Topology } from '../topology/topology.ts';

export const TOPOLOGIES_FORMAT = 'rss-err/topologies@1';

export interface TopologySummary {
  readonly name: string;
  readonly sha256: string;
  readonly description: string;
  readonly source: string;
  readonly pageSize: number;
  readonly nrCpuIds: number;
  /** Counts; null where the description does not tell. */
  readonly possibleCpus: number;
  readonly presentCpus: number;
  readonly onlineCpus: number;
  readonly cores: number | null;
  /** CPUs of the core that has the most. */
  readonly threadsPerCore: number | null;
  readonly packages: number | null;
  readonly caches: readonly { readonly level: number; readonly instances: number }[];
  readonly numaNodes: readonly { readonly id: number; readonly cpus: string }[];
}

function countOrNull(parts: readonly unknown[]): number | null {
  return parts.length === 0 ? null : parts.length;
}

export function summariseTopology(topology: Topology): TopologySummary {
  const levels = [...new Set(topology.caches.map(({ level }) => level))].sort((a, b) => a - b);
  return {
    name: topology.name,
    sha256: topologySha256(topology),
    description: topology.description,
    source: topology.source,
    pageSize: topology.pageSize,
    nrCpuIds: topology.nrCpuIds,
    possibleCpus: topology.possible.length,
    presentCpus: topology.present.length,
    onlineCpus: topology.online.length,
    cores: countOrNull(topology.cores),
    threadsPerCore:
      topology.cores.length === 0
        ? null
        : topology.cores.reduce((most, core) => Math.max(most, core.length), 0),
    packages: countOrNull(topology.packages),
    caches: levels.map((level) => ({
      level,
      instances: topology.caches.filter((cache) => cache.level === level).length,
    })),
    numaNodes: topology.numaNodes.map(({ id, cpus }) => ({ id, cpus: formatCpulist(cpus) })),
  };
}
