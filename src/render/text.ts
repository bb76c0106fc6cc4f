/** A result for terminals and mails: cli-table3, with box drawing and colour or plain ASCII. */
import { stripVTControlCharacters } from 'node:util';
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
import { packed, wrap } from './words.ts';

/** Mailing lists: 72 columns of 7-bit ASCII. */
export const MAIL_WIDTH = 72;

/** Sentences in wider lines are hard to read. */
const MOST_TEXT_WIDTH = 100;

const BOX_TEXT_WIDTH = 80;

const NAME_WIDTH = 16;

/** No column of words is narrower. */
const LEAST_ROOM = 8;

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
  return isName === true && !head.includes('\n') ? wrapName(head, NAME_WIDTH) : head;
}

/** The cells of a row: sentences wrapped, the first cell else a scheme's name. */
function cellTexts(
  { columns, scale }: TextTable,
  row: readonly Cell[],
  numerals: Numerals,
): string[] {
  return row.map((cell, i) => {
    const text = cellText(cell, scale, numerals);
    if (text.includes('\n')) return text;
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

/** The lines of a table below its title. */
type DrawTable = (table: TextTable) => string[];

function asciiTable(numerals: Numerals): DrawTable {
  return (table) => {
    const rows = table.rows.map((row) => cellTexts(table, row, numerals));
    return plainGrid(table.columns, rows).map((line) => `  ${line}`);
  };
}

/** A long word in pieces, after a sign where there is one. */
function brokenWord(word: string, room: number): string[] {
  const part = new RegExp(`.{1,${room}}`, 'gs');
  const parts = word.split(/(?<=[/_:,=.-])/).flatMap((one) => one.match(part) ?? []);
  return packed(parts, '', room, '');
}

/** Words in lines of so many characters. */
function broken(text: string, room: number): string {
  const words = text.split(' ');
  const pieces = words.flatMap((word) => (word.length > room ? brokenWord(word, room) : [word]));
  return packed(pieces, ' ', room, '').join('\n');
}

/** The table in parts, heads and words so narrow that two columns fit, if their numbers do. */
function slim(table: TextTable, width: number): TextTable {
  const room = Math.max(LEAST_ROOM, Math.floor(width / 2) - 2);
  const columns = table.columns.map(({ wrapAt: _, ...column }) => ({
    ...column,
    head: broken(column.head, room),
  }));
  const rows = table.rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? broken(cell, room) : cell)),
  );
  return { ...table, columns, rows, mayDivide: true };
}

/** The lines of boxes where the locale has no box drawing characters. */
const ASCII_BORDERS = {
  ...{ top: '-', 'top-mid': '+', 'top-left': '+', 'top-right': '+' },
  ...{ bottom: '-', 'bottom-mid': '+', 'bottom-left': '+', 'bottom-right': '+' },
  ...{ left: '|', 'left-mid': '+', mid: '-', 'mid-mid': '+', right: '|', 'right-mid': '+' },
  middle: '|',
};

function boxTable({ chalk, unicode }: Terminal): DrawTable {
  return (table) => {
    const grid = new Table({
      colAligns: table.columns.map(({ align }) => align),
      head: table.columns.map((column) => chalk.bold(headText(column))),
      style: { ...PLAIN_STYLE, compact: true },
      ...(unicode ? {} : { chars: ASCII_BORDERS }),
    });
    for (const row of table.rows) {
      const [name = '', ...cells] = cellTexts(table, row, unicode ? NUMERALS : ASCII_NUMERALS);
      grid.push([chalk.cyan(name), ...cells]);
    }
    return grid.toString().split('\n');
  };
}

/** Labels in a column of that width, and the texts beside them. */
export function factLines(facts: TextView['facts'], labelWidth: number, width: number): string[] {
  return facts.flatMap(([label, text]) =>
    wrap(`${label.padEnd(labelWidth - 1)} ${text}`, width, ' '.repeat(labelWidth)),
  );
}

/** A view whose tables are drawn. */
interface Drawing {
  readonly view: TextView;
  readonly tables: readonly DrawnTable[];
}

interface DrawnTable {
  readonly title: string;
  readonly lines: readonly string[];
}

function drawn(view: TextView, drawTables: (table: TextTable) => DrawnTable[]): Drawing {
  return { view, tables: view.tables.flatMap(drawTables) };
}

function drawnWhole(drawTable: DrawTable): (table: TextTable) => DrawnTable[] {
  return (table) => [{ title: titleText(table), lines: drawTable(table) }];
}

