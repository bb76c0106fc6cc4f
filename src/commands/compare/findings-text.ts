/** Findings as the sentences below the table. */

import { formatRatio } from '../../render/amounts.ts';
import type { Pages } from '../../units.ts';
import type { Contrast, Direction, Findings } from './findings.ts';
import type { ComparedScheme } from './result.ts';

/** An amount with its unit: "86.3 MiB". */
export type AmountText = (pages: Pages) => string;

/** A ratio below this reads better as a percentage. */
const CLOSE = 1.1;

/** How one amount stands to another: "5.6 times below", "4.6% above", "equal to". */
export function relation(subject: Pages, other: Pages): string {
  if (subject === other) return 'equal to';
  const side = subject < other ? 'below' : 'above';
  const [larger, smaller] = subject < other ? [other, subject] : [subject, other];
  if (smaller === 0) return side;
  if (larger < CLOSE * smaller) {
    return `${formatRatio(100 * (larger - smaller), other)}% ${side}`;
  }
  return `${formatRatio(larger, smaller)} times ${side}`;
}

function contrastText(contrast: Contrast, amount: AmountText): string {
  const { subject, other, subjectLimit, otherLimit, subjectWorst, otherWorst } = contrast;
  const agree = Math.sign(subjectLimit - otherLimit) === Math.sign(subjectWorst - otherWorst);
  const against = (a: Pages, b: Pages) => `${amount(a)} against ${amount(b)}`;
  const limits = `The exact limit of ${subject.name} is ${relation(subjectLimit, otherLimit)} that of ${other.name} (${against(subjectLimit, otherLimit)})`;
  if (subjectWorst === 0 && otherWorst === 0) return `${limits}; here neither was off.`;
  return `${limits}, ${agree ? 'and' : 'but'} here its largest error was ${relation(subjectWorst, otherWorst)} the other's (${against(subjectWorst, otherWorst)}).`;
}

export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
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

export function findingsText(
  findings: Findings,
  mean: (scheme: ComparedScheme) => Pages,
  amount: AmountText,
  signedAmount: AmountText,
): string[] {
  return [
    ...(findings.contrast === null ? [] : [contrastText(findings.contrast, amount)]),
    directionsText(findings, mean, signedAmount),
    floorText(findings) ?? [],
  ].flat();
}
