/** The bounds over a range of machine sizes as headings, tables of text and notes. */

import {
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  formatRatio,
  type Scale,
} from '../../render/amounts.ts';
import {
  type Cell,
  type Column,
  left,
  right,
  type TextTable,
  type TextView,
} from '../../render/view.ts';
import { listed } from '../../render/words.ts';
import { RSS_MEMBERS, schemeNamed } from '../../schemes/registry.ts';
import type {
  BoundResult,
  Fit,
  Growth,
  GrowthModel,
  SchemeBounds,
  StaircaseStep,
} from './result.ts';
import {
  type BoundChoices,
  commonFacts,
  commonNotes,
  crossingText,
  ofLargest,
  ofUsedText,
  runningHead,
  scaleOf,
  shownBounds,
  titleOf,
  usedFacts,
  WORDS_NOTE,
} from './view.ts';

type CellOf = (row: SchemeBounds) => Cell;

/** A row for each number of CPUs, a column for each scheme. */
function cpuTable(
  title: string,
  { schemes }: BoundResult,
  names: readonly string[],
  cell: CellOf,
): TextTable {
  const machines = [...new Set(schemes.map(({ onlineCpus }) => onlineCpus))];
  const each = schemes.length / machines.length;
  return {
    title,
    columns: [right('CPUs'), ...names.map((name): Column => ({ ...right(name), isName: true }))],
    rows: machines.map((cpus, i) => {
      const ofMachine = schemes.slice(i * each, (i + 1) * each);
      return [
        formatNumber(cpus),
        ...names.map((name) => cell(ofMachine.find((row) => row.name === name)!)),
      ];
    }),
    mayDivide: true,
  };
}

/** The schemes of which updates in flight change a bound and leave one. */
function isMovedInFlight(row: SchemeBounds): boolean {
  const { exact, inFlight } = shownBounds(row);
  return inFlight.running !== null && inFlight.running.under !== exact.under;
}

function rangeTables(result: BoundResult, scale: Scale): TextTable[] {
  const schemes = ofLargest(result);
  const { sizePages } = result;
  const of = ofUsedText(result);
  const names = schemes.map(({ name }) => name);
  const moved = schemes.filter(isMovedInFlight).map(({ name }) => name);
  const table = (title: string, cell: CellOf, of = names): TextTable => ({
    ...cpuTable(title, result, of, cell),
    scale,
  });
  return [
    table('Stated bound of one counter', ({ stated }) => ({ sides: stated })),
    table('Exact worst case of one counter, settled', ({ exact }) => ({ sides: exact })),
    ...(result.used === null
      ? []
      : [
          table(`Exact worst case of one counter, settled${of}`, ({ exactUsed }) => ({
            sides: exactUsed,
          })),
        ]),
    ...(moved.length === 0
      ? []
      : [
          table(
            `Exact worst case of one counter, ${runningHead(result)}${of}`,
            (row) => ({ sides: shownBounds(row).inFlight.running }),
            moved,
          ),
        ]),
    ...(sizePages === null
      ? []
      : [
          table(`RSS as read of ${formatPagesAndBytes(sizePages, scale.pageSize)}${of}`, (row) => ({
            sides: shownBounds(row).seen?.rss ?? null,
          })),
        ]),
    ...(schemes[0]?.oom === undefined
      ? []
      : [
          table(`OOM: least difference in RSS that no error reverses${of}`, (row) => ({
            pages: shownBounds(row).oom?.rss ?? 0,
          })),
        ]),
    cpuTable('Memory of one process, in bytes', result, names, ({ memory }) =>
      formatNumber(memory.total),
    ),
    ...growthTables(result.growth, of),
    ...staircaseTables(result.staircase, scale, of),
  ];
}

