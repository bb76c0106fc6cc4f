/** What a reader would want to take away from a run: computed, never canned, and the sentences that say it. */

import {
  formatBytes,
  formatCount,
  formatMagnitude,
  formatNumber,
  formatPagesAndBytes,
  formatRatio,
} from '../../render/amounts.ts';
import { listed, relation } from '../../render/words.ts';
import { isBounded, largerSide } from '../../schemes/bound.ts';
import { schemeNamed } from '../../schemes/registry.ts';
import { MIB, type PageSize, type Pages, pagesToBytes } from '../../units.ts';
import type { ComparedScheme, MeasuredRun, Reading } from './result.ts';

/** Two schemes set against each other by their exact limits over what was used, and what was observed. */
interface Contrast {
  readonly subject: ComparedScheme;
  readonly other: ComparedScheme;
  readonly subjectLimit: Pages;
  readonly otherLimit: Pages;
  readonly subjectWorst: Pages;
  readonly otherWorst: Pages;
  /** Whether either limit is smaller over the CPUs and threads used than over all. */
  readonly isOfUsed: boolean;
}

/** On which side of the truth a scheme was seen to read. */
type Direction = 'never off' | 'low only' | 'high only' | 'both ways';

interface Findings {
  /** Null where a single scheme is shown. */
  readonly contrast: Contrast | null;
  readonly directions: readonly {
    readonly scheme: ComparedScheme;
    readonly direction: Direction;
  }[];
  /** Of the clamped reading: where it is limited by what is resident. */
  readonly zeros: {
    /** Schemes under which a process that is there reads 0 at the end. */
    readonly atEnd: readonly ComparedScheme[];
    /** Schemes under which counters fell below 0. */
    readonly fell: readonly ComparedScheme[];
  };
}

/** The larger side of a worst case; null where there is none, or no bound. */
function limitOf(exact: ComparedScheme['exact']): Pages | null {
  return exact === null || !isBounded(exact) ? null : largerSide(exact);
}

/** Null where no closed form speaks of the stream, or it has no bound. */
export function exactLimit({ exact }: Pick<ComparedScheme, 'exact'>): Pages | null {
  return limitOf(exact);
}

/** The same over the CPUs and threads that the run used. */
function usedLimit({ exactUsed }: ComparedScheme): Pages | null {
  return limitOf(exactUsed);
}

/** Counters fell below 0, which a reader sees as 0: the clamped error is smaller than the raw one. */
function fellBelowZero({ observed: { clamped, raw } }: ComparedScheme): boolean {
  return clamped.under < raw.under;
}

export function observedWorst({ observed }: ComparedScheme, reading: Reading): Pages {
  return Math.max(observed[reading].under, observed[reading].over);
}

function directionOf({ observed }: ComparedScheme, reading: Reading): Direction {
  const { under, over } = observed[reading];
  if (under === 0) return over === 0 ? 'never off' : 'high only';
  return over === 0 ? 'low only' : 'both ways';
}

interface Limited extends ComparedScheme {
  readonly limit: Pages;
}

/**
 * The tree against per-CPU counters where both are shown, since that is the question of the RFC;
 * else the scheme of the smallest limit against that of the largest.
 */
function contrastPair(all: readonly ComparedScheme[]): [Limited, Limited] | null {
  const schemes = all.flatMap((scheme): Limited[] => {
    const limit = usedLimit(scheme);
    return limit === null ? [] : [{ ...scheme, limit }];
  });
  const tree = schemes.find(({ scheme }) => scheme === 'tree');
  const perCpu = schemes.find(({ scheme }) => scheme === 'per-cpu');
  if (tree !== undefined && perCpu !== undefined) return [tree, perCpu];
  const ranked = schemes
    .filter(({ scheme }) => schemeNamed(scheme).kernels !== 'none')
    .sort((a, b) => a.limit - b.limit);
  const [tightest, ...wider] = ranked;
  const widest = wider.at(-1);
  return tightest === undefined || widest === undefined ? null : [tightest, widest];
}

export function findingsOf({ schemes, rssPages }: MeasuredRun, reading: Reading): Findings {
  const isClamped = reading === 'clamped';
  const pair = contrastPair(schemes);
  return {
    contrast:
      pair === null
        ? null
        : {
            subject: pair[0],
            other: pair[1],
            subjectLimit: pair[0].limit,
            otherLimit: pair[1].limit,
            subjectWorst: observedWorst(pair[0], reading),
            otherWorst: observedWorst(pair[1], reading),
            isOfUsed: pair.some((scheme) => scheme.limit !== exactLimit(scheme)),
          },
    zeros: {
      atEnd: isClamped && rssPages > 0 ? schemes.filter(({ readPages }) => readPages === 0) : [],
      fell: isClamped ? schemes.filter(fellBelowZero) : [],
    },
    directions: schemes.map((scheme) => ({ scheme, direction: directionOf(scheme, reading) })),
  };
}

/** An amount with its unit: "86.3 MiB". */
type AmountText = (pages: Pages) => string;