function linesOf(
  { view, tables }: Drawing,
  width: number,
  asTitle: (line: string) => string = (line) => line,
): string[] {
  const labelWidth = Math.max(...view.facts.map(([label]) => label.length)) + 2;
  return [
    ...wrap(view.title, width),
    ...factLines(view.facts, labelWidth, width),
    ...tables.flatMap(({ title, lines }) => [
      '',
      ...wrap(title, width).map((line) => asTitle(line)),
      ...lines,
    ]),
    '',
    ...(view.findings.length === 0 ? [] : wrap(view.findings.join(' '), width)),
    ...view.notes.flatMap((note) => wrap(note, width, '    ')),
    'reproduce:',
    ...wrapCommand(view.reproduce, width, '  '),
  ];
}

/** Whether the tables do; titles and sentences are broken, and a long word makes no table wider. */
function fits(tables: readonly DrawnTable[], width: number): boolean {
  return tables.every(({ lines }) =>
    lines.every((line) => stripVTControlCharacters(line).length <= width),
  );
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
function drawnDivided(drawTable: DrawTable, width: number): (table: TextTable) => DrawnTable[] {
  const draw = drawnWhole(drawTable);
  return (table) => {
    if (table.mayDivide !== true) return draw(table);
    for (let columns = table.columns.length - 1; columns > 1; columns--) {
      const parts = inParts(table, columns).flatMap(draw);
      if (fits(parts, width)) return parts;
    }
    return inParts(table, 1).flatMap(draw);
  };
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
function* asciiDrawings(view: TextView): Generator<Drawing, void> {
  const narrow = narrowed(view);
  const spacious = asciiTable(ASCII_NUMERALS);
  const compact = drawnDivided(asciiTable(COMPACT_NUMERALS), MAIL_WIDTH);
  yield drawn(view, drawnWhole(spacious));
  yield drawn(narrow, drawnWhole(spacious));
  const divided = drawn(narrow, drawnDivided(spacious, MAIL_WIDTH));
  const dividedCompact = drawn(narrow, compact);
  // Columns apart say less than numbers without commas.
  if (dividedCompact.tables.length < divided.tables.length) yield dividedCompact;
  yield divided;
  yield drawn(view, compact);
  yield dividedCompact;
}

function* boxDrawings(view: TextView, terminal: Terminal, width: number): Generator<Drawing, void> {
  const box = boxTable(terminal);
  yield drawn(view, drawnWhole(box));
  yield drawn(narrowed(view), drawnDivided(box, width));
  // Lines between columns take more room than blanks.
  const plain = asciiTable(terminal.unicode ? NUMERALS : ASCII_NUMERALS);
  const divided = drawnDivided(plain, width);
  yield drawn(narrowed(view), divided);
  yield drawn(narrowed(view), (table) => {
    const tables = divided(table);
    return fits(tables, width) ? tables : divided(slim(table, width));
  });
}

/** The first whose tables fit, else the last. */
function firstFitting(drawings: Iterable<Drawing>, width: number): Drawing {
  let last: Drawing | undefined;
  for (last of drawings) if (fits(last.tables, width)) break;
  return last!;
}

/**
 * Plain ASCII of at most 72 columns, for pipes and mails: the first drawing whose tables fit, else
 * the most compact. Numbers are never cut to fit.
 */
export function renderAscii(view: TextView): string {
  const drawing = firstFitting(asciiDrawings(view), MAIL_WIDTH);
  return `${linesOf(drawing, MAIL_WIDTH).join('\n')}\n`;
}

/** What draws boxes. */
export interface Terminal {
  readonly chalk: ChalkInstance;
  /** Of its lines; null: not known. */
  readonly columns: number | null;
  /** Whether its locale has box drawing characters. */
  readonly unicode: boolean;
}

/** Box drawing, and colour as the chalk instance allows; tables as wide as the terminal. */
export function renderBox(view: TextView, terminal: Terminal): string {
  const { chalk, columns } = terminal;
  const width = columns ?? Number.POSITIVE_INFINITY;
  const drawing = firstFitting(boxDrawings(view, terminal, width), width);
  const textWidth = Math.min(columns ?? BOX_TEXT_WIDTH, MOST_TEXT_WIDTH);
  return `${linesOf(drawing, textWidth, chalk.bold).join('\n')}\n`;
}

/** Stands for a blank at which a line is not to be broken. */
const TOGETHER = '\u00a0';

/**
 * A command over several lines that can still be pasted: broken before options, with backslashes, so
 * that a value stays beside its option.
 */
export function wrapCommand(command: string, width: number, indent: string): string[] {
  const together = command
    // A backslash within quotes would be a part of the word.
    .replace(/'[^']*'/g, (word) => word.replaceAll(' ', TOGETHER))
    .replace(/(--\S+) (?!-)/g, `$1${TOGETHER}`);
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
