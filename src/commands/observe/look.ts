/** One look at a process: its approximate figure before the precise one and again behind it. */
import { InputError } from '../../errors.ts';
import { parseRollup, parseStat, parseStatm, type StatFigures } from '../../proc/figures.ts';
import type { ProcDirectory, Silence } from '../../proc/proc-directory.ts';
import type { PageSize, Pages } from '../../units.ts';

/** Who tells the truth: the counters' precise sum, or a walk of the page tables; null: nobody is asked. */
export type PreciseReader = 'statm' | 'smaps_rollup' | null;

export interface HowToLook {
  readonly precise: PreciseReader;
  readonly pageSize: PageSize;
}

export interface Look {
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly start: number;
  readonly command: string;
  readonly threads: number;
  /** Field 24 of stat before the precise figure and behind it, pages. */
  readonly approximate: { readonly before: Pages; readonly behind: Pages };
  readonly precise: Pages | null;
  /** It faulted pages in between the two, or may have: then what the two differ by may be its growth. */
  readonly faulted: boolean;
}

/** Why a process has no figures. */
export const ABSENCES = ['kernelThreads', 'exited', 'unreadable', 'ended'] as const;

export type Absence = (typeof ABSENCES)[number];

/** A sum of counters costs microseconds, so a look that the process raced with is repeated. */
const LOOKS_AT_STATM = 4;

/** A walk of the page tables costs milliseconds: never more often than asked. */
const LOOKS_AT_ROLLUP = 1;

function demanded<T>(value: T | null, proc: ProcDirectory, file: string): T {
  if (value !== null) return value;
  throw new InputError('is not a file as the kernel writes it').within(`${proc.path}/${file}`, ' ');
}

const ABSENCE_OF: Readonly<Record<Silence, Absence>> = { gone: 'ended', denied: 'unreadable' };

const isSilence = (text: string): text is Silence => text === 'gone' || text === 'denied';

function statOf(proc: ProcDirectory, folder: string): StatFigures | Absence {
  const text = proc.read(`${folder}/stat`);
  if (isSilence(text)) return ABSENCE_OF[text];
  return demanded(parseStat(text), proc, `${folder}/stat`);
}

function preciseOf(
  proc: ProcDirectory,
  folder: string,
  { precise, pageSize }: HowToLook,
): Pages | null | Silence {
  if (precise === null) return null;
  const file = `${folder}/${precise}`;
  const text = proc.read(file);
  if (isSilence(text)) return text;
  return demanded(precise === 'statm' ? parseStatm(text) : parseRollup(text, pageSize), proc, file);
}

/** Of a process whose first thread has exited, the files of another one: its own say 0. */
function livingFolder(proc: ProcDirectory, pid: number, threads: number): string | null {
  if (threads < 2) return null;
  const folders = proc.threads(pid).map((thread) => `${pid}/task/${thread}`);
  const living = folders.find((folder) => {
    const stat = statOf(proc, folder);
    return typeof stat !== 'string' && !stat.hasExited;
  });
  return living ?? null;
}

/** The precise figure and stat behind it; `before` is stat as it was read before. */
function pairOf(
  proc: ProcDirectory,
  folder: string,
  before: StatFigures,
  how: HowToLook,
): readonly [precise: Pages | null, behind: StatFigures] | Absence {
  const precise = preciseOf(proc, folder, how);
  const behind = statOf(proc, folder);
  if (typeof behind === 'string') return behind;
  const isSame = behind.startTicks === before.startTicks;
  if (!isSame || behind.hasExited || !before.hasMemory || !behind.hasMemory) return 'ended';
  return typeof precise === 'string' ? 'unreadable' : [precise, behind];
}

/**
 * stat, the precise figure, stat; where the process moved meanwhile and asking again is cheap, the precise
 * figure and stat again. @throws InputError where a file is not as the kernel writes it.
 */
export function lookAt(proc: ProcDirectory, pid: number, how: HowToLook): Look | Absence {
  const own = statOf(proc, `${pid}`);
  if (typeof own === 'string') return own;
  if (own.isKernelThread) return 'kernelThreads';
  const folder = own.hasExited ? livingFolder(proc, pid, own.threads) : `${pid}`;
  if (folder === null) return 'exited';
  let before = own.hasExited ? statOf(proc, folder) : own;
  const most = how.precise === 'statm' ? LOOKS_AT_STATM : LOOKS_AT_ROLLUP;
  for (let looks = 1; ; looks++) {
    if (typeof before === 'string') return before;
    const pair = pairOf(proc, folder, before, how);
    if (typeof pair === 'string') return pair;
    const [precise, behind] = pair;
    // A thread's own file counts its own faults alone.
    const faulted = own.hasExited || behind.faults !== before.faults;
    const isStill = !faulted && behind.resident === before.resident;
    if (isStill || looks === most) {
      const approximate = { before: before.resident, behind: behind.resident };
      const { startTicks: start, threads } = own;
      return { pid, start, command: behind.command, threads, approximate, precise, faulted };
    }
    before = behind;
  }
}
