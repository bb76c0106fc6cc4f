/** A result as headings, tables of typed cells and notes: plain data, which the formats for people draw. */
import type { WorstCase } from '../schemes/bound.ts';
import type { Pages } from '../units.ts';
import {
  formatBars,
  formatDigits,
  formatInterval,
  formatMagnitude,
  formatMean,
  formatSides,
  formatSigned,
  type Numerals,
  type Scale,
  unitName,
} from './amounts.ts';

/** Words as they are, or a value that is written as the drawing has room for it. */
export type Cell =
  | string
  /** A whole number. */
  | { readonly count: number }
  /** A count for each of something. */
  | { readonly mean: number }
  /** A chart: shares from 0 to 1, beside each other. */
  | { readonly bars: readonly number[] }
  /** A magnitude in pages. */
  | { readonly pages: Pages }
  /** An error in pages; `scale` is its own where the rows of a table differ in it. */
  | { readonly signed: Pages; readonly scale?: Scale }
  /** An error in pages that lay in between. */
  | { readonly low: Pages; readonly high: Pages }
  /** Both sides of a bound; null: there is none to tell. */
  | { readonly sides: WorstCase | null };

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** The head is a scheme's name, which may go over several lines. */
  readonly isName?: true;
  /** Cells are sentences: text formats break them at this width. */
  readonly wrapAt?: number;
  /** Where lines are too long: a note instead of the column, or a table of counts that it moves to. */
  readonly narrow?: { readonly note: string } | { readonly table: string };
}

export function left(head: string): Column {
  return { head, align: 'left' };
}

export function right(head: string): Column {
  return { head, align: 'right' };
}

export interface TextTable {
  readonly title: string;
  /** The unit of its amounts, which the title ends with. */
  readonly scale?: Scale;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Where it is too wide, the columns may go over several tables, each with the first column. */
  readonly mayDivide?: true;
}

export interface TextView {
  readonly title: string;
  /** Labelled lines above the tables. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly tables: readonly TextTable[];
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  /** The command that gives this result again. */
  readonly reproduce: string;
}

/** The title with the unit of the amounts. */
export function titleText({ title, scale }: TextTable): string {
  return scale === undefined ? title : `${title}, in ${unitName(scale)}`;
}

/** @throws RangeError for an amount that no scale is given for: a mistake of the view. */
export function cellText(cell: Cell, scale: Scale | undefined, numerals: Numerals): string {
  if (typeof cell === 'string') return cell;
  if ('count' in cell) return formatDigits(cell.count.toFixed(0), numerals);
  if ('bars' in cell) return formatBars(cell.bars, numerals);
  if ('mean' in cell) return formatMean(cell.mean, numerals);
  const own = 'signed' in cell ? (cell.scale ?? scale) : scale;
  if (own === undefined) throw new RangeError('an amount without a scale');
  if ('pages' in cell) return formatMagnitude(cell.pages, own, numerals);
  if ('signed' in cell) return formatSigned(cell.signed, own, numerals);
  if ('low' in cell) return formatInterval(cell, own, numerals);
  return cell.sides === null ? 'N/A' : formatSides(cell.sides, own, numerals);
}
