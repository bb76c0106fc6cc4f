/**
 * Readers of a process's resident pages, and what each gets on which kernel: the counters' approximate or
 * precise sum, a walk of the page tables, or something else. One table, a reader an entry.
 */
import { type KernelRelease, type Known, knownOf, type Since } from './releases.ts';
import type { MemberName } from './rss-stat.ts';

/**
 * approximate, precise: of the counters, each member clamped at 0 before they are added. raw: one counter's
 * shared value, which may be below 0. mark: the highest approximate sum at the kernel's own moments, or the
 * precise sum now where that is higher. walk: of the page tables, no counter. own: a counter of its own.
 * none: that kernel has no such reader.
 */
export type Sums = 'approximate' | 'precise' | 'raw' | 'mark' | 'walk' | 'own' | 'none';

export interface Reader {
  /** As --reader takes it. */
  readonly name: string;
  /** The file and its field. */
  readonly reads: string;
  /** Whose counters it adds up; none where it is made of no counter. */
  readonly members: readonly MemberName[];
  /** It tells the highest so far, not what is now. */
  readonly isPeak: boolean;
  readonly lines: readonly Since<Sums>[];
}

const ALL = [[2, 6, 0]] as const;

/** Commit 82241a83cd15, and the stable series that took it. */
const PRECISE_STATUS = [
  [6, 12, 39],
  [6, 15, 7],
  [6, 16, 0],
] as const;

const ALWAYS_APPROXIMATE: readonly Since<Sums>[] = [
  {
    from: ALL,
    value: 'approximate',
    evidence: 'measured',
    source: 'get_mm_rss(); 6.1, 6.12, 7.2 measured',
  },
];

const APPROXIMATE_THEN_PRECISE: readonly Since<Sums>[] = [
  {
    from: ALL,
    value: 'approximate',
    evidence: 'measured',
    source: 'get_mm_counter() in fs/proc/task_mmu.c; 6.1 measured',
  },
  {
    from: [[6, 2, 0]],
    value: 'approximate',
    evidence: 'source',
    source: 'get_mm_counter() in fs/proc/task_mmu.c: percpu_counter_read_positive()',
  },
  {
    from: PRECISE_STATUS,
    value: 'precise',
    evidence: 'measured',
    source: 'commit 82241a83cd15; 6.12.95, 6.12.117, 6.18, 7.2 measured',
  },
];

const OOM: readonly Since<Sums>[] = [
  {
    from: ALL,
    value: 'approximate',
    evidence: 'measured',
    source: 'get_mm_rss() in mm/oom_kill.c; 6.1, 6.12.117, 6.16.3 to 6.19.14 measured wrong',
  },
  {
    from: [[7, 0, 0]],
    value: 'precise',
    evidence: 'measured',
    source: 'commit 5898aa8f9a0b, get_mm_rss_sum(); 7.0.4, 7.2.13, 7.3.4 measured',
  },
];

const WALK: readonly Since<Sums>[] = [
  {
    from: ALL,
    value: 'walk',
    evidence: 'measured',
    source: 'a walk of the page tables; 6.1, 6.12.117, 7.2 measured',
  },
];

const HIGHEST: readonly Since<Sums>[] = [
  {
    from: ALL,
    value: 'approximate',
    evidence: 'measured',
    source: 'get_mm_hiwater_rss(): hiwater_rss and get_mm_rss(); 6.1, 6.12, 7.2 measured',
  },
];

/** Swapping out is counted at once, swapping in as other faults are (do_swap_page() in mm/memory.c). */
const SWAP_BEFORE: Since<Sums> = {
  from: ALL,
  value: 'approximate',
  evidence: 'measured',
  source: 'get_mm_counter(): 6.1 showed all of 496 pages swapped out, pages swapped in wait',
};

const RSS = ['file', 'anon', 'shmem'] as const;

function reader(
  name: string,
  reads: string,
  members: readonly MemberName[],
  lines: readonly Since<Sums>[],
  isPeak = false,
): Reader {
  return { name, reads, members, isPeak, lines };
}

