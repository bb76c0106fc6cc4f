/** The sentences below a run's tables: limits against each other, sides, shares of RSS, readings of 0. */
import {
  formatBytes,
  formatCount,
  formatMagnitude,
  formatNumber,
  formatPagesAndBytes,
  formatRatio,
} from '../../render/amounts.ts';
import { listed, relation } from '../../render/words.ts';
import { MIB, type PageSize, type Pages, pagesToBytes } from '../../units.ts';
import { type Contrast, type Direction, type Findings, observedWorst } from './findings.ts';
import type { ComparedScheme, MeasuredRun, Reading } from './result.ts';

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
