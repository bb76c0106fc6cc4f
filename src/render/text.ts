/** A result for terminals and mails: cli-table3, with box drawing and colour or plain ASCII. */
import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { wrap, wrapCommand, wrapName } from './text-layout.ts';
import {
  type Column,
  type Layout,
  type TextTable,
  type TextView,
  type ViewOf,
  WIDE_LAYOUT,
} from './view.ts';

/** Mailing lists: 72 columns of 7-bit ASCII. */
export const MAIL_WIDTH = 72;

const BOX_TEXT_WIDTH = 80;

const NAME_WIDTH = 16;

export const NO_BORDERS = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ]
    .flat()
    .map((part) => [part, '']),
);

/** cli-table3 colours heads and borders by itself, into pipes too: always told not to. */
export const PLAIN_STYLE = { head: [], border: [] };

function alignments({ columns }: TextTable) {
  return { colAligns: columns.map(({ align }) => align) };
}

function headText({ head, isName }: Column): string {
  return isName === true ? wrapName(head, NAME_WIDTH) : head;
}

/** The cells of a row: sentences wrapped, the first cell else a scheme's name. */
function cellTexts({ columns }: TextTable, row: readonly string[]): string[] {
  return row.map((cell, i) => {
    const wrapAt = columns[i]?.wrapAt;
    if (wrapAt !== undefined) return wrap(cell, wrapAt).join('\n');
    return i === 0 ? wrapName(cell, NAME_WIDTH) : cell;
  });
}

function asciiTable(table: TextTable): string[] {
  const grid = new Table({
    ...alignments(table),
    head: table.columns.map(headText),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { ...PLAIN_STYLE, compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of table.rows) grid.push(cellTexts(table, row));
  const lines = grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return [table.title, ...lines.map((line) => `  ${line}`)];
}

function boxTable(table: TextTable, chalk: ChalkInstance): string[] {
  const grid = new Table({
    ...alignments(table),
    head: table.columns.map((column) => chalk.bold(headText(column))),
    style: { ...PLAIN_STYLE, compact: true },
  });
  for (const row of table.rows) {
    const [name = '', ...cells] = cellTexts(table, row);
    grid.push([chalk.cyan(name), ...cells]);
  }
  return [chalk.bold(table.title), ...grid.toString().split('\n')];
}

function factLines(view: TextView, width: number): string[] {
  const labelWidth = Math.max(...view.facts.map(([label]) => label.length)) + 2;
  return view.facts.flatMap(([label, text]) =>
    wrap(`${label.padEnd(labelWidth - 1)} ${text}`, width, ' '.repeat(labelWidth)),
  );
}

function lines(view: TextView, width: number, drawTable: (table: TextTable) => string[]): string[] {
  return [
    ...wrap(view.title, width),
    ...factLines(view, width),
    ...view.tables.flatMap((table) => ['', ...drawTable(table)]),
    '',
    ...(view.findings.length === 0 ? [] : wrap(view.findings.join(' '), width)),
    ...view.notes.flatMap((note) => wrap(note, width, '    ')),
    'reproduce:',
    ...wrapCommand(view.reproduce, width, '  '),
  ];
}

const ASCII_LAYOUT: Layout = { ...WIDE_LAYOUT, plusMinus: '+-' };

/** From the most readable to the most compact: the first that fits is taken. */
const ASCII_LAYOUTS: readonly { layout: Layout; divided: boolean }[] = [
  { layout: ASCII_LAYOUT, divided: false },
  { layout: { ...ASCII_LAYOUT, formulaColumn: false }, divided: false },
  { layout: { ...ASCII_LAYOUT, formulaColumn: false }, divided: true },
  { layout: { ...ASCII_LAYOUT, grouped: false }, divided: true },
  { layout: { ...ASCII_LAYOUT, grouped: false, formulaColumn: false }, divided: true },
];

function fits(text: readonly string[]): boolean {
  return text.every((line) => line.length <= MAIL_WIDTH);
}

/** The table in parts of so many columns beside the first. */
function inParts(table: TextTable, columns: number): TextTable[] {
  const parts: TextTable[] = [];
  for (let from = 1; from < table.columns.length; from += columns) {
    const part = <T>(all: readonly T[]) => [...all.slice(0, 1), ...all.slice(from, from + columns)];
    parts.push({ ...table, columns: part(table.columns), rows: table.rows.map(part) });
  }
  return parts;
}

/** As many columns a part as fit. */
function dividedTable(table: TextTable): string[] {
  for (let columns = table.columns.length - 1; columns > 1; columns--) {
    const drawn = inParts(table, columns).map(asciiTable);
    if (drawn.every(fits)) return joined(drawn);
  }
  return joined(inParts(table, 1).map(asciiTable));
}

function joined(tables: readonly string[][]): string[] {
  return tables.flatMap((table, i) => (i === 0 ? table : ['', ...table]));
}

/** Plain ASCII of at most 72 columns, for pipes and mails. Numbers are never cut to fit. */
export function renderAscii(viewOf: ViewOf): string {
  let text: string[] = [];
  for (const { layout, divided } of ASCII_LAYOUTS) {
    const draw = (table: TextTable) =>
      divided && table.mayDivide === true ? dividedTable(table) : asciiTable(table);
    text = lines(viewOf(layout), MAIL_WIDTH, draw);
    if (fits(text)) break;
  }
  return `${text.join('\n')}\n`;
}

/** Box drawing, and colour as the chalk instance allows. */
export function renderBox(viewOf: ViewOf, chalk: ChalkInstance): string {
  const view = viewOf(WIDE_LAYOUT);
  return `${lines(view, BOX_TEXT_WIDTH, (table) => boxTable(table, chalk)).join('\n')}\n`;
}
