/**
 * What `topology list` and `topology show` tell of a machine: counts as lscpu gives them, which sees
 * the topology of on-line CPUs alone (util-linux, sys-utils/lscpu-topology.c).
 */
import { type CpuIds, type CpuSets, formatCpulist } from '../../topology/cpulist.ts';
import { topologySha256 } from '../../topology/normal-form.ts';
import { groupOfCpu, type Topology } from '../../topology/topology.ts';
import { rangeOf } from './machine-tree.ts';
import type { CoresPerPackage, TopologySummary } from './result.ts';

function coresPerPackage(
  nrCpuIds: number,
  cores: readonly CpuIds[],
  packages: readonly CpuIds[],
): CoresPerPackage | null {
  if (cores.length === 0 || packages.length === 0) return null;
  const packageOf = groupOfCpu(nrCpuIds, packages);
  const counts = packages.map(() => 0);
  for (const core of cores) counts[packageOf[core[0]!]!]! += 1;
  return { average: Math.floor(cores.length / packages.length), ...rangeOf(counts) };
}

function countOrNull(parts: readonly unknown[]): number | null {
  return parts.length === 0 ? null : parts.length;
}

export function summariseTopology(topology: Topology): TopologySummary {
  const isOnline = new Uint8Array(topology.nrCpuIds);
  for (const cpu of topology.online) isOnline[cpu] = 1;
  const onlineIn = (cpus: CpuIds) => cpus.filter((cpu) => isOnline[cpu] === 1);
  const onlineOf = (groups: CpuSets) => groups.map(onlineIn).filter((cpus) => cpus.length > 0);
  const cores = onlineOf(topology.cores);
  const packages = onlineOf(topology.packages.map(({ cpus }) => cpus));
  const cachesOf = (level: number) =>
    topology.caches.filter((cache) => cache.level === level).map(({ cpus }) => cpus);
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
    offlineCpus: formatCpulist(topology.present.filter((cpu) => isOnline[cpu] === 0)),
    cores: countOrNull(cores),
    threadsPerCore: cores.length === 0 ? null : rangeOf(cores.map(({ length }) => length)).max,
    coresPerPackage: coresPerPackage(topology.nrCpuIds, cores, packages),
    packages: countOrNull(packages),
    dies: countOrNull(onlineOf(topology.dies.map(({ cpus }) => cpus))),
    caches: levels.map((level) => ({ level, instances: onlineOf(cachesOf(level)).length })),
    numaNodes: topology.numaNodes.map(({ id, cpus }) => ({
      id,
      cpus: formatCpulist(cpus),
      onlineCpus: formatCpulist(onlineIn(cpus)),
    })),
  };
}
