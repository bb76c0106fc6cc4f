/** A copy of /sys/devices/system, wherever it is kept: what the importer asks of it, and its limits. */
import { InputError } from '../../errors.ts';

/** Paths are relative to …/system, with slashes between: "cpu/possible", "node/node0". */
export interface SysfsTree {
  /**
   * The text of a file without the NULs that archives of live files are padded with; null where
   * there is no such file.
   * @throws InputError "PATH: …" where it cannot be read, is too long or is a link that leads out.
   */
  readonly read: (path: string) => string | null;
  /** The names in a folder, links among them, in any order; none where there is no such folder. */
  readonly list: (path: string) => readonly string[];
}

/** The longest file that is read, in bytes: a list of every second of 2^20 CPUs takes 3.9 MB. */
export const LARGEST_SYSFS_FILE = 4 * 1024 * 1024;

/** The most that is read of one tree, in bytes. */
export const LARGEST_SYSFS_TREE = 256 * 1024 * 1024;

/** @throws InputError "PLACE: larger than …" */
export function demandSmall(bytes: number, most: number, place: string): void {
  if (bytes > most) throw new InputError(`${place}: larger than ${most / 1024 / 1024} MiB`);
}

/** A file's bytes as text: sysfs is ASCII; tar pads a file that is shorter than its stat says. */
export function sysfsText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
}
