/** Claims recomputed, as tables of text and notes. */

import { formatNumber, formatRatio } from '../../render/amounts.ts';
import { left, right, type TextTable, type TextView } from '../../render/view.ts';
import type { PageSize } from '../../units.ts';
import { type Claim, type ClaimsResult, figureText } from './result.ts';

function foundText({ claimed, found }: Claim, pageSize: PageSize): string {
  const figures = claimed === null ? found : [claimed, ...found];
  return figures.length === 0
    ? '-'
    : figures.map((figure) => figureText(figure, pageSize)).join('; ');
}

/** With how far: "(0.9 of it)", "(17 times it)". */
function verdictText({ verdict, factor }: Claim): string {
  if (factor === null || verdict === 'holds') return verdict;
  return `${verdict} (${formatRatio(factor, 1)} ${factor > 1 ? 'times it' : 'of it'})`;
}

function claimsTable({ claims, pageSize }: ClaimsResult): TextTable {
  return {
    title: 'Claims, recomputed',
    columns: [
      { ...left('claim'), wrapAt: 26 },
      { ...left('found'), wrapAt: 26 },
      { ...left('verdict'), wrapAt: 14 },
    ],
    rows: claims.map((claim) => [
      `${claim.claim} [${claim.where}]`,
      `${claim.method}: ${foundText(claim, pageSize)}`,
      verdictText(claim),
    ]),
  };
}

function hopTable({ hop, seed, measuredCpus }: ClaimsResult): TextTable {
  return {
    title: `hop on ${measuredCpus} CPUs, observed, seed ${seed}, |error| in pages`,
    columns: [
      left('mapping'),
      ...['mappings', 'operations', 'per-cpu max', 'p50', 'tree max', 'p50'].map(right),
    ],
    rows: hop.map(({ mapping, huge, slots, operations, stationary, perCpu, tree }) => [
      huge ? 'huge' : `1..${mapping}`,
      formatNumber(slots),
      `${formatNumber(operations)}${stationary ? '' : '*'}`,
      formatNumber(perCpu.largest),
      formatNumber(perCpu.median),
      formatNumber(tree.largest),
      formatNumber(tree.median),
    ]),
  };
}

function tally(claims: readonly Claim[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of claims) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const parts = [...counts].map(([verdict, count]) => `${verdict}: ${count}`);
  return `${claims.length} claims. ${parts.join('; ')}.`;
}

export function claimsView(result: ClaimsResult, reproduce: string): TextView {
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
    tables: [claimsTable(result), hopTable(result)],
    findings: [tally(result.claims)],
    notes: [
      'max: largest clamped error since the start; p50: median of the last window',
      ...(result.hop.some(({ stationary }) => !stationary)
        ? ['* not yet stationary when it was stopped']
        : []),
    ],
    reproduce,
  };
}
