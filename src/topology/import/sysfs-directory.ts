/** A copy of /sys/devices/system in a directory, or the running system's own. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { InputError, inWords, placed } from '../../errors.ts';
import type { Bytes } from '../../units.ts';
import { knownPageSize, type MachineDescription } from './description.ts';
import { describeSysfs } from './sysfs.ts';
import {
  demandSmall,
  LARGEST_SYSFS_FILE,
  LARGEST_SYSFS_TREE,
  type SysfsTree,
  sysfsText,
} from './sysfs-tree.ts';

/** Where cpu/ may be below the directory that is named: …/system itself, /sys, a root. */
const SYSTEMS = ['.', 'devices/system', 'sys/devices/system'];

/** The last part of a path must be no link, and a FIFO is not waited for. */
const HOW = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The kernel gives the text of most files whole, and of long lists a page at a time. */
const CHUNK = 16 * 1024;

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

/** What `read` gives; null where there is nothing. @throws InputError "PATH: …" for other faults. */
function orNothing<T>(path: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw placed(inWords(error), path);
  }
}

/** The real path of what is in the root. @throws InputError where a link leads out of it. */
function realPathInside(root: string, full: string, path: string): string | null {
  const real = orNothing(path, () => realpathSync(full));
  const prefix = root.endsWith(sep) ? root : root + sep;
  if (real === null || real === root || real.startsWith(prefix)) return real;
  throw new InputError(`${path}: leads out of the directory by a link, which is not followed`);
}

function readAll(fd: number, path: string): Buffer {
  if (!fstatSync(fd).isFile()) throw new InputError(`${path}: is no regular file`);
  const chunks: Buffer[] = [];
  for (let size = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const length = readSync(fd, chunk, 0, CHUNK, null);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    size += length;
    demandSmall(size, LARGEST_SYSFS_FILE, path);
  }
}

/** The tree at a real path; `root` is what links must not lead out of. */
function treeAt(root: string, system: string): SysfsTree {
  const folders = new Map<string, string | null>();
  let total = 0;
  const realFolder = (path: string): string | null => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const real = realPathInside(root, join(system, path), path);
    folders.set(path, real);
    return real;
  };
  return {
    read: (path) => {
      const folder = realFolder(dirname(path));
      if (folder === null) return null;
      const full = join(folder, basename(path));
      const fd = orNothing(path, () => {
        try {
          return openSync(full, HOW);
        } catch (error) {
          if (!isSystemError(error) || error.code !== 'ELOOP') throw error;
          const real = realPathInside(root, full, path);
          return real === null ? null : openSync(real, HOW);
        }
      });
      if (fd === null) return null;
      try {
        const bytes = orNothing(path, () => readAll(fd, path)) ?? Buffer.alloc(0);
        total += bytes.length;
        demandSmall(total, LARGEST_SYSFS_TREE, 'the directory');
        return sysfsText(bytes);
      } finally {
        closeSync(fd);
      }
    },
    list: (path) => {
      const folder = realFolder(path);
      return folder === null ? [] : (orNothing(path, () => readdirSync(folder)) ?? []);
    },
  };
}

/**
 * The tree in a directory: /sys/devices/system or a copy of it, or a root, or /sys, that holds one.
 * Links are followed within the directory only.
 * @throws InputError where there is none, or it cannot be read.
 */
export function openSysfsDirectory(path: string): SysfsTree {
  const root = realpathOf(path);
  for (const below of SYSTEMS) {
    const system = realPathInside(root, join(root, below), below);
    if (system === null) continue;
    const tree = treeAt(root, system);
    if (tree.list('cpu').length > 0) return tree;
  }
  throw new InputError(
    'there is no cpu/ in it: expected a copy of /sys/devices/system, or a directory that holds sys/devices/system',
  );
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw inWords(error);
  }
}

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
