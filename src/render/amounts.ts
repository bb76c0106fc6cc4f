/** Pages as text in the unit that a report uses throughout. */
import { KIB, MIB, type PageSize, type Pages, pagesToBytes } from '../units.ts';

export const UNIT_CHOICES = ['pages', 'KiB', 'MiB', 'auto'] as const;

export type UnitChoice = (typeof UNIT_CHOICES)[number];

export type Unit = Exclude<UnitChoice, 'auto'>;

/** From here on `auto` prefers MiB. */
const AUTO_MIB = 10 * MIB;

/** One unit for a whole report: auto takes MiB where the largest amount reaches 10 MiB. */
export function chooseUnit(choice: UnitChoice, largest: Pages, pageSize: PageSize): Unit {
  if (choice !== 'auto') return choice;
  return pagesToBytes(largest, pageSize) >= AUTO_MIB ? 'MiB' : 'KiB';
}

/** Thousands apart by commas; the decimals, if any, stay as they are. */
export function groupDigits(digits: string): string {
  const [whole = '', decimals] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** A whole number, thousands apart. */
export function formatNumber(value: number): string {
  return groupDigits(value.toFixed(0));
}

/** "250 CPUs", "1 CPU". */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export interface AmountStyle {
  readonly unit: Unit;
  readonly pageSize: PageSize;
  /** Commas between thousands. */
  readonly grouped: boolean;
}

/** A magnitude: whole pages and KiB, MiB with one decimal. */
export function formatMagnitude(pages: Pages, { unit, pageSize, grouped }: AmountStyle): string {
  const bytes = pagesToBytes(Math.abs(pages), pageSize);
  const digits =
    unit === 'pages'
      ? Math.abs(pages).toFixed(0)
      : unit === 'KiB'
        ? (bytes / KIB).toFixed(0)
        : (bytes / MIB).toFixed(1);
  return grouped ? groupDigits(digits) : digits;
}

/** A signed amount; what rounds to nothing has no sign. */
export function formatSigned(pages: Pages, style: AmountStyle): string {
  const magnitude = formatMagnitude(pages, style);
  if (!/[1-9]/.test(magnitude)) return magnitude;
  return `${pages < 0 ? '-' : '+'}${magnitude}`;
}

/** Pages with their bytes, for sentences: "25,600 pages (100.0 MiB)". */
export function formatPagesAndBytes(pages: Pages, pageSize: PageSize): string {
  return `${formatCount(pages, 'page')} (${formatBytes(pagesToBytes(pages, pageSize))})`;
}

export function formatBytes(bytes: number): string {
  return bytes < MIB
    ? `${groupDigits((bytes / KIB).toFixed(0))} KiB`
    : `${groupDigits((bytes / MIB).toFixed(1))} MiB`;
}

/** Bytes with the sign of an error; what rounds to nothing has none. */
export function formatSignedBytes(bytes: number): string {
  const text = formatBytes(Math.abs(bytes));
  if (!/[1-9]/.test(text)) return text;
  return `${bytes < 0 ? '-' : '+'}${text}`;
}

/** A ratio to two significant digits, from 100 on to whole numbers; N/A where it has no value. */
export function formatRatio(numerator: number, denominator: number): string {
  if (denominator === 0) return 'N/A';
  const ratio = numerator / denominator;
  return ratio >= 100 ? groupDigits(ratio.toFixed(0)) : Number(ratio.toPrecision(2)).toString();
}
