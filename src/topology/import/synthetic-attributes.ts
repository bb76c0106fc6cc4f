/** What stands in parentheses behind a level of a synthetic string: "(memory=16GiB indexes=1,0)". */
import { InputError, quote } from '../../errors.ts';
import { MIB } from '../../units.ts';
import type { SyntheticType } from './synthetic-types.ts';

export interface Attributes {
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
export function attributesOf(
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
