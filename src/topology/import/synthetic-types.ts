/** The types of a synthetic string's levels, by hwloc's names and their abbreviations. */
import { InputError, quote } from '../../errors.ts';

export type SyntheticType =
  | {
      readonly kind: 'machine' | 'package' | 'die' | 'numa' | 'core' | 'pu' | 'group';
    }
  | { readonly kind: 'cache'; readonly level: number; readonly instruction: boolean };

/** Names with the letters that are enough (hwloc_type_sscanf). Tiles and modules are groups to hwloc. */
const NAMES: readonly (readonly [
  name: string,
  enough: number,
  kind: 'package' | 'die' | 'numa' | 'core' | 'pu' | 'group',
])[] = [
  ['package', 2, 'package'],
  ['socket', 2, 'package'],
  ['die', 2, 'die'],
  ['numanode', 2, 'numa'],
  ['node', 2, 'numa'],
  ['core', 2, 'core'],
  ['pu', 2, 'pu'],
  ['group', 2, 'group'],
  ['module', 6, 'group'],
  ['tile', 4, 'group'],
];

/** @throws InputError where it is none. */
export function typeOf(word: string, place: string): SyntheticType {
  const lower = word.toLowerCase();
  const cache = /^l([1-5])([dui])?(?:c(?:a(?:c(?:he?)?)?)?)?$/.exec(lower);
  if (cache !== null) {
    return { kind: 'cache', level: Number(cache[1]), instruction: cache[2] === 'i' };
  }
  const name = lower.replace(/^(group)\d+$/, '$1');
  const found = NAMES.find(([full, enough]) => name.length >= enough && full.startsWith(name));
  if (found === undefined) {
    throw new InputError(
      `${place}: ${quote(word)} is no type: expected package, die, numa, l1 to l5, core, group or pu`,
    );
  }
  return { kind: found[2] };
}

const sameType = (a: SyntheticType, b: SyntheticType) =>
  a.kind === b.kind &&
  (a.kind !== 'cache' ||
    b.kind !== 'cache' ||
    (a.level === b.level && a.instruction === b.instruction));

export function typeName(type: SyntheticType): string {
  return type.kind === 'cache' ? `l${type.level}${type.instruction ? 'i' : ''}` : type.kind;
}

const data = (level: number): SyntheticType => ({ kind: 'cache', level, instruction: false });

/** What hwloc takes bare counts for: nodes first, then packages, cores, up to four caches, groups. */
function guessedTypes(count: number, hasAttached: boolean): SyntheticType[] {
  let left = count;
  const take = (most: number) => {
    const taken = Math.min(most, left);
    left -= taken;
    return taken;
  };
  const [numa, packages, cores, caches] = [take(hasAttached ? 0 : 1), take(1), take(1), take(4)];
  const cachesByCount: SyntheticType[][] = [
    [],
    [data(2)],
    [data(2), data(1)],
    [data(3), data(2), data(1)],
    [data(3), data(2), data(1), { kind: 'cache', level: 1, instruction: true }],
  ];
  const several = (n: number, kind: 'group' | 'package' | 'numa' | 'core'): SyntheticType[] =>
    Array.from({ length: n }, () => ({ kind }));
  return [
    ...several(left, 'group'),
    ...several(packages, 'package'),
    ...several(numa, 'numa'),
    ...(cachesByCount[caches] ?? []),
    ...several(cores, 'core'),
  ];
}

/**
 * The types of the levels below the machine, those of bare counts as hwloc takes them.
 * @throws InputError where they cannot stand together.
 */
export function typesInOrder(
  written: readonly (SyntheticType | null)[],
  hasAttached: boolean,
): SyntheticType[] {
  const last = written.at(-1);
  if (last === undefined)
    throw new InputError('has no levels: expected at least CPUs, such as pu:8');
  if (last !== null && last.kind !== 'pu') {
    throw new InputError(`the last level is ${typeName(last)}: expected the CPUs, such as pu:2`);
  }
  const above = written.slice(0, -1);
  const named = above.filter((type) => type !== null);
  if (named.length > 0 && named.length < above.length) {
    throw new InputError('some levels have a type and some have none: expected all or none');
  }
  const types = named.length > 0 ? named : guessedTypes(above.length, hasAttached);
  types.forEach((type, i) => {
    if (type.kind === 'pu') throw new InputError('pu is there twice: expected it last, once');
    if (type.kind !== 'group' && types.slice(0, i).some((other) => sameType(type, other))) {
      throw new InputError(`${typeName(type)} is there twice: expected each level once`);
    }
  });
  if (hasAttached && types.some(({ kind }) => kind === 'numa')) {
    throw new InputError('NUMA nodes are there as a level and attached: expected one of the two');
  }
  return [...types, { kind: 'pu' }];
}
