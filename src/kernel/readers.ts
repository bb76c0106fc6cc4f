/**
 * Readers of a process's resident pages, and what each gets on which kernel: the counters' approximate or
 * precise sum, a walk of the page tables, or something else. One table, a reader an entry.
 */
import { type KernelRelease, type Known, knownOf, type Since } from './releases.ts';

/**
 * approximate, precise: of the counters, each member clamped at 0 before they are added. walk: of the page
 * tables, no counter. mark: the highest approximate sum at the kernel's own moments, or the reading now
 * where that is higher. own: a counter of its own.
 */
export type Sums = 'approximate' | 'precise' | 'walk' | 'mark' | 'own';

export interface Reader {
  readonly name: string;
  /** The file and its field. */
  readonly reads: string;
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
  ...ALWAYS_APPROXIMATE,
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

export const READERS: readonly Reader[] = [
  { name: 'stat', reads: '/proc/PID/stat, field 24', lines: ALWAYS_APPROXIMATE },
  { name: 'statm', reads: '/proc/PID/statm, fields 2 and 3', lines: APPROXIMATE_THEN_PRECISE },
  {
    name: 'status',
    reads: '/proc/PID/status, VmRSS, RssAnon, RssFile, RssShmem, VmSwap',
    lines: APPROXIMATE_THEN_PRECISE,
  },
  {
    name: 'VmHWM',
    reads: '/proc/PID/status, VmHWM',
    lines: [
      {
        from: ALL,
        value: 'mark',
        evidence: 'measured',
        source: 'hiwater_rss is made of approximate sums; 6.1, 6.12, 7.2 measured',
      },
    ],
  },
  { name: 'ru_maxrss', reads: 'getrusage(2), wait4(2)', lines: ALWAYS_APPROXIMATE },
  { name: 'oom_score', reads: '/proc/PID/oom_score', lines: OOM },
  {
    name: 'oom-report',
    reads: 'the OOM killer\'s choice, task table and "Killed process"',
    lines: OOM,
  },
  { name: 'smaps_rollup', reads: '/proc/PID/smaps_rollup and smaps, Rss', lines: WALK },
  {
    name: 'rss_stat',
    reads: 'the event kmem:rss_stat, size',
    lines: [
      ...ALWAYS_APPROXIMATE,
      {
        from: [[6, 2, 0]],
        value: 'precise',
        evidence: 'measured',
        source: 'percpu_counter_sum_positive() in the event; 6.12 and 7.2 measured',
      },
    ],
  },
  {
    name: 'memory.current',
    reads: "the memory cgroup's memory.current",
    lines: [
      { from: ALL, value: 'own', evidence: 'source', source: 'a page counter of the cgroup' },
    ],
  },
];

/** What a reader gets on a release. */
export function sumsOfReader(reader: Reader, release: KernelRelease): Known<Sums> {
  return knownOf(reader.lines, release);
}

/** Which sums this kernel's OOM killer chooses by, and prints in its table. */
export function oomSumsOfRelease(release: KernelRelease): Known<Sums> {
  return knownOf(OOM, release);
}
