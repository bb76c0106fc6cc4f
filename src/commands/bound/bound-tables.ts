/** The tables of the bounds of one machine: a row a scheme. */

import {
  type AmountStyle,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  formatSigned,
} from '../../render/amounts.ts';
import { formatSides, unitName } from '../../render/sides.ts';
import type { Column, Layout, TextTable } from '../../render/view.ts';
import { CONTENTION_MARK, runningHead } from './bound-text.ts';
import type { BoundResult, MemberAndRss, Reach, SchemeBounds } from './result.ts';

/** How all tables of one result are written. */
interface Drawing {
  readonly result: BoundResult;
  readonly style: AmountStyle;
  readonly layout: Layout;
}

interface SchemeColumn {
  readonly head: string;
  readonly align?: 'left';
  readonly cell: (row: SchemeBounds) => string;
}

/** One counter, or all of RSS. */
type Whose = keyof MemberAndRss;

function schemeTable(
  title: string,
  { rows }: BoundResult,
  columns: readonly SchemeColumn[],
): TextTable {
  const heads = columns.map(({ head, align }): Column => ({ head, align: align ?? 'right' }));
  return {
    title,
    columns: [{ head: 'scheme', align: 'left' }, ...heads],
    rows: (rows[0]?.schemes ?? []).map((row) => [
      row.name,
      ...columns.map(({ cell }) => cell(row)),
    ]),
    mayDivide: true,
  };
}

export function formulaText({ scheme, stated }: SchemeBounds): string {
  return `${stated.formula}${scheme === 'per-numa' ? CONTENTION_MARK : ''}`;
}

function reachText({ count, of }: Reach): string {
  return count === 0 ? '-' : `${formatNumber(count)} ${count === 1 ? of.slice(0, -1) : of}`;
}

function boundText(bound: MemberAndRss | null, whose: Whose, { style, layout }: Drawing): string {
  return bound === null
    ? `no bound${CONTENTION_MARK}`
    : formatSides(bound[whose], style, layout.plusMinus);
}

/** Stated and exact, and exact of the CPUs of --used. */
function settledColumns(whose: Whose, drawing: Drawing): SchemeColumn[] {
  const { rows, used } = drawing.result;
  return [
    { head: 'stated', cell: ({ stated }) => boundText(stated, whose, drawing) },
    {
      head: `exact, ${formatCount(rows[0]?.cpus ?? 0, 'CPU')}`,
      cell: ({ exact }) => boundText(exact, whose, drawing),
    },
    ...(used === null
      ? []
      : [
          {
            head: `${formatNumber(used.count)} used`,
            cell: (row: SchemeBounds) => boundText(row.used, whose, drawing),
          },
        ]),
  ];
}

function runningColumn(whose: Whose, drawing: Drawing): SchemeColumn {
  return {
    head: runningHead(drawing.result),
    cell: ({ inFlight }) => boundText(inFlight.running, whose, drawing),
  };
}

function settledTable(drawing: Drawing): TextTable {
  const { result, style, layout } = drawing;
  return schemeTable(`Worst case of one counter, settled, in ${unitName(style)}`, result, [
    ...(layout.formulaColumn
      ? [{ head: 'formula', align: 'left' as const, cell: formulaText }]
      : []),
    ...settledColumns('member', drawing),
    { head: 'reached by', cell: ({ exact }) => reachText(exact.reachedBy) },
  ]);
}

function inFlightTable(drawing: Drawing): TextTable {
  const { result, style } = drawing;
  return schemeTable(`Updates in flight, one counter, in ${unitName(style)}`, result, [
    { head: 'settled', cell: ({ exact }) => boundText(exact, 'member', drawing) },
    runningColumn('member', drawing),
    {
      head: `${formatNumber(result.inFlight.updates - 1)} stalled`,
      cell: ({ inFlight }) => boundText(inFlight.stalled, 'member', drawing),
    },
  ]);
}

function rssTable(drawing: Drawing): TextTable {
  const { result, style } = drawing;
  return schemeTable(`RSS (file + anon + shmem), in ${unitName(style)}`, result, [
    ...settledColumns('rss', drawing),
    ...(result.inFlight.updates === 0 ? [] : [runningColumn('rss', drawing)]),
  ]);
}

/** The low side, raw and through the clamp at zero; the high side is the same in both. */
function seenTable({ result, style }: Drawing): TextTable {
  const low = (bound: MemberAndRss | null, whose: Whose) =>
    bound === null ? 'N/A' : formatSigned(-bound[whose].under, style);
  const size = formatPagesAndBytes(result.sizePages ?? 0, style.pageSize);
  return schemeTable(`How low of ${size}, settled, in ${unitName(style)}`, result, [
    { head: 'one counter, raw', cell: ({ exact }) => low(exact, 'member') },
    { head: 'as read', cell: ({ seen }) => low(seen, 'member') },
    { head: 'RSS, raw', cell: ({ exact }) => low(exact, 'rss') },
    { head: 'as read', cell: ({ seen }) => low(seen, 'rss') },
  ]);
}

function memoryTable({ result }: Drawing): TextTable {
  const bytes = (value: number) => (value === 0 ? '-' : formatNumber(value));
  return schemeTable('Memory of one process, in bytes', result, [
    { head: 'mm_struct', cell: ({ memory }) => bytes(memory.mmStruct) },
    { head: 'per-CPU', cell: ({ memory }) => bytes(memory.perCpu) },
    { head: 'tree items', cell: ({ memory }) => bytes(memory.items) },
    { head: 'tasks', cell: ({ memory }) => bytes(memory.threads) },
    { head: 'total', cell: ({ memory }) => bytes(memory.total) },
  ]);
}

/** All tables of one machine. */
export function boundTables(result: BoundResult, style: AmountStyle, layout: Layout): TextTable[] {
  const drawing = { result, style, layout };
  return [
    settledTable(drawing),
    ...(result.inFlight.updates === 0 ? [] : [inFlightTable(drawing)]),
    rssTable(drawing),
    ...(result.sizePages === null ? [] : [seenTable(drawing)]),
    memoryTable(drawing),
  ];
}
