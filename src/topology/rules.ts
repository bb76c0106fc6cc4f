/** The rules between the parts of a topology; each throws an InputError that names place, value and rule. */
import { InputError, quote } from '../errors.ts';
import { formatPath, type Path } from '../input/json-path.ts';
import { type CpuIds, formatCpulist } from './cpulist.ts';

/** A list of CPUs that others must stay within, with a mark for each CPU in it. */
export interface Whole {
  readonly path: Path;
  readonly cpus: CpuIds;
  readonly marks: Uint8Array;
}

export function wholeOf(path: Path, cpus: CpuIds): Whole {
  const marks = new Uint8Array((cpus.at(-1) ?? -1) + 1);
  for (const cpu of cpus) marks[cpu] = 1;
  return { path, cpus, marks };
}

export interface Group {
  readonly path: Path;
  readonly cpus: CpuIds;
}

function strayError(part: Group, stray: number, whole: Group): InputError {
  return new InputError(
    `${formatPath(part.path)} is ${quote(formatCpulist(part.cpus))}: CPU ${stray} is not in ${formatPath(whole.path)}, ${quote(formatCpulist(whole.cpus))}`,
  );
}

/** @throws InputError that names the first CPU of `part` outside `whole`. */
export function demandWithin(path: Path, part: CpuIds, whole: Whole): void {
  const stray = part.find((cpu) => whole.marks[cpu] !== 1);
  if (stray !== undefined) throw strayError({ path, cpus: part }, stray, whole);
}

/**
 * Each CPU at most once over the groups; `what` names the kind in "in one NUMA node at most".
 * Returns for each CPU below `nrCpuIds` the index of its group, −1 where it is in none.
 */
export function demandDisjoint(
  groups: readonly Group[],
  what: string,
  nrCpuIds: number,
): Int32Array {
  const groupOf = new Int32Array(nrCpuIds).fill(-1);
  groups.forEach(({ path, cpus }, index) => {
    for (const cpu of cpus) {
      const other = groups[groupOf[cpu]!];
      if (other !== undefined) {
        throw new InputError(
          `${formatPath(path)} is ${quote(formatCpulist(cpus))}: CPU ${cpu} is in ${formatPath(other.path)} too; a CPU is in one ${what} at most`,
        );
      }
      groupOf[cpu] = index;
    }
  });
  return groupOf;
}

/** Each on-line CPU exactly once over the groups. Returns as demandDisjoint(). */
export function demandPartition(
  groups: readonly Group[],
  online: CpuIds,
  key: string,
  what: string,
  nrCpuIds: number,
): Int32Array {
  const groupOf = demandDisjoint(groups, what, nrCpuIds);
  const homeless = online.find((cpu) => groupOf[cpu] === -1);
  if (homeless !== undefined) {
    throw new InputError(
      `${key}: on-line CPU ${homeless} is in no ${what}; it must be in exactly one`,
    );
  }
  return groupOf;
}

export function demandUniqueIds(items: readonly { readonly id: number }[], key: string): void {
  const seen = new Map<number, number>();
  items.forEach(({ id }, index) => {
    const other = seen.get(id);
    if (other !== undefined) {
      throw new InputError(`${key}[${index}].id is ${id}: ${key}[${other}] has that id already`);
    }
    seen.set(id, index);
  });
}

export function demandSquare(distances: readonly (readonly number[])[], nodes: number): void {
  if (distances.length !== nodes) {
    throw new InputError(
      `distances is of length ${distances.length}: expected ${nodes}, one row a node`,
    );
  }
  distances.forEach((row, index) => {
    if (row.length !== nodes) {
      throw new InputError(
        `distances[${index}] is of length ${row.length}: expected ${nodes}, one entry a node`,
      );
    }
  });
}

/** Die ids are distinct within a package, and a die's CPUs are its package's where packages are described. */
export function demandDiesOfPackages(
  dies: readonly { readonly package?: number | undefined; readonly id: number }[],
  groups: readonly Group[],
  packages: readonly { readonly id: number }[],
  packageGroups: readonly Group[],
  packageOf: Int32Array,
): void {
  const seen = new Map<string, number>();
  const placeOf = new Map(packages.map(({ id }, place) => [id, place]));
  dies.forEach((die, index) => {
    const key = `${die.package ?? ''}/${die.id}`;
    const other = seen.get(key);
    if (other !== undefined) {
      const where = die.package === undefined ? '' : ` in package ${die.package}`;
      throw new InputError(
        `dies[${index}].id is ${die.id}: dies[${other}] has that id already${where}`,
      );
    }
    seen.set(key, index);
    if (die.package === undefined || packages.length === 0) return;
    const place = placeOf.get(die.package);
    if (place === undefined) {
      throw new InputError(
        `dies[${index}].package is ${die.package}: there is no package of that id`,
      );
    }
    const stray = groups[index]!.cpus.find((cpu) => packageOf[cpu] !== place);
    if (stray !== undefined) throw strayError(groups[index]!, stray, packageGroups[place]!);
  });
}
