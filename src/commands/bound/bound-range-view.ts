/** The bounds over a range of machine sizes as headings, tables of text and notes. */

import {
  type AmountStyle,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  formatRatio,
} from '../../render/amounts.ts';
import { formatSides, unitName } from '../../render/sides.ts';
import type { Column, Layout, TextTable, TextView } from '../../render/view.ts';
import { RSS_MEMBERS } from '../../schemes/rss.ts';
import {
  type BoundChoices,
  commonFacts,
  commonNotes,
  runningHead,
  tableStyle,
  titleOf,
} from './bound-text.ts';
import { crossingText } from './crossing-text.ts';
import { growthTables, levelsText } from './growth-text.ts';
import type { BoundResult, SchemeBounds, StaircaseStep } from './result.ts';

type Cell = (row: SchemeBounds) => string;

/** A row for each number of CPUs, a column for each scheme. */
function cpuTable(
  title: string,
  { rows }: BoundResult,
  names: readonly string[],
  cell: Cell,
): TextTable {
  return {
    title,
    columns: [
      { head: 'CPUs', align: 'right' },
      ...names.map((head): Column => ({ head, align: 'right', isName: true })),
    ],
    rows: rows.map(({ cpus, schemes }) => [
      formatNumber(cpus),
      ...names.map((name) => cell(schemes.find((row) => row.name === name)!)),
    ]),
    mayDivide: true,
  };
}

/** The schemes of which updates in flight change a bound and leave one. */
function isMovedInFlight({ exact, inFlight }: SchemeBounds): boolean {
  return inFlight.running !== null && inFlight.running.member.under !== exact.member.under;
}

function rangeTables(result: BoundResult, style: AmountStyle, layout: Layout): TextTable[] {
  const schemes = result.rows.at(-1)?.schemes ?? [];
  const { sizePages } = result;
  const names = schemes.map(({ name }) => name);
  const moved = schemes.filter(isMovedInFlight).map(({ name }) => name);
  const unit = unitName(style);
  const table = (title: string, cell: Cell, of = names) => cpuTable(title, result, of, cell);
  const sides = (bound: SchemeBounds['exact']['member'] | null) =>
    formatSides(bound, style, layout.plusMinus);
  return [
    table(`Stated bound of one counter, in ${unit}`, ({ stated }) => sides(stated.member)),
    table(`Exact worst case of one counter, settled, in ${unit}`, ({ exact }) =>
      sides(exact.member),
    ),
    ...(moved.length === 0
      ? []
      : [
          table(
            `Exact worst case of one counter, ${runningHead(result)}, in ${unit}`,
            ({ inFlight }) => sides(inFlight.running?.member ?? null),
            moved,
          ),
        ]),
    ...(sizePages === null
      ? []
      : [
          table(
            `RSS as read of ${formatPagesAndBytes(sizePages, style.pageSize)}, in ${unit}`,
            ({ seen }) => sides(seen?.rss ?? null),
          ),
        ]),
    table('Memory of one process, in bytes', ({ memory }) => formatNumber(memory.total)),
    ...growthTables(result.growth),
    ...staircaseTables(result.staircase, style, layout),
  ];
}

function staircaseTables(
  steps: readonly StaircaseStep[],
  style: AmountStyle,
  { plusMinus }: Layout,
): TextTable[] {
  const sides = (bound: StaircaseStep['exact']) => formatSides(bound, style, plusMinus);
  return [...new Set(steps.map(({ name }) => name))].map((name) => ({
    title: `Steps of ${name}, one counter, in ${unitName(style)}`,
    columns: ['CPUs', 'levels', 'stated', 'exact', 'stated/exact'].map(
      (head): Column => ({ head, align: 'right' }),
    ),
    rows: steps
      .filter((step) => step.name === name)
      .map(({ cpus, levels, stated, exact }) => [
        formatNumber(cpus),
        String(levels),
        sides(stated),
        sides(exact),
        formatRatio(stated.under, exact.under),
      ]),
  }));
}

function rangeText({ range }: BoundResult): string {
  if (range === null) return '';
  const { cpus, values, numaNodes } = range;
  return `N = ${cpus} (${formatCount(values, 'value')}): CPUs 0 to N - 1, all of them possible and online, over ${formatCount(numaNodes, 'NUMA node')}`;
}

export function boundRangeView(
  result: BoundResult,
  choices: BoundChoices,
  layout: Layout,
): TextView {
  const style = tableStyle(result, choices, layout);
  const schemes = result.rows[0]?.schemes ?? [];
  const threadsNote = schemes.some(({ scheme }) => scheme === 'per-thread')
    ? '; per-thread: the same as these, as one event counter serves all members'
    : '';
  return {
    title: titleOf(result),
    facts: [['machines', rangeText(result)], ...commonFacts(result, style)],
    tables: rangeTables(result, style, layout),
    findings: [...result.crossings.map(crossingText), ...levelsText(result.growth)],
    notes: [
      `RSS (file + anon + shmem): ${RSS_MEMBERS} times the figures of one counter${threadsNote}`,
      ...commonNotes(result, style),
    ],
    reproduce: choices.reproduce,
  };
}
