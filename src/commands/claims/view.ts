/** Claims recomputed, as tables of text and notes. */

import {
  chooseUnit,
  formatMagnitude,
  formatNumber,
  formatRatio,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { left, right, type TextTable, type TextView } from '../../render/view.ts';
import type { PageSize } from '../../units.ts';
import { type Claim, type ClaimsResult, type Figure, figureText } from './result.ts';

/** Amounts in pages are told in bytes too. */
function amountText(figure: Figure, { unit }: Scale, pageSize: PageSize): string {
  if (unit === 'pages' || figure.unit !== 'pages') return figureText(figure, pageSize);
  return `${figure.of}: ${formatMagnitude(figure.value, { unit, pageSize })} ${unit}`;
}

function foundText({ claimed, found }: Claim, scale: Scale, pageSize: PageSize): string {
  const figures = claimed === null ? found : [claimed, ...found];
  return figures.length === 0
    ? '-'
    : figures.map((figure) => amountText(figure, scale, pageSize)).join('; ');
}

/** With how far: "(0.9 of it)", "(17 times it)". */
function verdictText({ verdict, factor }: Claim): string {
  if (factor === null || verdict === 'holds') return verdict;
  return `${verdict} (${formatRatio(factor, 1)} ${factor > 1 ? 'times it' : 'of it'})`;
}

function claimsTable({ claims, pageSize }: ClaimsResult, scale: Scale): TextTable {
  return {
    title: 'Claims, recomputed',
    columns: [
      { ...left('claim'), wrapAt: 26 },
      { ...left('found'), wrapAt: 26 },
      { ...left('verdict'), wrapAt: 14 },
    ],
    rows: claims.map((claim) => [
      `${claim.claim} [${claim.where}]`,
      `${claim.method}: ${foundText(claim, scale, pageSize)}`,
      verdictText(claim),
    ]),
  };
}

function hopTable({ hop, seed, measuredCpus }: ClaimsResult, scale: Scale): TextTable {
  const amount = (pages: number) => formatMagnitude(pages, scale);
  return {
    title: `hop on ${measuredCpus} CPUs, observed, seed ${seed}, |error| in ${scale.unit}`,
    columns: [
      left('mapping'),
      ...['mappings', 'operations', 'per-cpu max', 'p50', 'tree max', 'p50'].map(right),
    ],
    rows: hop.map(({ mapping, huge, slots, operations, stationary, perCpu, tree }) => [
      huge ? 'huge' : `1..${mapping}`,
      formatNumber(slots),
      `${formatNumber(operations)}${stationary ? '' : '*'}`,
      amount(perCpu.largest),
      amount(perCpu.median),
      amount(tree.largest),
      amount(tree.median),
    ]),
  };
}

function tally(claims: readonly Claim[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of claims) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const parts = [...counts].map(([verdict, count]) => `${verdict}: ${count}`);
  return `${claims.length} claims. ${parts.join('; ')}.`;
}

/** One unit for the report. */
function scaleOf({ claims, pageSize }: ClaimsResult, choice: UnitChoice): Scale {
  const figures = claims.flatMap(({ found }) => found).filter(({ unit }) => unit === 'pages');
  const largest = Math.max(0, ...figures.map(({ value }) => value));
  return { unit: chooseUnit(choice, largest, pageSize), pageSize };
}

export function claimsView(result: ClaimsResult, unit: UnitChoice, reproduce: string): TextView {
  const scale = scaleOf(result, unit);
  return {
    title: `rss-err ${result.program.version} claims: what was said, recomputed`,
    facts: [
      ['bound', 'closed forms over whole machines, settled, one counter'],
      [
        'replay',
        `hop until its medians agree with those at half the operations, service; seed ${result.seed}`,
      ],
      ['execution', "the series' own functions, run on a counter at its worst"],
    ],
    tables: [claimsTable(result, scale), hopTable(result, scale)],
    findings: [tally(result.claims)],
    notes: [
      'max: largest clamped error since the start; p50: median of the last window',
      ...(result.hop.some(({ stationary }) => !stationary)
        ? ['* not yet stationary when it was stopped']
        : []),
      'a measured figure holds within a tenth of it, a livable megabyte where the nearest whole number of MiB is one; of several exact figures the largest decides',
    ],
    reproduce,
  };
}
