/** Both sides of a bound as one text, and the unit of a table. */
import type { WorstCase } from '../schemes/worst-case.ts';
import { type AmountStyle, formatMagnitude, formatSigned } from './amounts.ts';

/** "+-62", "-330/0", "0"; N/A where there is none to tell. */
export function formatSides(
  bound: WorstCase | null,
  style: AmountStyle,
  plusMinus: string,
): string {
  if (bound === null) return 'N/A';
  const { under, over } = bound;
  if (under === 0 && over === 0) return formatMagnitude(0, style);
  if (under === over) return `${plusMinus}${formatMagnitude(under, style)}`;
  return `${formatSigned(-under, style)}/${formatSigned(over, style)}`;
}

export function unitName(style: AmountStyle): string {
  return style.unit === 'pages' ? `pages of ${style.pageSize / 1024} KiB` : style.unit;
}
