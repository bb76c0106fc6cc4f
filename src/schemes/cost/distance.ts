/** How far apart two CPUs are, as far as the machine's description tells. */
import { groupOfCpu, lastLevelCaches, type Topology } from '../../topology/topology.ts';

/** Where a line's last toucher was, seen from the CPU that touches it now; see docs/cost.md. */
export const DISTANCES = [
  'unknown',
  'sameCpu',
  'sameCore',
  'sameCache',
  'sameNode',
  'remoteNode',
] as const;

export type Distance = (typeof DISTANCES)[number];

/** The place of each in DISTANCES. */
export const DISTANCE = {
  unknown: 0,
  sameCpu: 1,
  sameCore: 2,
  sameCache: 3,
  sameNode: 4,
  remoteNode: 5,
} as const satisfies Record<Distance, number>;

/** Which distances a description can tell: without cores or caches theirs fold into the next. */
export interface Described {
  readonly cores: boolean;
  /** The level of the last-level caches; null: no cache is described. */
  readonly cacheLevel: number | null;
}

export function describedBy(topology: Topology): Described {
  const levels = topology.caches.map(({ level }) => level);
  return {
    cores: topology.cores.length > 0,
    cacheLevel: levels.length === 0 ? null : Math.max(...levels),
  };
}

/** The distance of two CPUs, as its place in DISTANCES. */
export type DistanceOf = (cpu: number, other: number) => number;

/** A CPU in no core or cache shares none; one without a node counts on the first. */
export function distancesOn(topology: Topology): DistanceOf {
  const { nrCpuIds } = topology;
  const coreOf = groupOfCpu(nrCpuIds, topology.cores);
  const cacheOf = groupOfCpu(nrCpuIds, lastLevelCaches(topology));
  const nodes = topology.numaNodes.map(({ cpus }) => cpus);
  const nodeOf = groupOfCpu(nrCpuIds, nodes).map((node) => Math.max(node, 0));
  return (cpu, other) => {
    if (cpu === other) return DISTANCE.sameCpu;
    if (coreOf[cpu]! >= 0 && coreOf[cpu] === coreOf[other]) return DISTANCE.sameCore;
    if (cacheOf[cpu]! >= 0 && cacheOf[cpu] === cacheOf[other]) return DISTANCE.sameCache;
    return nodeOf[cpu] === nodeOf[other] ? DISTANCE.sameNode : DISTANCE.remoteNode;
  };
}
