/** Small trees of /proc, as the kernel writes them, for processes that never were. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './shell.ts';

export interface FakeProcess {
  readonly pid: number;
  readonly command?: string;
  readonly state?: string;
  readonly threads?: number;
  readonly faults?: number;
  readonly start?: number;
  readonly isKernelThread?: boolean;
  /** Field 24 of stat, pages. */
  readonly approximate?: number;
  /** statm and smaps_rollup, pages; null: there is no file. */
  readonly statm?: number | null;
  readonly rollup?: number | null;
}

/** /proc/PID/stat with 52 fields. */
export function statText(process: FakeProcess): string {
  const { pid, command = 'worker', state = 'S', threads = 1, faults = 100, start = 5000 } = process;
  const { isKernelThread = false, approximate = 0 } = process;
  const flags = isKernelThread ? 0x00208040 : 0x00400000;
  const hasMemory = !isKernelThread && !/[ZX]/.test(state);
  const before = [state, 1, pid, pid, 0, -1, flags, faults, 0, 7, 0];
  const times = [3, 4, 0, 0, 20, 0, threads, 0, start];
  const memory = [hasMemory ? 9_000_000 : 0, hasMemory ? approximate : 0, '18446744073709551615'];
  return `${pid} (${command}) ${[...before, ...times, ...memory].join(' ')} ${'0 '.repeat(26)}0\n`;
}

export const statmText = (pages: number) => `2200 ${pages} 300 5 0 123 0\n`;

export const rollupText = (pages: number) =>
  `55e0-7ffd ---p 00000000 00:00 0      [rollup]\nRss:            ${4 * pages} kB\nPss:   12 kB\n`;

function filesOf(process: FakeProcess, folder = `${process.pid}`): Record<string, string> {
  const { statm = 0, rollup = null } = process;
  return {
    [`${folder}/stat`]: statText(process),
    ...(statm === null ? {} : { [`${folder}/statm`]: statmText(statm) }),
    ...(rollup === null ? {} : { [`${folder}/smaps_rollup`]: rollupText(rollup) }),
  };
}

export interface FakeTree {
  readonly release: string;
  readonly processes: readonly FakeProcess[];
  /** Other threads, by their process. */
  readonly threads?: Readonly<Record<number, readonly FakeProcess[]>>;
  /** Options of its line in mounts. */
  readonly mountOptions?: string;
  readonly pidNamespace?: string;
  readonly poisonedKib?: number;
}

/** The path of such a tree. */
export function procTree(tree: FakeTree): string {
  const { release, processes, threads = {}, mountOptions = 'rw', poisonedKib = 0 } = tree;
  const root = temporaryFolder();
  const files: Record<string, string> = {
    'sys/kernel/osrelease': `${release}\n`,
    'self/mounts': `sysfs /sys sysfs rw 0 0\nproc ${root} proc ${mountOptions} 0 0\n`,
    meminfo: `MemTotal: 1000 kB\nHardwareCorrupted: ${poisonedKib} kB\n`,
    loadavg: '0.1 0.2 0.3 1/99 4711\n',
  };
  for (const process of processes) {
    Object.assign(files, filesOf(process));
    for (const thread of threads[process.pid] ?? []) {
      Object.assign(files, filesOf(thread, `${process.pid}/task/${thread.pid}`));
    }
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(join(root, 'self/ns'), { recursive: true });
  symlinkSync(tree.pidNamespace ?? 'pid:[4026531836]', join(root, 'self/ns/pid'));
  return root;
}