/** Amounts of one sentence, all in one unit: "86.3 against 487.3 MiB". */
function contrastText(contrast: Contrast, usedCpus: number, pageSize: PageSize): string {
  const { subject, other, subjectLimit, otherLimit, subjectWorst, otherWorst, isOfUsed } = contrast;
  const agree = Math.sign(subjectLimit - otherLimit) === Math.sign(subjectWorst - otherWorst);
  const least = Math.min(
    ...[subjectLimit, otherLimit, subjectWorst, otherWorst].filter((pages) => pages > 0),
  );
  const unit = pagesToBytes(least, pageSize) < MIB ? 'KiB' : 'MiB';
  const amount = (pages: Pages) => formatMagnitude(pages, { unit, pageSize });
  const against = (a: Pages, b: Pages) => `${amount(a)} against ${amount(b)} ${unit}`;
  const over = isOfUsed ? ` over the ${formatCount(usedCpus, 'CPU')} used` : '';
  const limits = `The exact limit of ${subject.name}${over} is ${relation(subjectLimit, otherLimit)} that of ${other.name} (${against(subjectLimit, otherLimit)})`;
  if (subjectWorst === 0 && otherWorst === 0) return `${limits}; here neither was off.`;
  return `${limits}, ${agree ? 'and' : 'but'} here its largest error was ${relation(subjectWorst, otherWorst)} the other's (${against(subjectWorst, otherWorst)}).`;
}

const DIRECTION_ORDER: readonly Direction[] = ['low only', 'high only', 'both ways', 'never off'];

/** The schemes of each direction, each with its mean: a bias where only one side was read. */
function directionsText(
  { directions }: Findings,
  mean: (scheme: ComparedScheme) => Pages,
  signedAmount: AmountText,
): string {
  const clauses = DIRECTION_ORDER.flatMap((direction) => {
    const schemes = directions.filter((row) => row.direction === direction);
    if (schemes.length === 0) return [];
    const oneSided = direction === 'low only' || direction === 'high only';
    const names = schemes.map(({ scheme }) =>
      oneSided ? `${scheme.name} (mean ${signedAmount(mean(scheme))})` : scheme.name,
    );
    const verb = direction === 'never off' ? (schemes.length === 1 ? 'was' : 'were') : 'read';
    return [`${listed(names)} ${verb} ${direction}`];
  });
  return `In this replay ${clauses.join('; ')}.`;
}

/** Why a tree reads low: said where it was seen to. */
function floorText({ directions }: Findings): string | null {
  const low = directions.some(
    ({ scheme, direction }) => scheme.scheme === 'tree' && direction === 'low only',
  );
  return low
    ? "A tree's error is a bias: its carries are floor divisions, so each CPU and item once used holds pages back and none gives too many."
    : null;
}

/** "tree (since operation 12,345)". */
export function zeroText({
  name,
  zeroSinceOperation: since = null,
}: Pick<ComparedScheme, 'name' | 'zeroSinceOperation'>): string {
  if (since === null) return name;
  return `${name} (since ${since === 1 ? 'its start' : `operation ${formatNumber(since)}`})`;
}

/** What the largest errors are of what was resident at most. */
export function shareText(
  errors: readonly { readonly name: string; readonly worst: Pages }[],
  most: Pages,
  pageSize: PageSize,
): string[] {
  if (most === 0) return [];
  const shares = errors.map(({ name, worst }) => `${name} ${formatRatio(100 * worst, most)}%`);
  return [
    `Largest errors as a share of the ${formatPagesAndBytes(most, pageSize)} that were resident at most: ${shares.join(', ')}.`,
  ];
}

/** A clamped error ends at what is resident: the largest one then tells the process's size. */
function zerosText({ zeros: { atEnd, fell } }: Findings, resident: string): string[] {
  const named = (schemes: readonly ComparedScheme[]) => listed(schemes.map(({ name }) => name));
  return [
    ...(atEnd.length === 0
      ? []
      : [
          `At the end the process reads 0 under ${listed(atEnd.map(zeroText))}, with ${resident} resident.`,
        ]),
    ...(fell.length === 0
      ? []
      : [
          `Counters of ${named(fell)} fell below 0, which a reader sees as 0: no error is lower than what is resident.`,
        ]),
  ];
}

/** What sentences are told of. */
type Measured = Pick<MeasuredRun, 'used' | 'rssPages' | 'largestRssPages' | 'topology' | 'schemes'>;

export function findingsText(
  findings: Findings,
  run: Measured,
  reading: Reading,
  signedAmount: AmountText,
): string[] {
  const { used, rssPages, topology } = run;
  const { pageSize } = topology;
  const worst = run.schemes.map((row) => ({ name: row.name, worst: observedWorst(row, reading) }));
  return [
    ...(findings.contrast === null ? [] : [contrastText(findings.contrast, used.cpus, pageSize)]),
    directionsText(findings, ({ observed }) => observed[reading].mean, signedAmount),
    ...shareText(worst, run.largestRssPages ?? 0, pageSize),
    ...zerosText(findings, formatBytes(pagesToBytes(rssPages, pageSize))),
    floorText(findings) ?? [],
  ].flat();
}
