/** From a document of the schema's form to a Topology: the rules between its parts. */
import { InputError, quote, within } from '../errors.ts';
import { DEFAULT_PAGE_SIZE } from '../units.ts';
import { type CpuSets, type List, listFrom, packedSets, setsIn } from './cpu-sets.ts';
import { type CpuIds, formatCpulist, parseCpulist } from './cpulist.ts';
import type { TopologyDocument } from './schema.ts';
import { cacheLevels, type Die, type Package, placesOfCaches, type Topology } from './topology.ts';

/** The sets of CPUs of one kind, and the places in the document that they have. */
interface Groups {
  readonly sets: CpuSets;
  readonly placeOf: (index: number) => string;
}

const coresIn = (cores: CpuSets): Groups => ({
  sets: cores,
  placeOf: (i) => `cores[${i}]`,
});

const groupsIn = (key: string, items: List<{ readonly cpus: CpuIds }>): Groups => ({
  sets: setsIn(items),
  placeOf: (i) => `${key}[${i}].cpus`,
});

const isQuoted = (place: string, cpus: CpuIds) => `${place} is ${quote(formatCpulist(cpus))}`;

/** A list of CPUs that others must stay within, with a mark for each CPU in it. */
interface Whole {
  readonly place: string;
  readonly cpus: CpuIds;
  readonly marks: Uint8Array;
}

function wholeOf(place: string, cpus: CpuIds): Whole {
  const marks = new Uint8Array((cpus.at(-1) ?? -1) + 1);
  for (const cpu of cpus) marks[cpu] = 1;
  return { place, cpus, marks };
}

function strayError(place: string, cpus: CpuIds, stray: number, whole: Omit<Whole, 'marks'>) {
  return new InputError(
    `${isQuoted(place, cpus)}: CPU ${stray} is not in ${whole.place}, ${quote(formatCpulist(whole.cpus))}`,
  );
}

/** @throws InputError that names the first CPU of `part` outside `whole`. */
function demandWithin(place: string, part: CpuIds, whole: Whole): void {
  const stray = part.find((cpu) => whole.marks[cpu] !== 1);
  if (stray !== undefined) throw strayError(place, part, stray, whole);
}

/**
 * Each CPU at most once over the groups; `what` names the kind in "in one NUMA node at most".
 * Returns for each CPU below `nrCpuIds` the index of its group, −1 where it is in none.
 */
function demandDisjoint({ sets, placeOf }: Groups, what: string, nrCpuIds: number): Int32Array {
  const groupOf = new Int32Array(nrCpuIds).fill(-1);
  sets.forEach((cpus, index) => {
    for (const cpu of cpus) {
      const other = groupOf[cpu]!;
      if (other !== -1) {
        throw new InputError(
          `${isQuoted(placeOf(index), cpus)}: CPU ${cpu} is in ${placeOf(other)} too; a CPU is in one ${what} at most`,
        );
      }
      groupOf[cpu] = index;
    }
  });
  return groupOf;
}

/** Each on-line CPU exactly once over the groups, if there are any. Returns as demandDisjoint(). */
function demandPartition(
  groups: Groups,
  { online, nrCpuIds }: Topology,
  key: string,
  what: string,
): Int32Array {
  const groupOf = demandDisjoint(groups, what, nrCpuIds);
  const homeless = groups.sets.length === 0 ? undefined : online.find((cpu) => groupOf[cpu] === -1);
  if (homeless === undefined) return groupOf;
  throw new InputError(
    `${key}: on-line CPU ${homeless} is in no ${what}; it must be in exactly one`,
  );
}

function demandUniqueIds(items: List<{ readonly id: number }>, key: string): void {
  // As they nearly always are: a million need no table.
  const ids = items.map(({ id }) => id);
  if (ids.every((id, i) => i === 0 || id > ids[i - 1]!)) return;
  const seen = new Map<number, number>();
  ids.forEach((id, index) => {
    const other = seen.get(id);
    if (other !== undefined) {
      throw new InputError(`${key}[${index}].id is ${id}: ${key}[${other}] has that id already`);
    }
    seen.set(id, index);
  });
}

