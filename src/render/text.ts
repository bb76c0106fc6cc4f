/** A result for terminals and mails: cli-table3, with box drawing and colour or plain ASCII. */
import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { ASCII_NUMERALS, NUMERALS, type Numerals } from './amounts.ts';
import {
  type Cell,
  type Column,
  cellText,
  type TextTable,
  type TextView,
  titleText,
} from './view.ts';

/** Mailing lists: 72 columns of 7-bit ASCII. */
export const MAIL_WIDTH = 72;

const BOX_TEXT_WIDTH = 80;

const NAME_WIDTH = 16;

const NO_BORDERS = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ]
    .flat()
    .map((part) => [part, '']),
);

/** cli-table3 colours heads and borders by itself, into pipes too: always told not to. */
const PLAIN_STYLE = { head: [], border: [] };

function headText({ head, isName }: Column): string {
  return isName === true ? wrapName(head, NAME_WIDTH) : head;
}

/** The cells of a row: sentences wrapped, the first cell else a scheme's name. */
function cellTexts(
  { columns, scale }: TextTable,
  row: readonly Cell[],
  numerals: Numerals,
): string[] {
  return row.map((cell, i) => {
    const text = cellText(cell, scale, numerals);
    const wrapAt = columns[i]?.wrapAt;
    if (wrapAt !== undefined) return wrap(text, wrapAt).join('\n');
    return i === 0 ? wrapName(text, NAME_WIDTH) : text;
  });
}

