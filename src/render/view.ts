/** A result as headings, tables of text and notes: what the formats for people draw. */

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** The head is a scheme's name, which may go over several lines. */
  readonly isName?: true;
  /** Cells are sentences: text formats break them at this width. */
  readonly wrapAt?: number;
}

export interface TextTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
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

/** What a drawing leaves to the view. */
export interface Layout {
  /** "±" where the output may hold it, else "+-". */
  readonly plusMinus: string;
  /** Commas between thousands. */
  readonly grouped: boolean;
  /** Whether the formulas have a column; else they are told in a note. */
  readonly formulaColumn: boolean;
}

export const WIDE_LAYOUT: Layout = {
  plusMinus: '±',
  grouped: true,
  formulaColumn: true,
};

export type ViewOf = (layout: Layout) => TextView;
