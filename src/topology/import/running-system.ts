/** The machine that the program runs on, from its own sysfs and auxiliary vector. */

import { readFileSync } from 'node:fs';
import type { Bytes } from '../../units.ts';
import { knownPageSize, type MachineDescription } from './description.ts';
import { describeSysfs } from './sysfs.ts';
import { openSysfsDirectory } from './sysfs-directory.ts';

/** include/uapi/linux/auxvec.h */
const AT_NULL = 0n;
const AT_PAGESZ = 6n;

/** A pair of unsigned longs an entry, in the machine's byte order. */
type Word = (view: DataView, at: number) => bigint;

interface Layout {
  readonly bytes: number;
  readonly word: Word;
}

const LAYOUTS: readonly Layout[] = [true, false].flatMap((littleEndian) => [
  { bytes: 8, word: (view: DataView, at: number) => view.getBigUint64(at, littleEndian) },
  { bytes: 4, word: (view: DataView, at: number) => BigInt(view.getUint32(at, littleEndian)) },
]);

function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

/** AT_PAGESZ of a vector in this layout; null where it has none that could be one. */
function valueIn(view: DataView, { bytes, word }: Layout): Bytes | null {
  for (let at = 0; at + 2 * bytes <= view.byteLength; at += 2 * bytes) {
    const type = word(view, at);
    if (type === AT_NULL) return null;
    const value = word(view, at + bytes);
    if (type === AT_PAGESZ) return isPowerOfTwo(value) && value >= 4096n ? Number(value) : null;
  }
  return null;
}

/**
 * The page size in bytes in /proc/self/auxv; null where it tells none. Read in another layout than
 * the machine's, a vector has no entry 6 with a power of two: so the layout need not be known.
 */
export function pageSizeOfAuxv(auxv: Uint8Array): Bytes | null {
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  return LAYOUTS.map((layout) => valueIn(view, layout)).find((size) => size !== null) ?? null;
}

export const SYSFS = '/sys/devices/system';

const AUXV = '/proc/self/auxv';

function readAuxv(): Uint8Array {
  try {
    return readFileSync(AUXV);
  } catch {
    // Not on Linux, or hidden: the page size stays untold.
    return new Uint8Array(0);
  }
}

/**
 * What sysfs reports, and the page size that the kernel tells this process.
 * @throws InputError without the origin, which is SYSFS: "no such file" where it is no Linux.
 */
export function describeRunningSystem(): MachineDescription {
  const description = describeSysfs(openSysfsDirectory(SYSFS));
  const remarks = [...description.remarks];
  const pageSize = knownPageSize(pageSizeOfAuxv(readAuxv()), remarks);
  return { ...description, pageSize, remarks };
}