function staircaseTables(
  steps: readonly StaircaseStep[],
  scale: Scale,
  ofUsed: string,
): TextTable[] {
  return [...new Set(steps.map(({ name }) => name))].map((name) => ({
    title: `Steps of ${name}, one counter${ofUsed}`,
    scale,
    columns: ['CPUs', 'levels', 'stated', 'exact', 'stated/exact'].map(right),
    rows: steps
      .filter((step) => step.name === name)
      .map(({ onlineCpus, levels, stated, exact }) => [
        formatNumber(onlineCpus),
        String(levels),
        { sides: stated },
        { sides: exact },
        formatRatio(stated.under, exact.under),
      ]),
  }));
}

const CURVES: Record<GrowthModel | 'constant', string> = {
  constant: 'constant',
  N: 'a*N',
  'N log2 N': 'a*N*log2(N)',
  'N^2': 'a*N^2',
};

const MODELS = ['N', 'N log2 N', 'N^2'] as const satisfies readonly GrowthModel[];

/** Three significant digits, whole numbers from 100 on. */
function formatCoefficient(value: number): string {
  return value >= 100 ? formatNumber(value) : Number(value.toPrecision(3)).toString();
}

/** A share as a percentage of two significant digits. */
function formatResidual(residual: number): string {
  const percent = 100 * residual;
  return `${percent < 0.01 ? '<0.01' : Number(percent.toPrecision(2)).toString()}%`;
}

function fitText(fits: readonly Fit[], model: GrowthModel): string {
  const fit = fits.find((candidate) => candidate.model === model);
  return fit === undefined ? '-' : formatResidual(fit.residual);
}

function bestText({ best, fits }: Growth): string {
  const fit = fits.find(({ model }) => model === best);
  return fit === undefined
    ? CURVES[best]
    : `${CURVES[best]}, a = ${formatCoefficient(fit.coefficient)}`;
}

function growthRangeText({ from, to }: Growth): string {
  return `N = ${formatNumber(from)} to ${formatNumber(to)}`;
}

/** What each curve leaves at its best a: the root of Σ (y − a·f)² / Σ y². */
function growthTables(growth: readonly Growth[], ofUsed: string): TextTable[] {
  const [first] = growth;
  if (first === undefined) return [];
  return [
    {
      title: `Growth of the exact worst case over ${growthRangeText(first)}${ofUsed}: residuals`,
      columns: [left('scheme'), ...MODELS.map((model) => right(CURVES[model])), left('best')],
      rows: growth.map((row) => [
        row.name,
        ...MODELS.map((model) => fitText(row.fits, model)),
        bestText(row),
      ]),
    },
  ];
}

/** The level counts that a tree's verdict rests on. */
function levelsText(growth: readonly Growth[]): string[] {
  return growth.flatMap((row) => {
    const { name, levels } = row;
    if (levels.length === 0) return [];
    const noun = levels.length === 1 && levels[0] === 1 ? 'level' : 'levels';
    return [
      `Over ${growthRangeText(row)} ${name} has ${listed(levels.map(String))} ${noun}: over another range another curve can fit best.`,
    ];
  });
}

function rangeText({ range }: BoundResult): string {
  if (range === null) return '';
  const { cpus, values, numaNodes } = range;
  return `N = ${cpus} (${formatCount(values, 'value')}): CPUs 0 to N - 1, all of them possible and online, over ${formatCount(numaNodes, 'NUMA node')}`;
}

export function boundRangeView(result: BoundResult, choices: BoundChoices): TextView {
  const scale = scaleOf(result, choices);
  const schemes = ofLargest(result);
  const threadsNote = schemes.some(({ scheme }) => schemeNamed(scheme).heldBy.of === 'threads')
    ? '; per-thread: the same as these, as one event counter serves all members'
    : '';
  return {
    title: titleOf(result),
    facts: [['machines', rangeText(result)], ...usedFacts(result), ...commonFacts(result, scale)],
    tables: rangeTables(result, scale),
    findings: [
      ...result.crossings.map((crossing) => crossingText(crossing, result.used)),
      ...levelsText(result.growth),
    ],
    notes: [
      WORDS_NOTE,
      `RSS (file + anon + shmem): ${RSS_MEMBERS} times the figures of one counter${threadsNote}`,
      ...commonNotes(result, scale),
    ],
    reproduce: choices.reproduce,
  };
}
