/** Sets of CPUs as files of sysfs hold them: lists ("0-3,8") and, in old kernels alone, masks ("0000010f"). */
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import { type CpuIds, parseCpulist } from '../cpulist.ts';
import { cpuBudget } from './cpu-budget.ts';
import type { SysfsTree } from './sysfs-tree.ts';

const BITS_A_WORD = 32;

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
  const ids: number[] = [];
  const words = trimmed.split(',').reverse();
  words.forEach((digits, place) => {
    const word = Number.parseInt(digits, 16);
    if (word === 0) return;
    const highest = place * BITS_A_WORD + (BITS_A_WORD - 1 - Math.clz32(word));
    if (highest > HIGHEST_CPU_ID) {
      throw new InputError(
        `${quote(trimmed)}: CPU ${highest} is beyond 1,048,575, the highest there can be`,
      );
    }
    for (let bit = 0; bit < BITS_A_WORD; bit++) {
      if ((word >>> bit) & 1) ids.push(place * BITS_A_WORD + bit);
    }
  });
  return Int32Array.from(ids);
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

/** CPUs that a file tells, with the file for messages. */
export interface ToldCpus {
  readonly path: string;
  readonly cpus: CpuIds;
}

/** Of cores, packages, dies and nodes, and of caches of four levels. */
const KINDS_OF_SETS = 8;

/** Reads sets of CPUs; each distinct text is parsed once, and equal texts give the same array. */
export type CpuReader = (folder: string, files: readonly CpuFile[]) => ToldCpus | null;

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
    const cpus = at(path, () => parse(text.trim()));
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

/** Runs a parser of a file's text. @throws InputError "PATH: …". */
export function at<T>(path: string, parser: () => T): T {
  try {
    return parser();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
}
