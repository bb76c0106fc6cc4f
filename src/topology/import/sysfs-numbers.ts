/** Whole numbers as files of sysfs hold them. */
import { InputError, quote } from '../../errors.ts';
import type { SysfsTree } from './sysfs-tree.ts';

const HIGHEST_ID = 2 ** 31 - 1;

/** −1 printed without its sign, as some drivers do. */
const UNSIGNED_MINUS_ONE = 2 ** 32 - 1;

/**
 * The id in a file; null where there is no file, or −1 in it, which is how architectures that know
 * none fill it (include/linux/topology.h, topology_physical_package_id).
 * @throws InputError "PATH: …" where it holds no number, or one above 2,147,483,647.
 */
export function readId(tree: SysfsTree, path: string): number | null {
  const text = tree.read(path)?.trim() ?? '';
  if (text === '') return null;
  if (!/^-?\d+$/.test(text)) {
    throw new InputError(`${path}: ${quote(text)} is no id; expected a whole number`);
  }
  const id = Number(text);
  if (id === -1 || id === UNSIGNED_MINUS_ONE) return null;
  if (id < 0 || id > HIGHEST_ID) {
    throw new InputError(`${path}: the id is ${text}; expected 0 to ${HIGHEST_ID}, or -1 for none`);
  }
  return id;
}

/** Numbers of folders named PREFIX and a number ("cpu12"), ascending; other names are passed over. */
export function numbered(names: readonly string[], prefix: string): readonly number[] {
  return names
    .filter((name) => name.startsWith(prefix) && /^(?:0|[1-9]\d*)$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/**
 * The numbers, ascending, of the folders that PREFIX and they name.
 * @throws InputError "PREFIXn: …" where one is above the highest there can be.
 */
export function demandAtMost(
  ids: readonly number[],
  highest: number,
  prefix: string,
): readonly number[] {
  const last = ids.at(-1) ?? 0;
  if (last <= highest) return ids;
  throw new InputError(`${prefix}${last}: ${last} is beyond ${highest}, the highest there can be`);
}
