/**
 * What `topology list` and `topology show` tell of a machine: counts as lscpu gives them, which sees
 * the topology of on-line CPUs alone (util-linux, sys-utils/lscpu-topology.c).
 */
import { type CpuSets, setsIn } from '../../topology/cpu-sets.ts';
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';
import { topologySha256 } from '../../topology/normal-form.ts';
import { cacheLevels, cachesOf, groupOfCpu, type Topology } from '../../topology/topology.ts';
import { rangeOf } from './machine-tree.ts';
import type { CoresPerPackage, TopologySummary } from './result.ts';

/** On-line CPUs of the groups that have some: how many each, and the first. */
function onlineParts(groups: CpuSets, isOnline: Uint8Array) {
  const counts: number[] = [];
  const firsts: number[] = [];
  // A list for each core would take a hundred megabytes.
  groups.forEach((cpus) => {
    let count = 0;
    for (const cpu of cpus) {
      if (isOnline[cpu] === 0) continue;
      if (count === 0) firsts.push(cpu);
      count += 1;
    }
    if (count > 0) counts.push(count);
  });
  return { counts, firsts };
}

function coresPerPackage(
  cores: readonly number[],
  packages: readonly number[],
  packageOf: Int32Array,
): CoresPerPackage | null {
  if (cores.length === 0 || packages.length === 0) return null;
  const counts = new Int32Array(packageOf.length);
  for (const cpu of cores) counts[packageOf[cpu]!]! += 1;
  return {
    average: Math.floor(cores.length / packages.length),
    ...rangeOf(packages.map((cpu) => counts[packageOf[cpu]!]!)),
  };
}

function countOrNull(parts: readonly unknown[]): number | null {
  return parts.length === 0 ? null : parts.length;
}

export function summariseTopology(topology: Topology): TopologySummary {
  const isOnline = new Uint8Array(topology.nrCpuIds);
  for (const cpu of topology.online) isOnline[cpu] = 1;
  const onlineIn = (cpus: CpuIds) => cpus.filter((cpu) => isOnline[cpu] === 1);
  const onlineOf = (groups: CpuSets) => onlineParts(groups, isOnline);
  const packageSets = setsIn(topology.packages);
  const cores = onlineOf(topology.cores);
  const packages = onlineOf(packageSets).firsts;
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
    cores: countOrNull(cores.counts),
    threadsPerCore: cores.counts.length === 0 ? null : rangeOf(cores.counts).max,
    coresPerPackage: coresPerPackage(
      cores.firsts,
      packages,
      groupOfCpu(topology.nrCpuIds, packageSets),
    ),
    packages: countOrNull(packages),
    dies: countOrNull(onlineOf(setsIn(topology.dies)).counts),
    caches: cacheLevels(topology).map((level) => ({
      level,
      instances: onlineOf(cachesOf(topology, level)).counts.length,
    })),
    numaNodes: topology.numaNodes.map(({ id, cpus }) => ({
      id,
      cpus: formatCpulist(cpus),
      onlineCpus: formatCpulist(onlineIn(cpus)),
    })),
  };
}
