/** Claims recomputed, as flat records and lines of JSON. */

import { formatNumber, formatPagesAndBytes } from '../../render/amounts.ts';
import type { FlatRecord } from '../../render/csv.ts';
import type { PageSize } from '../../units.ts';
import type { Figure } from './claim.ts';
import type { ClaimsResult } from './claims.ts';
import type { HopFinding } from './hop.ts';

export const CLAIMS_LINE_FORMAT = 'rss-err/claims-line@1';

export function figureText({ of, value, unit }: Figure, pageSize: PageSize): string {
  switch (unit) {
    case 'pages':
      return `${of}: ${formatPagesAndBytes(value, pageSize)}`;
    case 'residual':
      return `${of}: residual ${value.toFixed(3)}`;
    default:
      return `${of}: ${formatNumber(value)} ${unit}`;
  }
}

export function claimsRecords({ program, claims, pageSize }: ClaimsResult): FlatRecord[] {
  return claims.map((claim) => ({
    format: CLAIMS_LINE_FORMAT,
    version: program.version,
    id: claim.id,
    claim: claim.claim,
    where: claim.where,
    method: claim.method,
    claimed_pages: claim.claimed?.value ?? '',
    found: claim.found.map((figure) => figureText(figure, pageSize)).join('; '),
    verdict: claim.verdict,
    factor: claim.factor ?? '',
    seed: claim.seed ?? '',
    operations: claim.operations ?? '',
  }));
}

export function claimsLines({ format: _format, claims, hop, ...run }: ClaimsResult): object[] {
  const line = (type: string, fields: object) => ({ format: CLAIMS_LINE_FORMAT, type, ...fields });
  return [
    line('run', run),
    ...claims.map((claim) => line('claim', claim)),
    ...hop.map((finding: HopFinding) => line('hop', finding)),
  ];
}
