/** A run for terminals and mails: cli-table3, with box drawing and colour or plain ASCII. */
import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import type { RunResult } from '../study/comparison.ts';
import {
  type ComparisonView,
  comparisonView,
  type TextTable,
  type ViewOptions,
} from './comparison-view.ts';
import { wrap, wrapCommand, wrapName } from './text-layout.ts';

/** Mailing lists: 72 columns of 7-bit ASCII. */
export const MAIL_WIDTH = 72;

const BOX_TEXT_WIDTH = 80;

const NAME_WIDTH = 16;

export type TextOptions = Pick<ViewOptions, 'unit' | 'reading' | 'reproduce'>;

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

function asciiTable(table: TextTable): string[] {
  const grid = new Table({
    ...alignments(table),
    head: table.columns.map(({ head }) => head),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { ...PLAIN_STYLE, compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const [name = '', ...cells] of table.rows) grid.push([wrapName(name, NAME_WIDTH), ...cells]);
  const lines = grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return [table.title, ...lines.map((line) => `  ${line}`)];
}

function boxTable(table: TextTable, chalk: ChalkInstance): string[] {
  const grid = new Table({
    ...alignments(table),
    head: table.columns.map(({ head }) => chalk.bold(head)),
    style: { ...PLAIN_STYLE, compact: true },
  });
  for (const [name = '', ...cells] of table.rows) {
    grid.push([chalk.cyan(wrapName(name, NAME_WIDTH)), ...cells]);
  }
  return [chalk.bold(table.title), ...grid.toString().split('\n')];
}

function factLines(view: ComparisonView, width: number): string[] {
  const labelWidth = Math.max(...view.facts.map(([label]) => label.length)) + 2;
  return view.facts.flatMap(([label, text]) =>
    wrap(`${label.padEnd(labelWidth - 1)} ${text}`, width, ' '.repeat(labelWidth)),
  );
}

function lines(
  view: ComparisonView,
  width: number,
  drawTable: (table: TextTable) => string[],
): string[] {
  return [
    ...wrap(view.title, width),
    ...factLines(view, width),
    ...view.tables.flatMap((table) => ['', ...drawTable(table)]),
    '',
    ...wrap(view.findings.join(' '), width),
    ...view.notes.flatMap((note) => wrap(note, width, '    ')),
    'reproduce:',
    ...wrapCommand(view.reproduce, width, '  '),
  ];
}

/** Layouts from the most readable to the most compact: the first that fits is taken. */
const ASCII_LAYOUTS: readonly Pick<ViewOptions, 'grouped' | 'formulaColumn'>[] = [
  { grouped: true, formulaColumn: true },
  { grouped: true, formulaColumn: false },
  { grouped: false, formulaColumn: true },
  { grouped: false, formulaColumn: false },
];

/** Plain ASCII of at most 72 columns, for pipes and mails. Numbers are never cut to fit. */
export function renderAscii(result: RunResult, options: TextOptions): string {
  const layouts = ASCII_LAYOUTS.map((layout) =>
    lines(
      comparisonView(result, { ...options, ...layout, plusMinus: '+-' }),
      MAIL_WIDTH,
      asciiTable,
    ),
  );
  const fitting = layouts.find((text) => text.every((line) => line.length <= MAIL_WIDTH));
  return `${(fitting ?? layouts.at(-1) ?? []).join('\n')}\n`;
}

/** Box drawing, and colour as the chalk instance allows. */
export function renderBox(result: RunResult, options: TextOptions, chalk: ChalkInstance): string {
  const view = comparisonView(result, {
    ...options,
    plusMinus: '±',
    grouped: true,
    formulaColumn: true,
  });
  return `${lines(view, BOX_TEXT_WIDTH, (table) => boxTable(table, chalk)).join('\n')}\n`;
}