export const READERS: readonly Reader[] = [
  reader('stat', '/proc/PID/stat, field 24', RSS, ALWAYS_APPROXIMATE),
  reader('statm', '/proc/PID/statm, field 2', RSS, APPROXIMATE_THEN_PRECISE),
  reader('shared', '/proc/PID/statm, field 3', ['file', 'shmem'], APPROXIMATE_THEN_PRECISE),
  reader('VmRSS', '/proc/PID/status, VmRSS', RSS, APPROXIMATE_THEN_PRECISE),
  reader('RssAnon', '/proc/PID/status, RssAnon', ['anon'], APPROXIMATE_THEN_PRECISE),
  reader('RssFile', '/proc/PID/status, RssFile', ['file'], APPROXIMATE_THEN_PRECISE),
  reader('RssShmem', '/proc/PID/status, RssShmem', ['shmem'], APPROXIMATE_THEN_PRECISE),
  reader(
    'VmSwap',
    '/proc/PID/status, VmSwap',
    ['swap'],
    [SWAP_BEFORE, ...APPROXIMATE_THEN_PRECISE.slice(1)],
  ),
  reader(
    'VmHWM',
    '/proc/PID/status, VmHWM',
    RSS,
    [
      ...HIGHEST,
      {
        from: PRECISE_STATUS,
        value: 'mark',
        evidence: 'measured',
        source: 'task_mem(): hiwater_rss is made of approximate sums; 6.12.117, 7.2 measured',
      },
    ],
    true,
  ),
  reader('ru_maxrss', 'ru_maxrss: getrusage(2), wait4(2)', RSS, HIGHEST, true),
  reader('oom_score', '/proc/PID/oom_score', [...RSS, 'swap'], OOM),
  reader(
    'oom-report',
    'the OOM killer: its choice, task table and "Killed process"',
    [...RSS, 'swap'],
    OOM,
  ),
  reader('swapents', 'the OOM task table, swapents', ['swap'], [SWAP_BEFORE, ...OOM.slice(1)]),
  reader('smaps_rollup', '/proc/PID/smaps_rollup and smaps, Rss', [], WALK),
  reader(
    'rss_stat',
    'the event kmem:rss_stat, size',
    ['file', 'anon', 'swap', 'shmem'],
    [
      { from: ALL, value: 'none', evidence: 'source', source: 'the event came with 5.5' },
      {
        from: [[5, 5, 0]],
        value: 'raw',
        evidence: 'measured',
        source: "what add_mm_counter() left in the mm's count; 6.1 measured",
      },
      {
        from: [[6, 2, 0]],
        value: 'precise',
        evidence: 'measured',
        source: 'percpu_counter_sum_positive() in the event; 6.12 and 7.2 measured',
      },
    ],
  ),
  reader(
    'memory.current',
    "the memory cgroup's memory.current",
    [],
    [
      {
        from: ALL,
        value: 'none',
        evidence: 'source',
        source: 'version 2 of cgroups came with 4.5',
      },
      {
        from: [[4, 5, 0]],
        value: 'own',
        evidence: 'source',
        source: 'a page counter of the cgroup',
      },
    ],
  ),
];

/** Whether each member below 0 counts as 0, before members are added. */
export function isClamped(sums: Sums): boolean {
  return sums === 'approximate' || sums === 'precise' || sums === 'mark';
}

/** What a reader gets on a release. */
export function sumsOfReader(reader: Reader, release: KernelRelease): Known<Sums> {
  return knownOf(reader.lines, release);
}

/** Releases from which on a reader gets precise sums, in ascending order: "6.12.39", "6.15.7", "6.16"; none: it never does. */
export function preciseFrom({ lines }: Reader): string[] {
  const from = lines.findLast(({ value }) => value === 'precise')?.from ?? [];
  return from.map(([major, minor, patch]) =>
    patch === 0 ? `${major}.${minor}` : `${major}.${minor}.${patch}`,
  );
}

/** Which sums this kernel's OOM killer chooses by, and prints in its table. */
export function oomSumsOfRelease(release: KernelRelease): Known<Sums> {
  return knownOf(OOM, release);
}
