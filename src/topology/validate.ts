/** From a parsed JSON document to a Topology: its form by the schema, then the rules between its parts. */
import { InputError } from '../errors.ts';
import { formatPath, type Path } from '../input/json-path.ts';
import { conform } from '../input/schema-fault.ts';
import { DEFAULT_PAGE_SIZE } from '../units.ts';
import { type CpuIds, parseCpulist } from './cpulist.ts';
import {
  demandDiesOfPackages,
  demandDisjoint,
  demandPartition,
  demandSquare,
  demandUniqueIds,
  demandWithin,
  type Group,
  wholeOf,
} from './rules.ts';
import type { Topology } from './topology.ts';

function cpusAt(path: Path, text: string): CpuIds {
  try {
    return parseCpulist(text);
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${formatPath(path)} is ${error.message}`);
    throw error;
  }
}

/** Cores, packages, dies, nodes, and caches of five levels. */
const KINDS_OF_GROUPS = 9;

/**
 * The Topology that a JSON document describes.
 * @throws InputError naming the first fault: JSON path, value and rule.
 */
export function validateTopology(document: unknown): Topology {
  const { cpus, ...rest } = conform(document);
  const possible = cpusAt(['cpus', 'possible'], cpus.possible);
  const nrCpuIds = (possible.at(-1) ?? -1) + 1;
  if (possible.length === 0) throw new InputError('cpus.possible is "": expected at least one CPU');
  const present = cpus.present === undefined ? possible : cpusAt(['cpus', 'present'], cpus.present);
  const possibleWhole = wholeOf(['cpus', 'possible'], possible);
  demandWithin(['cpus', 'present'], present, possibleWhole);
  const online = cpus.online === undefined ? present : cpusAt(['cpus', 'online'], cpus.online);
  demandWithin(['cpus', 'online'], online, wholeOf(['cpus', 'present'], present));
  if (online.length === 0) throw new InputError('cpus.online is "": expected at least one CPU');

  // A CPU is in one group of each kind, so groups that name more overlap: no need to hold them all.
  let named = 0;
  const group = (path: Path, text: string): Group => {
    const groupCpus = cpusAt(path, text);
    demandWithin(path, groupCpus, possibleWhole);
    named += groupCpus.length;
    if (named > KINDS_OF_GROUPS * possible.length) {
      throw new InputError(
        `${formatPath(path)}: this and other groups overlap; a CPU is in one of each kind at most`,
      );
    }
    return { path, cpus: groupCpus };
  };
  const cores = (rest.cores ?? []).map((list, i) => group(['cores', i], list));
  const caches = (rest.caches ?? []).map((cache, i) => group(['caches', i, 'cpus'], cache.cpus));
  const packages = (rest.packages ?? []).map((p, i) => group(['packages', i, 'cpus'], p.cpus));
  const dies = (rest.dies ?? []).map((die, i) => group(['dies', i, 'cpus'], die.cpus));
  const nodes = (rest.numaNodes ?? []).map((node, i) => group(['numaNodes', i, 'cpus'], node.cpus));

  if (cores.length > 0) demandPartition(cores, online, 'cores', 'core', nrCpuIds);
  const packageOf =
    packages.length === 0
      ? new Int32Array(0)
      : demandPartition(packages, online, 'packages', 'package', nrCpuIds);
  if (nodes.length > 0) demandPartition(nodes, online, 'numaNodes', 'NUMA node', nrCpuIds);
  demandDisjoint(dies, 'die', nrCpuIds);
  for (const level of new Set((rest.caches ?? []).map((cache) => cache.level))) {
    const ofLevel = caches.filter((_, i) => rest.caches?.[i]?.level === level);
    demandDisjoint(ofLevel, `level-${level} cache`, nrCpuIds);
  }
  demandUniqueIds(rest.packages ?? [], 'packages');
  demandDiesOfPackages(rest.dies ?? [], dies, rest.packages ?? [], packages, packageOf);
  demandUniqueIds(rest.numaNodes ?? [], 'numaNodes');
  if (rest.distances !== undefined) demandSquare(rest.distances, nodes.length);

  return {
    name: rest.name,
    description: rest.description ?? '',
    source: rest.source ?? '',
    pageSize: rest.pageSize ?? DEFAULT_PAGE_SIZE,
    nrCpuIds,
    possible,
    present,
    online,
    cores: cores.map((core) => core.cpus),
    caches: (rest.caches ?? []).map(({ level }, i) => ({ level, cpus: caches[i]!.cpus })),
    packages: (rest.packages ?? []).map(({ id }, i) => ({ id, cpus: packages[i]!.cpus })),
    dies: (rest.dies ?? []).map((die, i) => ({
      packageId: die.package ?? null,
      id: die.id,
      cpus: dies[i]!.cpus,
    })),
    numaNodes: (rest.numaNodes ?? []).map(({ id, memoryMiB }, i) => ({
      id,
      cpus: nodes[i]!.cpus,
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
    })),
    distances: rest.distances ?? [],
  };
}
