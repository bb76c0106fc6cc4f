/** Random machines with all that a topology can hold, and with any part of it left out. */
import fc from 'fast-check';
import type { CpuIds } from '../../src/topology/cpulist.ts';
import { byLevelAndCpu, byLowestCpu } from '../../src/topology/import/description.ts';
import { topologyDocument } from '../../src/topology/normal-form.ts';
import { validateTopology } from '../../src/topology/read-document.ts';
import type { CacheGroup, Die, NumaNode, Package, Topology } from '../../src/topology/topology.ts';
import { PAGE_SIZES } from '../../src/units.ts';

/** How many of each there are in the one above. */
interface Shape {
  readonly packages: number;
  readonly dies: number;
  readonly clusters: number;
  readonly cores: number;
  readonly threads: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  packages: fc.integer({ min: 1, max: 3 }),
  dies: fc.integer({ min: 1, max: 2 }),
  clusters: fc.integer({ min: 1, max: 2 }),
  cores: fc.integer({ min: 1, max: 3 }),
  threads: fc.integer({ min: 1, max: 3 }),
});

const sorted = (ids: readonly number[]): CpuIds => Int32Array.from(ids).sort();

/** The ids in groups of one size, in the order they come in. */
function inGroups(ids: readonly number[], size: number): CpuIds[] {
  return Array.from({ length: ids.length / size }, (_, i) =>
    sorted(ids.slice(i * size, (i + 1) * size)),
  );
}

/** What the nodes hold: each a package, each a cluster of cores, or one node all. */
const nodeKind = fc.constantFrom('none', 'packages', 'clusters', 'one');

/** Where the machine's parts are drawn from. */
const parts = shape.chain((of) => {
  const nrCpus = of.packages * of.dies * of.clusters * of.cores * of.threads;
  const pool = Array.from({ length: nrCpus + 8 }, (_, id) => id);
  return fc.record({
    of: fc.constant(of),
    // Unordered and with gaps: on-line, then off-line, then neither present.
    ids: fc.shuffledSubarray(pool, { minLength: nrCpus, maxLength: pool.length }),
    nrOffline: fc.integer({ min: 0, max: 4 }),
    packageIds: fc.uniqueArray(fc.constantFrom(0, 1, 2, 5, 36, 2_147_483_647), {
      minLength: of.packages,
      maxLength: of.packages,
    }),
    nodes: nodeKind,
    nodeIds: fc.uniqueArray(fc.constantFrom(0, 1, 2, 3, 8, 33, 252, 255, 700, 1000), {
      minLength: 10,
      maxLength: 10,
    }),
    nrMemoryOnly: fc.integer({ min: 0, max: 2 }),
    offlineOnNodes: fc.boolean(),
    memory: fc.boolean(),
    distances: fc.option(
      fc.array(fc.integer({ min: 11, max: 255 }), { minLength: 9, maxLength: 9 }),
    ),
    levels: fc.subarray([1, 2, 3, 4]),
    described: fc.record({ cores: fc.boolean(), packages: fc.boolean(), dies: fc.boolean() }),
    pageSize: fc.constantFrom(...PAGE_SIZES),
  });
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

/** Nodes by their ids, memory-only ones above the others, as firmware numbers them. */
function nodesOf(from: Parts, clusters: CpuIds[], packages: CpuIds[], all: CpuIds): NumaNode[] {
  const lists = { none: [], packages, clusters, one: [all] }[from.nodes];
  const taken = lists.length === 0 ? 0 : Math.min(10, lists.length + from.nrMemoryOnly);
  const ids = from.nodeIds.slice(0, taken).toSorted((a, b) => a - b);
  return ids.map((id, i) => ({
    id,
    cpus: lists[i] ?? new Int32Array(0),
    ...(from.memory ? { memoryMiB: 1000 + i } : {}),
  }));
}

function machineOf(from: Parts): Topology {
  const { of, ids } = from;
  const inCluster = of.cores * of.threads;
  const inPackage = of.dies * of.clusters * inCluster;
  const nrCpus = of.packages * inPackage;
  const onlineIds = ids.slice(0, nrCpus);
  const offlineIds = ids.slice(nrCpus, nrCpus + from.nrOffline);
  const cores = inGroups(onlineIds, of.threads);
  const clusters = inGroups(onlineIds, inCluster);
  const packages = inGroups(onlineIds, inPackage);
  const all = sorted(onlineIds);
  const cacheGroups = [cores, cores, clusters, packages];
  const caches: CacheGroup[] = from.levels.flatMap((level) =>
    (cacheGroups[level - 1] ?? []).map((cpus) => ({ level, cpus })),
  );
  const nodes = nodesOf(from, clusters.length > 8 ? packages : clusters, packages, all);
  const withOffline = nodes.map((node, i) =>
    i === 0 && from.offlineOnNodes
      ? { ...node, cpus: sorted([...node.cpus, ...offlineIds]) }
      : node,
  );
  const packageList: Package[] = packages
    .map((cpus, i) => ({ id: from.packageIds[i]!, cpus }))
    .toSorted((a, b) => a.id - b.id);
  const dies: Die[] = inGroups(onlineIds, inPackage / of.dies)
    .map((cpus, i) => ({
      packageId: from.packageIds[Math.floor(i / of.dies)]!,
      id: i % of.dies,
      cpus,
    }))
    .toSorted((a, b) => (a.packageId ?? 0) - (b.packageId ?? 0) || a.id - b.id);
  const { distances, described } = from;
  const present = sorted([...onlineIds, ...offlineIds]);
  const possible = sorted(ids);
  const machine: Topology = {
    name: 'random',
    description: '',
    source: '',
    pageSize: from.pageSize,
    nrCpuIds: (possible.at(-1) ?? -1) + 1,
    possible,
    present,
    online: all,
    cores: described.cores ? cores.toSorted(byLowestCpu) : [],
    caches: caches.toSorted(byLevelAndCpu),
    packages: described.packages ? packageList : [],
    dies: described.packages && described.dies ? dies : [],
    numaNodes: withOffline,
    distances:
      distances === null
        ? []
        : nodes.map((_, i) => nodes.map((_, j) => (i === j ? 10 : distances[(i * 3 + j) % 9]!))),
  };
  return validateTopology(topologyDocument(machine));
}

/**
 * 1 to 108 CPUs on-line, ids unordered and with gaps, up to four CPUs off-line and more possible;
 * packages, dies, caches of four levels, cores, nodes with sparse ids and memory-only ones: all of it
 * or any part. Lists are in the order that importers give them.
 */
export const randomMachine: fc.Arbitrary<Topology> = parts.map(machineOf);
