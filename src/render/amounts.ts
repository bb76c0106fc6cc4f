/** Amounts as text: pages in the unit that a report uses throughout, bytes, counts, means, ratios, times. */
import sparkly from 'sparkly';
import type { WorstCase } from '../schemes/bound.ts';
import { type Bytes, KIB, MIB, type Pages, pagesToBytes } from '../units.ts';

export const UNIT_CHOICES = ['pages', 'KiB', 'MiB', 'auto'] as const;

export type UnitChoice = (typeof UNIT_CHOICES)[number];

export type Unit = Exclude<UnitChoice, 'auto'>;

/** From here on `auto` prefers MiB. */
const AUTO_MIB = 10 * MIB;

/** One unit for a whole report: auto takes MiB where the largest amount reaches 10 MiB. */
export function chooseUnit(choice: UnitChoice, largest: Pages, pageSize: Bytes): Unit {
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
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

/** In which unit amounts of pages are written. */
export interface Scale {
  readonly unit: Unit;
  readonly pageSize: Bytes;
}

/** "MiB", "pages of 4 KiB". */
export function unitName({ unit, pageSize }: Scale): string {
  return unit === 'pages' ? `pages of ${pageSize / KIB} KiB` : unit;
}

/** How a drawing writes numbers. */
export interface Numerals {
  /** Commas between thousands. */
  readonly grouped: boolean;
  /** "±" where the output may hold it, else "+-". */
  readonly plusMinus: string;
  /** Small bars: none, and from the lowest to the highest. */
  readonly bars: string;
}

export const NUMERALS: Numerals = { grouped: true, plusMinus: '±', bars: '·▁▂▃▄▅▆▇█' };

export const ASCII_NUMERALS: Numerals = { grouped: true, plusMinus: '+-', bars: '.12345678' };

/** Digits, their thousands apart where there is room for that. */
export function formatDigits(digits: string, { grouped }: Numerals): string {
  return grouped ? groupDigits(digits) : digits;
}

/** What pages without end are. */
const NO_BOUND = 'no bound';

/** What sparkly draws: a hole, and bars from the lowest to the highest. */
const SPARKS = ' ▁▂▃▄▅▆▇█';

/** Shares of one whole as bars beside each other; what is more than nothing has one. */
export function formatBars(shares: readonly number[], { bars }: Numerals): string {
  const drawn = sparkly(
    shares.map((share) => (share > 0 ? share : '')),
    { minimum: 0, maximum: 1 },
  );
  return Array.from(drawn, (spark) => bars[SPARKS.indexOf(spark)]).join('');
}

/** A magnitude: whole pages and KiB, MiB with one decimal. */
export function formatMagnitude(
  pages: Pages,
  { unit, pageSize }: Scale,
  numerals: Numerals = NUMERALS,
): string {
  if (!Number.isFinite(pages)) return NO_BOUND;
  const bytes = pagesToBytes(Math.abs(pages), pageSize);
  const digits =
    unit === 'pages'
      ? Math.abs(pages).toFixed(0)
      : unit === 'KiB'
        ? (bytes / KIB).toFixed(0)
        : (bytes / MIB).toFixed(1);
  return formatDigits(digits, numerals);
}

/** What rounds to nothing has no sign. */
function withSign(value: number, magnitude: string): string {
  if (!/[1-9]/.test(magnitude)) return magnitude;
  return `${value < 0 ? '-' : '+'}${magnitude}`;
}

export function formatSigned(pages: Pages, scale: Scale, numerals: Numerals = NUMERALS): string {
  return withSign(pages, formatMagnitude(pages, scale, numerals));
}

/** An error that lay in between: "-12..+3", "-12" where both ends read so. */
export function formatInterval(
  { low, high }: { readonly low: Pages; readonly high: Pages },
  scale: Scale,
  numerals: Numerals = NUMERALS,
): string {
  const ends = [low, high].map((end) => formatSigned(end, scale, numerals));
  return [...new Set(ends)].join('..');
}

/** Both sides of a bound: "±62", "-330/0", "0", or "no bound" on either. */
export function formatSides(
  { under, over }: WorstCase,
  scale: Scale,
  numerals: Numerals = NUMERALS,
): string {
  if (under === 0 && over === 0) return formatMagnitude(0, scale, numerals);
  if (!Number.isFinite(under)) return NO_BOUND;
  if (under === over) return `${numerals.plusMinus}${formatMagnitude(under, scale, numerals)}`;
  return `${formatSigned(-under, scale, numerals)}/${formatSigned(over, scale, numerals)}`;
}

/** Pages with their bytes, for sentences: "25,600 pages (100.0 MiB)". */
export function formatPagesAndBytes(pages: Pages, pageSize: Bytes): string {
  return `${formatCount(pages, 'page')} (${formatBytes(pagesToBytes(pages, pageSize))})`;
}

export function formatBytes(bytes: number): string {
  return bytes < MIB
    ? `${groupDigits((bytes / KIB).toFixed(0))} KiB`
    : `${groupDigits((bytes / MIB).toFixed(1))} MiB`;
}

/** Bytes with the sign of an error. */
export function formatSignedBytes(bytes: number): string {
  return withSign(bytes, formatBytes(Math.abs(bytes)));
}

/** A ratio to two significant digits, from 100 on to whole numbers; N/A where it has no value. */
export function formatRatio(numerator: number, denominator: number): string {
  if (denominator === 0) return 'N/A';
  const ratio = numerator / denominator;
  return ratio >= 100 ? groupDigits(ratio.toFixed(0)) : Number(ratio.toPrecision(2)).toString();
}

/** A share of a million as a percentage. */
export function formatPercent(perMillion: number): string {
  return `${perMillion / 10_000}%`;
}

/** A mean to three significant digits, from 100 on to whole numbers; what is not 0 never reads 0. */
export function formatMean(value: number, numerals: Numerals = NUMERALS): string {
  if (value === 0) return '0';
  if (value < 0.001) return '<0.001';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return formatDigits(value.toFixed(digits), numerals);
}

const TIMES = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
] as const;

/** Nanoseconds in the largest unit of which there is one: "1.25 ms". */
export function formatDuration(nanoseconds: number): string {
  const [unit, each] = TIMES.find(([, length]) => nanoseconds >= length) ?? ['ns', 1];
  return `${formatMean(nanoseconds / each)} ${unit}`;
}