function demandSquare(distances: readonly (readonly number[])[], nodes: number): void {
  if (distances.length !== nodes) {
    throw new InputError(
      `distances is of length ${distances.length}: expected ${nodes}, one row a node`,
    );
  }
  const ragged = distances.findIndex((row) => row.length !== nodes);
  if (ragged === -1) return;
  throw new InputError(
    `distances[${ragged}] is of length ${distances[ragged]!.length}: expected ${nodes}, one entry a node`,
  );
}

/** Whether dies are in the order of their packages' ids and their own, each once: a million need no table. */
function areAscending(dies: List<Die>): boolean {
  let isAscending = true;
  let [lastPackage, lastId] = [-2, -1];
  dies.forEach(({ packageId, id }) => {
    const own = packageId ?? -1;
    isAscending &&= own > lastPackage || (own === lastPackage && id > lastId);
    lastPackage = own;
    lastId = id;
  });
  return isAscending;
}

/** A function that throws where a die has the id of one before it in its package. */
function dieIds(): (die: Die, index: number) => void {
  const seen = new Map<string, number>();
  return ({ packageId, id }, index) => {
    const key = `${packageId ?? ''}/${id}`;
    const other = seen.get(key);
    if (other !== undefined) {
      const where = packageId === null ? '' : ` in package ${packageId}`;
      throw new InputError(
        `dies[${index}].id is ${id}: dies[${other}] has that id already${where}`,
      );
    }
    seen.set(key, index);
  };
}

/** Die ids are distinct within a package, and a die's CPUs are its package's where packages are described. */
function demandDiesOfPackages(
  dies: List<Die>,
  packages: List<Package>,
  packageOf: Int32Array,
): void {
  if (dies.length === 0) return;
  const demandUnique = areAscending(dies) ? () => {} : dieIds();
  const indexOf = new Map<number, number>();
  packages.forEach(({ id }, index) => void indexOf.set(id, index));
  dies.forEach((die, index) => {
    demandUnique(die, index);
    const { packageId, cpus } = die;
    if (packageId === null || packages.length === 0) return;
    const own = indexOf.get(packageId);
    if (own === undefined) {
      throw new InputError(
        `dies[${index}].package is ${packageId}: there is no package of that id`,
      );
    }
    const stray = cpus.find((cpu) => packageOf[cpu] !== own);
    if (stray !== undefined) {
      const whole = { place: `packages[${own}].cpus`, cpus: packages.at(own)!.cpus };
      throw strayError(`dies[${index}].cpus`, cpus, stray, whole);
    }
  });
}

/** @throws InputError where a list of CPUs is empty, or not within the one it is of. */
function demandStates({
  possible,
  present,
  online,
}: Pick<Topology, 'possible' | 'present' | 'online'>) {
  if (possible.length === 0) throw new InputError('cpus.possible is "": expected at least one CPU');
  const whole = wholeOf('cpus.possible', possible);
  demandWithin('cpus.present', present, whole);
  demandWithin('cpus.online', online, wholeOf('cpus.present', present));
  if (online.length === 0) throw new InputError('cpus.online is "": expected at least one CPU');
  return whole;
}

/**
 * The rules between the parts of a topology.
 * @throws InputError naming the first that is broken: JSON path, value and rule.
 */
