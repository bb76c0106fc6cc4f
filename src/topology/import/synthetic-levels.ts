/**
 * hwloc's synthetic strings (hwloc 2.9, topology-synthetic.c): "pack:2 [numa] core:4 pu:2". Levels from
 * the machine inwards, each with how many of it are in one of the level above; the last is the CPUs.
 */
import { InputError, quote } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { type Attributes, attributesOf } from './synthetic-attributes.ts';
import { type SyntheticType, typeOf, typesInOrder } from './synthetic-types.ts';

/** Memory that hangs beside a level: "[numa(memory=16GiB)]". */
export interface AttachedNode {
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
      `${place}: ${digits} is octal to hwloc: expected a count without leading zeros`,
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
