/** Which form a description has, by its content alone. */
import { InputError, quote } from '../../errors.ts';
import { type Form, READ_FORMS } from './forms.ts';

export type Container = 'gzip' | 'tar' | 'text';

const startsWith = (bytes: Uint8Array, magic: readonly number[]) =>
  magic.every((byte, i) => bytes[i] === byte);

/** Compressed forms that are known by their first bytes and not read, with what undoes them. */
const NOT_READ: readonly (readonly [name: string, tool: string, magic: readonly number[]])[] = [
  ['xz', 'xz -d', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', 'bzip2 -d', [0x42, 0x5a, 0x68]],
  ['zstd', 'zstd -d', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lzip', 'lzip -d', [0x4c, 0x5a, 0x49, 0x50]],
  ['zip', 'unzip', [0x50, 0x4b, 0x03, 0x04]],
];

/** Where a tar header says "ustar" (POSIX.1-2017, pax, Header Block; GNU tar too). */
const TAR_MAGIC_AT = 257;

/** @throws InputError where the bytes are compressed in a way that is not read. */
export function containerOf(bytes: Uint8Array): Container {
  if (startsWith(bytes, [0x1f, 0x8b])) return 'gzip';
  for (const [name, tool, magic] of NOT_READ) {
    if (startsWith(bytes, magic)) {
      throw new InputError(
        `is compressed with ${name}, which is not read: expand it first (${tool}), or use gzip`,
      );
    }
  }
  const magic = bytes.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5);
  return Buffer.from(magic).toString('latin1') === 'ustar' ? 'tar' : 'text';
}

/** "pack:2 core:4 pu:2", "(memory=4GB) [numa] pu:8"; bare counts such as "4 2" only with --from. */
const SYNTHETIC = /^(?:\([^)]*\)\s*)?(?:\[[^\]]*\]\s*)*[a-z]\w*:\d/i;

/** "-smp 8,sockets=2", or a command line that has it. */
const QEMU_OPTION = /(?:^|\s)-{1,2}(?:smp|numa)[\s=]/;

/** The words behind -smp, "8,sockets=2" or "cores=4"; wrong values are for the importer to name. */
const QEMU_WORDS =
  /^\s*(?:\d+,\w+=|cpus=|(?:[^\s,=/]*(?:=[^\s,/]*)?,)*(?:drawers|books|sockets|dies|clusters|modules|cores|threads|maxcpus)=)/;

const isQemu = (text: string) => QEMU_OPTION.test(text) || QEMU_WORDS.test(text);

/** The first # comment of lscpu -p, or the line that names its columns. */
const PARSABLE = /^# The following is the parsable format|^#\s*(?:[\w ]*,)*CPU(?:,|\s*$)/im;

/** A mail's quote of it too. */
const NUMACTL = /^(?:> ?)*(?:available:\s*\d+ nodes?\b|node \d+ cpus:|No NUMA available)/m;

const JSON_OF_LSCPU = /^\{\s*"(lscpu|cpus)"\s*:\s*\[/;

/** Texts that people have at hand and that tell too little, with what to give instead. */
const NEARLY: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^CPU\s+(?:NODE|SOCKET|CORE)\b/m, 'a table of lscpu -e: give lscpu -e -J'],
  [
    /^processor\s*:\s*\d/m,
    'a copy of /proc/cpuinfo, which tells neither nodes nor off-line CPUs: give lscpu -e -J',
  ],
  [/^Machine(?: \(|\s*$)/m, 'drawn by lstopo: give lstopo --of xml'],
  [/^physcpubind:/m, 'of numactl --show: give numactl --hardware'],
];

/** The form of a short text that may be words of the command line; null where it is not. */
export function wordsForm(text: string): 'qemu' | 'synthetic' | null {
  if (isQemu(text)) return 'qemu';
  return SYNTHETIC.test(text.trim()) ? 'synthetic' : null;
}

/** What a message quotes of a text: enough to know it by. */
function firstWords(start: string): string {
  const line = start.slice(0, start.search(/[\r\n]|$/));
  return line.length <= 20 ? line : `${line.slice(0, 20)}…`;
}

/**
 * The form of a text.
 * @throws InputError that lists what is read where the text is none of it.
 */
export function recogniseText(text: string): Exclude<Form, 'sysfs'> {
  const first = Math.max(0, text.search(/[^\s\uFEFF]/));
  const start = text.slice(first, first + 65_536);
  if (start.trim() === '') throw new InputError(`is empty: expected ${READ_FORMS}`);
  if (start.startsWith('<')) return 'hwloc-xml';
  if (start.startsWith('{') || (start.startsWith('[') && !SYNTHETIC.test(start))) {
    const key = JSON_OF_LSCPU.exec(start)?.[1];
    if (key === undefined) return 'json';
    return key === 'lscpu' ? 'lscpu-json' : 'lscpu-table';
  }
  if (NUMACTL.test(start)) return 'numactl';
  // A script that starts a guest may have comments like the columns of lscpu.
  if (isQemu(start)) return 'qemu';
  if (PARSABLE.test(start)) return 'lscpu-parsable';
  if (/^(?:Architecture|CPU\(s\)|On-line CPU\(s\) list)\s*:/m.test(start)) return 'lscpu';
  const near = NEARLY.find(([pattern]) => pattern.test(start));
  if (near !== undefined) throw new InputError(`is ${near[1]}`);
  if (SYNTHETIC.test(start)) return 'synthetic';
  throw new InputError(`begins with ${quote(firstWords(start))}: expected ${READ_FORMS}`);
}