/** A row a line, columns two blanks apart, without lines between them. */
export function plainGrid(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const grid = new Table({
    colAligns: columns.map(({ align }) => align),
    head: columns.map(headText),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { ...PLAIN_STYLE, compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) grid.push([...row]);
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

type DrawTable = (table: TextTable) => string[];

function asciiTable(numerals: Numerals): DrawTable {
  return (table) => {
    const rows = table.rows.map((row) => cellTexts(table, row, numerals));
    return [titleText(table), ...plainGrid(table.columns, rows).map((line) => `  ${line}`)];
  };
}

function boxTable(table: TextTable, chalk: ChalkInstance): string[] {
  const grid = new Table({
    colAligns: table.columns.map(({ align }) => align),
    head: table.columns.map((column) => chalk.bold(headText(column))),
    style: { ...PLAIN_STYLE, compact: true },
  });
  for (const row of table.rows) {
    const [name = '', ...cells] = cellTexts(table, row, NUMERALS);
    grid.push([chalk.cyan(name), ...cells]);
  }
  return [chalk.bold(titleText(table)), ...grid.toString().split('\n')];
}

/** Labels in a column of that width, and the texts beside them. */
export function factLines(facts: TextView['facts'], labelWidth: number, width: number): string[] {
  return facts.flatMap(([label, text]) =>
    wrap(`${label.padEnd(labelWidth - 1)} ${text}`, width, ' '.repeat(labelWidth)),
  );
}

function lines(view: TextView, width: number, drawTable: DrawTable): string[] {
  const labelWidth = Math.max(...view.facts.map(([label]) => label.length)) + 2;
  return [
    ...wrap(view.title, width),
    ...factLines(view.facts, labelWidth, width),
    ...view.tables.flatMap((table) => ['', ...drawTable(table)]),
    '',
    ...(view.findings.length === 0 ? [] : wrap(view.findings.join(' '), width)),
    ...view.notes.flatMap((note) => wrap(note, width, '    ')),
    'reproduce:',
    ...wrapCommand(view.reproduce, width, '  '),
  ];
}

function fits(text: readonly string[]): boolean {
  return text.every((line) => line.length <= MAIL_WIDTH);
}

/** The table with some of its columns. */
function withColumns(table: TextTable, places: readonly number[]): TextTable {
  const part = <T>(all: readonly T[]) => places.map((place) => all[place]!);
  return { ...table, columns: part(table.columns), rows: table.rows.map(part) };
}

/** The table in parts of so many columns beside the first. */
function inParts(table: TextTable, columns: number): TextTable[] {
  const places = [...table.columns.keys()];
  const parts: TextTable[] = [];
  for (let from = 1; from < places.length; from += columns) {
    parts.push(withColumns(table, [0, ...places.slice(from, from + columns)]));
  }
  return parts;
}

/** As many columns a part as fit. */
function dividedTable(drawTable: DrawTable): DrawTable {
  return (table) => {
    if (table.mayDivide !== true) return drawTable(table);
    for (let columns = table.columns.length - 1; columns > 1; columns--) {
      const drawn = inParts(table, columns).map(drawTable);
      if (drawn.every(fits)) return joined(drawn);
    }
    return joined(inParts(table, 1).map(drawTable));
  };
}

function joined(tables: readonly string[][]): string[] {
  return tables.flatMap((table, i) => (i === 0 ? table : ['', ...table]));
}

/** The table without the columns that give way, and those that have tables of their own. */
function narrowTables(table: TextTable): TextTable[] {
  const { scale: _, ...ofCounts } = table;
  const staying: number[] = [];
  const moved = new Map<string, number[]>();
  table.columns.forEach(({ narrow }, place) => {
    if (narrow === undefined) staying.push(place);
    else if ('table' in narrow) {
      moved.set(narrow.table, [...(moved.get(narrow.table) ?? [0]), place]);
    }
  });
  return [
    withColumns(table, staying),
    ...[...moved].map(([title, places]) => withColumns({ ...ofCounts, title }, places)),
  ];
}

function narrowed(view: TextView): TextView {
  const notes = view.tables
    .flatMap(({ columns }) => columns)
    .flatMap(({ narrow }) => (narrow !== undefined && 'note' in narrow ? [narrow.note] : []));
  return {
    ...view,
    tables: view.tables.flatMap(narrowTables),
    notes: [...notes, ...view.notes],
  };
}

const COMPACT_NUMERALS: Numerals = { ...ASCII_NUMERALS, grouped: false };

/** From the most readable to the most compact. */
function* asciiDrawings(view: TextView): Generator<string[], void> {
  const narrow = narrowed(view);
  const spacious = asciiTable(ASCII_NUMERALS);
  const compact = dividedTable(asciiTable(COMPACT_NUMERALS));
  yield lines(view, MAIL_WIDTH, spacious);
  yield lines(narrow, MAIL_WIDTH, spacious);
  yield lines(narrow, MAIL_WIDTH, dividedTable(spacious));
  yield lines(view, MAIL_WIDTH, compact);
  yield lines(narrow, MAIL_WIDTH, compact);
}

/**
 * Plain ASCII of at most 72 columns, for pipes and mails: the first drawing that fits, else the most
 * compact. Numbers are never cut to fit.
 */
export function renderAscii(view: TextView): string {
  let text: string[] = [];
  for (text of asciiDrawings(view)) if (fits(text)) break;
  return `${text.join('\n')}\n`;
}

/** Box drawing, and colour as the chalk instance allows. */
export function renderBox(view: TextView, chalk: ChalkInstance): string {
  return `${lines(view, BOX_TEXT_WIDTH, (table) => boxTable(table, chalk)).join('\n')}\n`;
}

/** Pieces in lines as wide as that, the first without the indent; a wider piece stands alone on its line. */
function packed(pieces: readonly string[], blank: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    const room = width - (lines.length === 0 ? 0 : indent.length);
    if (line !== '' && line.length + blank.length + piece.length > room) {
      lines.push(line);
      line = piece;
    } else {
      line = line === '' ? piece : `${line}${blank}${piece}`;
    }
  }
  lines.push(line);
  return lines.map((each, i) => (i === 0 ? each : `${indent}${each}`).trimEnd());
}

/** Breaks at blanks. */
export function wrap(text: string, width: number, indent = ''): string[] {
  return packed(text.split(' '), ' ', width, indent);
}

/** Stands for a blank at which a line is not to be broken. */
const TOGETHER = '\u00a0';

/**
 * A command over several lines that can still be pasted: broken before options, with backslashes, so
 * that a value stays beside its option.
 */
export function wrapCommand(command: string, width: number, indent: string): string[] {
  const together = command.replace(/(--\S+) (?!-)/g, `$1${TOGETHER}`);
  const lines = wrap(together, width - 2 * indent.length - 2).map((line) =>
    line.replaceAll(TOGETHER, ' '),
  );
  return lines.map((line, i) => {
    const start = i === 0 ? indent : `${indent}${indent}`;
    return `${start}${line}${i === lines.length - 1 ? '' : ' \\'}`;
  });
}

/** A long scheme name over several lines, broken after ":" and ",". */
export function wrapName(name: string, width: number): string {
  return packed(name.split(/(?<=[:,])/), '', width, '  ').join('\n');
}
