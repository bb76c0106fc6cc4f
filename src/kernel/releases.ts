/**
 * Kernel releases, as uname -r prints them: which scheme counts the resident pages of that kernel, and
 * whether its OOM killer sums them precisely. One table; a distribution's back-port is a line of it.
 */

/** A release in order: 6.12.117+deb12-amd64 is 6, 12, 117. */
export interface KernelRelease {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** 0 where it has none. */
  readonly patch: number;
}

/** How sure a line of the table is. */
export type Evidence = 'measured' | 'source' | 'inferred';

/** What holds from a release on, until a later line of the same subject. */
interface Since<Value> {
  /** Major and minor. */
  readonly from: readonly [major: number, minor: number];
  /** Of one distribution's kernels alone, by their release. */
  readonly only?: RegExp;
  readonly value: Value;
  readonly evidence: Evidence;
  readonly source: string;
}

/** What a release says of one subject, and whence that is known. */
export interface Known<Value> {
  readonly value: Value;
  readonly evidence: Evidence;
  readonly source: string;
}

/** The stock counting schemes, by the names that --scheme takes. */
export type StockScheme = 'atomic' | 'per-thread' | 'per-cpu';

export type Sums = 'approximate' | 'precise';

/** In ascending order; lines of one distribution behind those of all. */
const SCHEMES: readonly Since<StockScheme>[] = [
  {
    from: [2, 6],
    value: 'atomic',
    evidence: 'inferred',
    source: 'one atomic a member before SPLIT_RSS_COUNTING (2.6.34)',
  },
  {
    from: [3, 0],
    value: 'per-thread',
    evidence: 'measured',
    source: 'SPLIT_RSS_COUNTING, mm/memory.c; 6.1 measured',
  },
  {
    from: [6, 2],
    value: 'per-cpu',
    evidence: 'measured',
    source: 'commit f1a7941243c1; 6.12 and 7.2 measured',
  },
  {
    from: [5, 14],
    // RHEL 9.5 is 5.14.0-503.
    only: /^5\.14\.0-(?:50[3-9]|5[1-9]\d|[6-9]\d\d)\..*\bel9/,
    value: 'per-cpu',
    evidence: 'inferred',
    source: 'back-port of f1a7941243c1, inferred: ru_maxrss 0 on RHEL 9.5 (flux-core #7162)',
  },
];

const OOM_SUMS: readonly Since<Sums>[] = [
  {
    from: [2, 6],
    value: 'approximate',
    evidence: 'measured',
    source: 'get_mm_rss() in oom_badness(); measured wrong on 6.1, 6.12, 6.16 to 6.19',
  },
  {
    from: [7, 0],
    value: 'precise',
    evidence: 'measured',
    source: 'commit 5898aa8f9a0b, get_mm_rss_sum(); 7.0.4, 7.2.13, 7.3.4 measured',
  },
];

/** "6.12.117+deb12-amd64", "5.14.0-503.11.1.el9_5.x86_64", "7.3-rc2"; null where it begins with no version. */
export function parseRelease(text: string): KernelRelease | null {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5}))?(?![\d])/.exec(text);
  if (match === null) return null;
  const [, major, minor, patch = '0'] = match;
  return { text, major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** The last line that holds for the release. */
function known<Value>(lines: readonly Since<Value>[], release: KernelRelease): Known<Value> {
  const holds = lines.filter(({ from: [major, minor], only }) =>
    only === undefined
      ? release.major > major || (release.major === major && release.minor >= minor)
      : only.test(release.text),
  );
  const { value, evidence, source } = holds.at(-1) ?? lines[0]!;
  return { value, evidence, source };
}

/** The scheme that counts this kernel's resident pages. */
export function schemeOfRelease(release: KernelRelease): Known<StockScheme> {
  return known(SCHEMES, release);
}

/** Which sums this kernel's OOM killer chooses by, and prints in its table. */
export function oomSumsOfRelease(release: KernelRelease): Known<Sums> {
  return known(OOM_SUMS, release);
}

/** Whether the table's swapents are the counters' approximate sum: precise while threads counted (6.1). */
export function swapIsApproximate(scheme: StockScheme): boolean {
  return scheme === 'per-cpu';
}
