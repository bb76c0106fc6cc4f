/** Packages and dies of an hwloc topology, and their ids. */
import type { Package } from '../topology.ts';
import type { DescribedDie } from './description.ts';
import { type HwlocObject, membersOf } from './hwloc-object.ts';

interface Ids {
  readonly idOf: ReadonlyMap<HwlocObject, number>;
  readonly resolved: readonly string[];
}

export interface HwlocPackages extends Ids {
  readonly packages: readonly Package[];
}

export interface HwlocDies {
  readonly dies: readonly DescribedDie[];
  readonly resolved: readonly string[];
}

/** Linux's own ids, or 0, 1, … in the order of the file where some have none or the same. */
function numbered(objects: readonly HwlocObject[], what: string): Ids {
  const ids = objects.map(({ osIndex }) => osIndex);
  const distinct = !ids.includes(null) && new Set(ids).size === ids.length;
  const idOf = new Map(objects.map((object, i) => [object, distinct ? (ids[i] ?? i) : i]));
  return {
    idOf,
    resolved: distinct
      ? []
      : [`ids of ${what} are missing or repeat: they are numbered in the order of the file`],
  };
}

/** In the order of their ids; `idOf` for the dies in them. */
export function packagesOf(objects: readonly HwlocObject[]): HwlocPackages {
  const found = objects.filter(({ type }) => type === 'Package' || type === 'Socket');
  const { idOf, resolved } = numbered(found, 'packages');
  const packages = found.map(
    (object): Package => ({ id: idOf.get(object)!, cpus: membersOf(object) }),
  );
  return { packages: packages.toSorted((a, b) => a.id - b.id), idOf, resolved };
}

/** In the order of packages and ids; hwloc 2.1 and later tell them. */
export function diesOf(
  objects: readonly HwlocObject[],
  packageIds: ReadonlyMap<HwlocObject, number>,
): HwlocDies {
  const found = objects.filter(({ type }) => type === 'Die');
  const byPackage = new Map<HwlocObject | null, HwlocObject[]>();
  for (const die of found) {
    const others = byPackage.get(die.within);
    if (others === undefined) byPackage.set(die.within, [die]);
    else others.push(die);
  }
  const parts = [...byPackage].map(([within, dies]) => {
    const { idOf, resolved } = numbered(dies, 'dies');
    const packageId = within === null ? null : (packageIds.get(within) ?? null);
    const items = dies.map((die) => ({ packageId, id: idOf.get(die)!, cpus: membersOf(die) }));
    return { items, resolved };
  });
  return {
    dies: parts
      .flatMap(({ items }) => items)
      .toSorted((a, b) => (a.packageId ?? -1) - (b.packageId ?? -1) || a.id - b.id),
    resolved: [...new Set(parts.flatMap(({ resolved }) => resolved))],
  };
}