export function demandSound(topology: Topology): Topology {
  const { nrCpuIds, caches, packages, dies, numaNodes, distances } = topology;
  const whole = demandStates(topology);
  const cores = coresIn(topology.cores);
  const cacheGroups = groupsIn('caches', caches);
  const packageGroups = groupsIn('packages', packages);
  const dieGroups = groupsIn('dies', dies);
  const nodeGroups = groupsIn('numaNodes', numaNodes);
  for (const { sets, placeOf } of [cores, cacheGroups, packageGroups, dieGroups, nodeGroups]) {
    sets.forEach((cpus, i) => void demandWithin(placeOf(i), cpus, whole));
  }
  demandPartition(cores, topology, 'cores', 'core');
  const packageOf = demandPartition(packageGroups, topology, 'packages', 'package');
  demandPartition(nodeGroups, topology, 'numaNodes', 'NUMA node');
  demandDisjoint(dieGroups, 'die', nrCpuIds);
  for (const level of cacheLevels(topology)) {
    const places = placesOfCaches(topology, level);
    const ofLevel = {
      sets: listFrom(places, (place) => caches.at(place)!.cpus),
      placeOf: (i: number) => cacheGroups.placeOf(places[i]!),
    };
    demandDisjoint(ofLevel, `level-${level} cache`, nrCpuIds);
  }
  demandUniqueIds(packages, 'packages');
  demandDiesOfPackages(dies, packages, packageOf);
  demandUniqueIds(numaNodes, 'numaNodes');
  if (distances.length > 0) demandSquare(distances, numaNodes.length);
  return topology;
}

const cpusAt = (place: string, text: string, last: number | null): CpuIds =>
  within(place, () => parseCpulist(text, last), ' is ');

/** Cores, packages, dies, nodes, and caches of five levels. */
const KINDS_OF_GROUPS = 9;

/**
 * The Topology that a document of the schema's form describes.
 * @throws InputError naming the first fault: JSON path, value and rule.
 */
export function topologyOf({ cpus, ...rest }: TopologyDocument): Topology {
  const possible = cpusAt('cpus.possible', cpus.possible, null);
  const last = possible.at(-1) ?? null;
  const present =
    cpus.present === undefined ? possible : cpusAt('cpus.present', cpus.present, last);
  const online = cpus.online === undefined ? present : cpusAt('cpus.online', cpus.online, last);
  const whole = demandStates({ possible, present, online });

  // A CPU is in one group of each kind, so groups that name more overlap: no need to hold them all.
  let named = 0;
  const group = (place: string, text: string): CpuIds => {
    const members = cpusAt(place, text, last);
    demandWithin(place, members, whole);
    named += members.length;
    if (named > KINDS_OF_GROUPS * possible.length) {
      throw new InputError(
        `${place}: this and other groups overlap; a CPU is in one of each kind at most`,
      );
    }
    return members;
  };
  const { cores = [], caches = [], packages = [], dies = [], numaNodes = [] } = rest;
  const groups = (key: string, items: readonly { readonly cpus: string }[]) =>
    packedSets(items.length, (i) => group(`${key}[${i}].cpus`, items[i]!.cpus));
  const levels = Uint8Array.from(caches, ({ level }) => level);
  const packageIds = Int32Array.from(packages, ({ id }) => id);
  const dieIds = Int32Array.from(dies, ({ id }) => id);
  const packagesOfDies = Int32Array.from(dies, (die) => die.package ?? -1);
  const topology = {
    name: rest.name,
    description: rest.description ?? '',
    source: rest.source ?? '',
    pageSize: rest.pageSize ?? DEFAULT_PAGE_SIZE,
    nrCpuIds: (possible.at(-1) ?? -1) + 1,
    possible,
    present,
    online,
    cores: packedSets(cores.length, (i) => group(`cores[${i}]`, cores[i]!)),
    caches: listFrom(groups('caches', caches), (cpus, i) => ({ level: levels[i]!, cpus })),
    packages: listFrom(groups('packages', packages), (cpus, i) => ({ id: packageIds[i]!, cpus })),
    dies: listFrom(groups('dies', dies), (cpus, i) => {
      const packageId = packagesOfDies[i]!;
      return { packageId: packageId === -1 ? null : packageId, id: dieIds[i]!, cpus };
    }),
    numaNodes: numaNodes.map(({ id, cpus, memoryMiB }, i) => ({
      id,
      cpus: group(`numaNodes[${i}].cpus`, cpus),
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
    })),
    distances: rest.distances ?? [],
  };
  demandSound(topology);
  if (rest.distances !== undefined) demandSquare(rest.distances, topology.numaNodes.length);
  return topology;
}
