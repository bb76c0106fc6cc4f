/**
 * hwloc's synthetic strings (hwloc 2.9, topology-synthetic.c): "pack:2 [numa] core:4 pu:2". Levels from
 * the machine inwards, each with how many of it are in one of the level above; the last is the CPUs.
 */
import { InputError, quote } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { MIB } from '../../units.ts';

type SyntheticType =
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
function typesInOrder(
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

interface Attributes {
  /** Whole MiB of what is told, the rest of a MiB left out; null where nothing is. */
  readonly memoryMiB: number | null;
  /** As written; null where nothing is. */
  readonly indexes: string | null;
}

const NONE: Attributes = { memoryMiB: null, indexes: null };

/** As hwloc 2.9 has them: GB is 10^9 bytes, GiB 2^30. */
const BYTES_OF: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

function bytesOf(text: string, place: string): number {
  const [, digits = '', unit = ''] = /^(0x[\da-f]{1,13}|\d{1,16})([kmgt]i?b)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * BYTES_OF[unit.toLowerCase()]!;
  if (digits === '' || !Number.isSafeInteger(bytes)) {
    throw new InputError(`${place}: ${quote(text)} is no size: expected one such as 16GiB`);
  }
  return bytes;
}

/**
 * Caches have a size, other levels memory; all may have indexes. Sizes of caches are not kept.
 * @throws InputError where there is something else.
 */
function attributesOf(
  text: string | undefined,
  type: SyntheticType | null,
  place: string,
): Attributes {
  if (text === undefined) return NONE;
  const size = type?.kind === 'cache' ? 'size' : 'memory';
  let attributes = NONE;
  for (const word of text
    .slice(1, -1)
    .split(' ')
    .filter((part) => part !== '')) {
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(word) ?? [];
    if (key === 'indexes') attributes = { ...attributes, indexes: value };
    else if (key === size) {
      attributes = { ...attributes, memoryMiB: Math.floor(bytesOf(value, place) / MIB) };
    } else {
      throw new InputError(`${place}: ${quote(word)} is unknown: expected ${size}= or indexes=`);
    }
  }
  return attributes;
}

/** Memory that hangs beside a level: "[numa(memory=16GiB)]". */
interface AttachedNode {
  readonly memoryMiB: number | null;
}

export interface SyntheticLevel {
  readonly type: SyntheticType;
  /** Of all the machine. */
  readonly width: number;
  readonly memoryMiB: number | null;
  /** As indexes= has them. */
  readonly indexes: string | null;
  readonly attached: readonly AttachedNode[];
}

export interface SyntheticMachine {
  /** The first is the machine itself, of width 1; the last the CPUs. */
  readonly levels: readonly SyntheticLevel[];
  /** indexes= of the attached nodes, of all levels together. */
  readonly attachedIndexes: string | null;
}

interface WrittenLevel extends Attributes {
  readonly type: SyntheticType | null;
  readonly width: number;
  readonly attached: AttachedNode[];
}

/** hwloc's limit, HWLOC_SYNTHETIC_MAX_DEPTH. */
const MOST_LEVELS = 128;

const TOKEN =
  /\s*(?:\[\s*([a-z]\w*)\s*(\([^)]*\))?\s*\]|(?:([a-z]\w*):)?(0x[\da-f]+|\d+)(\([^)]*\))?(?=[\s[]|$))/iy;

function countOf(digits: string, place: string): number {
  if (/^0\d/.test(digits)) {
    throw new InputError(
      `${place}: ${quote(digits)} is octal to hwloc: expected a count without leading zeros`,
    );
  }
  const count = Number(digits);
  if (count === 0) throw new InputError(`${place}: expected at least one`);
  return count;
}

function pushLevel(
  levels: WrittenLevel[],
  [token, , , word, digits = '', attributes]: readonly (string | undefined)[],
): void {
  const place = quote((token ?? '').trim());
  const type = word === undefined ? null : typeOf(word, place);
  const width = levels.at(-1)!.width * countOf(digits, place);
  if (width > MAX_NR_CPU_IDS) {
    throw new InputError(`${place}: makes more than 1,048,576 of them, the most CPUs there can be`);
  }
  if (levels.length >= MOST_LEVELS) {
    throw new InputError(`${place}: expected at most ${MOST_LEVELS - 1} levels`);
  }
  levels.push({ type, width, attached: [], ...attributesOf(attributes, type, place) });
}

/** @throws InputError that quotes the word at fault. */
export function parseSynthetic(text: string): SyntheticMachine {
  const start = /^\s*(\([^)]*\))?/.exec(text);
  const root: WrittenLevel = {
    type: { kind: 'machine' },
    width: 1,
    attached: [],
    ...attributesOf(start?.[1], { kind: 'machine' }, quote(start?.[1] ?? '')),
  };
  const levels = [root];
  let attachedIndexes: string | null = null;
  let at = start?.[0].length ?? 0;
  while (text.slice(at, at + 1000).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      throw new InputError(
        `${quote(text.slice(at, at + 40).trim())} is no level: expected a type and a count such as pu:2, or [numa]`,
      );
    }
    at = TOKEN.lastIndex;
    const [token, attachedType, attachedAttributes] = match;
    if (attachedType === undefined) {
      pushLevel(levels, match);
      continue;
    }
    const place = quote(token.trim());
    const type = typeOf(attachedType, place);
    if (type.kind !== 'numa') throw new InputError(`${place}: only [numa] can be attached`);
    const { memoryMiB, indexes } = attributesOf(attachedAttributes, type, place);
    levels.at(-1)!.attached.push({ memoryMiB });
    attachedIndexes = indexes ?? attachedIndexes;
  }
  const hasAttached = levels.some(({ attached }) => attached.length > 0);
  const types = typesInOrder(
    levels.slice(1).map(({ type }) => type),
    hasAttached,
  );
  return {
    levels: levels.map((level, i) => ({ ...level, type: types[i - 1] ?? { kind: 'machine' } })),
    attachedIndexes,
  };
}
