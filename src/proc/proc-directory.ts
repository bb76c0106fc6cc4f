/** A tree of /proc, this machine's, a container's or its host's: its processes, and what its files say. */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { InputError, inWords, placed } from '../errors.ts';

/** Why a file says nothing: its process has ended, or the reader may not see it. */
export type Silence = 'gone' | 'denied';

export interface ProcDirectory {
  readonly path: string;
  /** All processes that this reader is shown, ascending. @throws InputError where it cannot be listed. */
  pids(): readonly number[];
  /** Threads of a process, ascending; none where it has ended or they are hidden. */
  threads(pid: number): readonly number[];
  /** A file's text. @throws InputError where it is neither there nor gone nor denied. */
  read(file: string): string | Silence;
  /** Where a link leads; null where that is not told. */
  link(file: string): string | null;
}

/** By the error's code. ESRCH: the process ended between the opening and the reading. */
const SILENCES: Readonly<Record<string, Silence>> = {
  ...{ ENOENT: 'gone', ESRCH: 'gone', ENOTDIR: 'gone' },
  ...{ EACCES: 'denied', EPERM: 'denied' },
};

/** Files of one process are shorter; smaps_rollup has a thousand characters. */
const LONGEST_FILE = 65_536;

const numbersOf = (names: readonly string[]) =>
  names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);

export function openProcDirectory(path: string): ProcDirectory {
  const buffer = Buffer.allocUnsafe(LONGEST_FILE);

  /** The kernel makes some files a piece at a time. */
  function fill(descriptor: number): number {
    let length = 0;
    for (;;) {
      const more = readSync(descriptor, buffer, length, LONGEST_FILE - length, null);
      length += more;
      if (more === 0 || length === LONGEST_FILE) return length;
    }
  }

  function silenceOf(error: unknown, place: string): Silence {
    const silence = SILENCES[(error as NodeJS.ErrnoException).code ?? ''];
    if (silence === undefined) throw placed(inWords(error), place);
    return silence;
  }

  function textOf(place: string): string {
    const descriptor = openSync(place, 'r');
    try {
      return buffer.toString('utf8', 0, fill(descriptor));
    } finally {
      closeSync(descriptor);
    }
  }

  return {
    path,
    pids() {
      try {
        return numbersOf(readdirSync(path));
      } catch (error) {
        throw placed(inWords(error), path);
      }
    },
    threads(pid) {
      try {
        return numbersOf(readdirSync(`${path}/${pid}/task`));
      } catch (error) {
        silenceOf(error, `${path}/${pid}/task`);
        return [];
      }
    },
    read(file) {
      try {
        return textOf(`${path}/${file}`);
      } catch (error) {
        return silenceOf(error, `${path}/${file}`);
      }
    },
    link(file) {
      try {
        return readlinkSync(`${path}/${file}`);
      } catch {
        return null;
      }
    },
  };
}

/** A setting of the kernel, without the line's end. @throws InputError where it is not told. */
export function settingOf(proc: ProcDirectory, file: string): string {
  const text = proc.read(file);
  if (text !== 'gone' && text !== 'denied') return text.trimEnd();
  throw new InputError(text === 'gone' ? 'no such file' : 'permission denied').within(
    `${proc.path}/${file}`,
  );
}
