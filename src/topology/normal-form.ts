/** The normalised form of a topology, and the hash that names it in results. */
import { createHash } from 'node:crypto';
import { type CpuSets, formatCpulist } from './cpulist.ts';
import type { TopologyDocument } from './schema.ts';
import type { Topology } from './topology.ts';

/** The document that describes a topology canonically: every list in sysfs form, defaults spelled out. */
export function topologyDocument(topology: Topology): TopologyDocument {
  const { name, description, source, pageSize, possible, present, online } = topology;
  return {
    name,
    ...(description === '' ? {} : { description }),
    ...(source === '' ? {} : { source }),
    pageSize,
    cpus: {
      possible: formatCpulist(possible),
      present: formatCpulist(present),
      online: formatCpulist(online),
    },
    cores: topology.cores.map(formatCpulist),
    caches: topology.caches.map(({ level, cpus }) => ({ level, cpus: formatCpulist(cpus) })),
    packages: topology.packages.map(({ id, cpus }) => ({ id, cpus: formatCpulist(cpus) })),
    // Parts that came later than the hash are left out where there are none.
    ...(topology.dies.length === 0
      ? {}
      : {
          dies: topology.dies.map(({ packageId, id, cpus }) => ({
            ...(packageId === null ? {} : { package: packageId }),
            id,
            cpus: formatCpulist(cpus),
          })),
        }),
    ...(topology.numaNodes.length === 0
      ? {}
      : {
          numaNodes: topology.numaNodes.map(({ id, cpus, memoryMiB }) => ({
            id,
            cpus: formatCpulist(cpus),
            ...(memoryMiB === undefined ? {} : { memoryMiB }),
          })),
        }),
    ...(topology.distances.length === 0
      ? {}
      : { distances: topology.distances.map((row) => [...row]) }),
  };
}

/** So many entries of a list are hashed at a time: a list of a million is never text as a whole. */
const CHUNK = 4096;

/** The JSON of an object piece by piece, its lists in chunks; its cores are these. */
function* jsonPieces(object: object, cores: CpuSets): Generator<string> {
  let before = '{';
  for (const [key, value] of Object.entries(object)) {
    yield `${before}${JSON.stringify(key)}:`;
    before = ',';
    if (!Array.isArray(value)) yield JSON.stringify(value);
    else {
      const { length } = key === 'cores' ? cores : value;
      for (let at = 0; at < length; at += CHUNK) {
        const chunk =
          key === 'cores'
            ? cores.slice(at, at + CHUNK).map(formatCpulist)
            : value.slice(at, at + CHUNK);
        yield `${at === 0 ? '[' : ','}${JSON.stringify(chunk).slice(1, -1)}`;
      }
      yield length === 0 ? '[]' : ']';
    }
  }
  yield '}';
}

/** SHA-256 of the normalised form without its prose, in hexadecimal: of its name and every fact, lists in their order. */
export function topologySha256(topology: Topology): string {
  // Cores may be a million: they are text a chunk at a time.
  const {
    description: _description,
    source: _source,
    ...facts
  } = topologyDocument({
    ...topology,
    cores: [],
  });
  const hash = createHash('sha256');
  for (const piece of jsonPieces(facts, topology.cores)) hash.update(piece);
  return hash.digest('hex');
}
