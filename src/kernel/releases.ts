/**
 * Kernel releases, as uname -r prints them, and what holds from which on: the scheme that counts resident
 * pages. A distribution's back-port is a line of the same table.
 */

/** A release in order: 6.12.117+deb12-amd64 is 6, 12, 117. */
export interface KernelRelease {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** 0 where it has none. */
  readonly patch: number;
}

/** How sure a line of a table is. */
export type Evidence = 'measured' | 'source' | 'inferred';

/** Releases from which on a scheme or a sum is another: where the tables of schemes and readers change. */
export const NEWS = ['2.6.34', '6.2', '6.12.39', '6.15.7', '6.16', '7.0'] as const;

type Version = readonly [major: number, minor: number, patch: number];

/** What holds from a release on, until a later line of the same subject. */
export interface Since<Value> {
  /** The first mainline release; before it the first of each stable series that took it. */
  readonly from: readonly Version[];
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

/**
 * The release in a line of uname -a or of /proc/version: "Linux version 6.1.0 (…", "Linux host 6.1.0 #1 SMP …";
 * any other text as it is.
 */
export function releaseIn(line: string): string {
  const [, version, named] = /^\s*Linux (?:version (\S+) |\S+ (\S+) #)/.exec(line) ?? [];
  return version ?? named ?? line.trim();
}

/**
 * "6.12.117+deb12-amd64", "5.14.0-503.11.1.el9_5.x86_64", "7.3-rc2"; null where it begins with no version, or
 * as "6.12.x" with that of many.
 */
export function parseRelease(text: string): KernelRelease | null {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5}))?(?!\d|\.?[xX*](?:$|[^a-zA-Z0-9]))/.exec(text);
  if (match === null) return null;
  const [, major, minor, patch = '0'] = match;
  return { text, major: Number(major), minor: Number(minor), patch: Number(patch) };
}

function isFrom(release: KernelRelease, from: readonly Version[]): boolean {
  return from.some(([major, minor, patch], i) => {
    const series = release.major === major && release.minor === minor;
    if (series) return release.patch >= patch;
    const isMainline = i === from.length - 1;
    return (
      isMainline && (release.major > major || (release.major === major && release.minor > minor))
    );
  });
}

/** Of that mainline release or a later one. */
export function isSince(release: KernelRelease, major: number, minor: number): boolean {
  return isFrom(release, [[major, minor, 0]]);
}

/**
 * Releases that do not tell which changes they have: of distributions whose kernels stay at the first of a
 * series (Red Hat and its kin, openEuler, SUSE, Ubuntu), or take others beside the stable ones (Android, Amazon).
 */
const TAKES_OTHERS = new RegExp(
  [
    /^\d+\.\d+\.0-\d.*(?:\.(?:el|oe|an|al|ky|uel)\d|-(?:default|generic|lowlatency|realtime|aws|azure|gcp|gke|ibm|kvm|oracle|raspi))/,
    /^\d+\.\d+\.\d+-(?:android\d|150\d00\.|.*\.amzn\d)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** The newest release that was tried. */
const NEWEST_TRIED = [7, 3] as const;

/** The first release that the tables speak of. */
const FIRST_KNOWN = [2, 6] as const;

function isBefore({ major, minor }: KernelRelease, [first, second]: typeof FIRST_KNOWN): boolean {
  return major < first || (major === first && minor < second);
}

function isNewer({ major, minor }: KernelRelease): boolean {
  const [newest, newestMinor] = NEWEST_TRIED;
  return major > newest || (major === newest && minor > newestMinor);
}

/** A release candidate: of mainline, or as Fedora names it. What its release has may have come after it. */
const IS_CANDIDATE = /^\d+\.\d+(?:\.0)?-(?:rc\d|0\.rc\d)/;

/** Why what the mainline says of a release need not hold of it; null where it does. */
function doubtOf<Value>(
  release: KernelRelease,
  { from }: Since<Value>,
  isLast: boolean,
): string | null {
  const { text, major, minor, patch } = release;
  if (isNewer(release)) return `newer than ${NEWEST_TRIED.join('.')}, the newest tried`;
  if (isBefore(release, FIRST_KNOWN)) return `older than ${FIRST_KNOWN.join('.')}`;
  const begins = from.some(([first, second]) => first === major && second === minor);
  if (begins && IS_CANDIDATE.test(text)) return 'it may have come after this release candidate';
  return !isLast && TAKES_OTHERS.test(text)
    ? `as ${major}.${minor}.${patch}: which later changes this distribution took is not known`
    : null;
}

/**
 * What the last line that holds for the release says; the first where none does. Inferred, and said
 * so, of a release newer than any tried, and of a distribution's that may have taken a later line.
 */
export function knownOf<Value>(
  lines: readonly Since<Value>[],
  release: KernelRelease,
): Known<Value> {
  const holds = lines.filter(({ from, only }) =>
    only === undefined ? isFrom(release, from) : only.test(release.text),
  );
  const held = holds.at(-1) ?? lines[0]!;
  const { value, evidence, source } = held;
  const later = lines.slice(lines.indexOf(held) + 1).some(({ only }) => only === undefined);
  const doubt = doubtOf(release, held, held.only !== undefined || !later);
  return doubt === null
    ? { value, evidence, source }
    : { value, evidence: 'inferred', source: `${source}; ${doubt}` };
}

/** The stock counting schemes, by the names that --scheme takes. */
export type StockScheme = 'atomic' | 'per-thread' | 'per-cpu';

/** In ascending order; lines of one distribution behind those of all. */
const SCHEMES: readonly Since<StockScheme>[] = [
  {
    from: [[2, 6, 0]],
    value: 'atomic',
    evidence: 'source',
    source: 'one atomic a member before SPLIT_RSS_COUNTING (commit 34e55232e59f, 2.6.34)',
  },
  {
    from: [[2, 6, 34]],
    value: 'per-thread',
    evidence: 'measured',
    source: 'SPLIT_RSS_COUNTING, mm/memory.c; 6.1 measured',
  },
  {
    from: [[6, 2, 0]],
    value: 'per-cpu',
    evidence: 'measured',
    source: 'commit f1a7941243c1; 6.12 and 7.2 measured',
  },
  {
    from: [[5, 14, 0]],
    // RHEL 9.5 is 5.14.0-503.
    only: /^5\.14\.0-(?:50[3-9]|5[1-9]\d|[6-9]\d\d)\..*\bel9/,
    value: 'per-cpu',
    evidence: 'inferred',
    source: 'a back-port of f1a7941243c1, inferred: ru_maxrss 0 on RHEL 9.5 (flux-core #7162)',
  },
  {
    from: [[6, 2, 0]],
    only: /^6\.\d+\.\d+-.*\.oe\d/,
    value: 'per-cpu',
    evidence: 'inferred',
    source:
      'commit f1a7941243c1; openEuler took the RFC of April 2024 too, in which release is not known: there the scheme is atomic-until-threaded',
  },
];

/** The scheme that counts this kernel's resident pages. */
export function schemeOfRelease(release: KernelRelease): Known<StockScheme> {
  return knownOf(SCHEMES, release);
}
