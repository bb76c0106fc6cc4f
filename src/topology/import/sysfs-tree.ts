/** A copy of /sys/devices/system, wherever it is kept: what the importer asks of it, and its limits. */

import { InputError, quote, within } from '../../errors.ts';
import { type CpuIds, cpusOfWords, parseCpulist } from '../cpulist.ts';
import { cpuBudget } from './description.ts';

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

const HIGHEST_ID = 2 ** 31 - 1;

/** Of digits without end a message has the beginning. */
const LONGEST_ID = 24;

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
    throw new InputError(
      `${path}: the id is ${text.slice(0, LONGEST_ID)}; expected 0 to ${HIGHEST_ID}, or -1 for none`,
    );
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

/** Up to eight hexadecimal digits a word; only the first may have fewer (lib/vsprintf.c, bitmap_string). */
const MASK = /^[0-9a-f]{1,8}(?:,[0-9a-f]{8})*$/i;

/**
 * The CPUs of a mask: 32-bit words in hexadecimal, the highest first, commas between them.
 * @throws InputError that quotes the text and tells the fault.
 */
export function parseCpumask(text: string): CpuIds {
  const trimmed = text.trim();
  if (!MASK.test(trimmed)) {
    throw new InputError(
      `${quote(trimmed)} is no CPU mask; expected 32-bit words such as "00000000,0000010f"`,
    );
  }
  return cpusOfWords(
    trimmed.split(','),
    (cpu) =>
      new InputError(`${quote(trimmed)}: CPU ${cpu} is beyond 1,048,575, the highest there can be`),
  );
}

/** Where a file may be: the list first, then the same as a mask. */
export interface CpuFile {
  readonly name: string;
  readonly parse: (text: string) => CpuIds;
}

/** The list NAME, or the mask NAME, of a folder of topology or cache. */
export function listOrMask(list: string, mask: string): readonly CpuFile[] {
  return [
    { name: list, parse: parseCpulist },
    { name: mask, parse: parseCpumask },
  ];
}

/** CPUs that a file reports, with the file for messages. */
export interface ReportedCpus {
  readonly path: string;
  readonly cpus: CpuIds;
}

/** Of cores, packages, dies and nodes, and of caches of four levels. */
const KINDS_OF_SETS = 8;

/** Reads sets of CPUs; each distinct text is parsed once, and equal texts give the same array. */
export type CpuReader = (folder: string, files: readonly CpuFile[]) => ReportedCpus | null;

/**
 * The reader of a tree: it takes the first of the files that is there and holds a byte, for kernels
 * from 5.15 to 6.0 give some files the size 0 and tar then stores nothing; null where none does.
 * The reader throws InputError "PATH: …" on a malformed set, and where sets name too many CPUs.
 */
export function cpuReader(tree: SysfsTree): CpuReader {
  const parsed = new Map<CpuFile['parse'], Map<string, CpuIds>>();
  const demandFew = cpuBudget(KINDS_OF_SETS);
  const cpusOf = ({ parse }: CpuFile, path: string, text: string): CpuIds => {
    const known = parsed.get(parse) ?? new Map<string, CpuIds>();
    parsed.set(parse, known);
    const before = known.get(text);
    if (before !== undefined) return before;
    const cpus = within(path, () => parse(text.trim()));
    demandFew(cpus, path);
    known.set(text, cpus);
    return cpus;
  };
  return (folder, files) => {
    for (const file of files) {
      const path = `${folder}/${file.name}`;
      const text = tree.read(path);
      if (text !== null && text !== '') return { path, cpus: cpusOf(file, path, text) };
    }
    return null;
  };
}
