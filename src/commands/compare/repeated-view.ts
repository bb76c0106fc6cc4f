/** Several runs of one comparison as headings, tables of text and notes. */

import { chooseUnit, formatCount, formatNumber, type Scale } from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import {
  errorText,
  exactText,
  machineText,
  seenFacts,
  seenHead,
  workloadText,
} from '../../render/words.ts';
import { exactLimit, shareText } from './findings.ts';
import type { Figure, Reading, Repeated, RepeatedScheme } from './result.ts';
import { type LeftOut, leftOutTable, leftOutText, shortOfTarget } from './start-view.ts';
import { faultNotes, type ViewChoices } from './view.ts';

const NAMES: Record<Figure, string> = {
  under: 'low',
  over: 'high',
  mean: 'mean',
  p50: 'p50|e|',
  p99: 'p99|e|',
};

const FIGURES = Object.keys(NAMES) as Figure[];

/** Largest magnitudes below the truth are shown as what they are of the reading: negative. */
function figureRow(row: RepeatedScheme, figure: Figure, reading: Reading): Cell[] {
  const { mean, halfWidth95, min, max } = row.observed[reading][figure];
  const sign = figure === 'under' ? -1 : 1;
  const signed = figure === 'under' || figure === 'over' || figure === 'mean';
  const amount = (pages: number): Cell => (signed ? { signed: sign * pages } : { pages });
  const [least, most] = sign < 0 ? [max, min] : [min, max];
  return [NAMES[figure], amount(mean), { pages: halfWidth95 }, amount(least), amount(most)];
}

function observedTable(result: Repeated, scale: Scale, reading: Reading): TextTable {
  return {
    title: `${seenHead('Observed', result.seen)} over ${formatCount(result.runs.length, 'run')}, seeds from ${result.seed}`,
    scale,
    columns: [...['scheme', 'figure'].map(left), ...['mean', '95% +-', 'least', 'most'].map(right)],
    rows: result.schemes.flatMap((row) =>
      FIGURES.map((figure, i) => [i === 0 ? row.name : '', ...figureRow(row, figure, reading)]),
    ),
  };
}

function boundsTable(result: Repeated, scale: Scale): TextTable {
  const exactHead = `exact, ${formatCount(result.topology.onlineCpus, 'CPU')}`;
  return {
    title: 'Worst case of one counter, settled',
    scale,
    columns: [left('scheme'), right('stated'), right(exactHead)],
    rows: result.schemes.map(({ name, stated, exact }) => [
      name,
      { sides: stated },
      { sides: exact },
    ]),
  };
}

/** Whose mean error came to rest, and when. */
function stationarityTable({ schemes, runs }: Repeated): TextTable {
  return {
    title: 'Stationary: runs whose mean error came to rest in their first half',
    columns: [left('scheme'), right('runs'), right('at the latest after, operations')],
    rows: schemes.map(({ name, stationaryRuns, burnInOperations }) => [
      name,
      `${stationaryRuns} of ${runs.length}`,
      burnInOperations === null ? '-' : formatNumber(burnInOperations),
    ]),
  };
}

function stationarityFindings({ schemes, runs }: Repeated): string[] {
  const moving = schemes.filter(({ stationaryRuns }) => 2 * stationaryRuns < runs.length);
  if (moving.length === 0) return [];
  const names = moving.map(({ name }) => name).join(', ');
  return [
    `Not stationary in most runs: ${names}. Such a mean depends on how long a run is; try more --operations.`,
  ];
}

function leftOutOf({ warmUp, schemes }: Repeated, reading: Reading): LeftOut | null {
  if (warmUp === undefined) return null;
  return {
    ...warmUp,
    schemes: schemes.flatMap(({ name, warmUp: own }) =>
      own === undefined ? [] : [{ name, extremes: own[reading] }],
    ),
  };
}

/** The largest errors of all runs, of the most that was resident in any. */
function sharesOfRuns({ schemes, runs, topology }: Repeated, reading: Reading): string[] {
  const errors = schemes.map(({ name, observed }) => ({
    name,
    worst: Math.max(observed[reading].under.max, observed[reading].over.max),
  }));
  const most = Math.max(...runs.map(({ largestRssPages }) => largestRssPages));
  return shareText(errors, most, topology.pageSize);
}

export function repeatedView(result: Repeated, choices: ViewChoices): TextView {
  const { topology, workload, operations, schemes } = result;
  const { pageSize } = topology;
  const limits = schemes.map((scheme) => exactLimit(scheme) ?? 0);
  const largestRssPages = Math.min(...result.runs.map((run) => run.largestRssPages));
  const short = shortOfTarget({ ...result, largestRssPages });
  const leftOut = leftOutOf(result, choices.reading);
  const scale = { unit: chooseUnit(choices.unit, Math.max(...limits), pageSize), pageSize };
  return {
    title: `rss-err ${result.program.version} compare: how far off the reported RSS is, and can be`,
    facts: [
      ['machine', machineText(topology)],
      ['workload', workloadText(workload, topology, operations)],
      ...seenFacts(result.seen),
      ...(short === null ? [] : [['reached', short] as const]),
      ...(leftOut === null ? [] : [['warm-up', leftOutText(leftOut, pageSize)] as const]),
      ['error', errorText(choices.reading, scale)],
    ],
    tables: [
      boundsTable(result, scale),
      observedTable(result, scale, choices.reading),
      ...(leftOut === null ? [] : [leftOutTable(leftOut, scale)]),
      stationarityTable(result),
    ],
    findings: [
      exactText(result.seen) ?? [
        ...sharesOfRuns(result, choices.reading),
        ...stationarityFindings(result),
      ],
    ].flat(),
    notes: [
      "95% +-: half the width of the confidence interval of the mean, by Student's t",
      `figures of a run include its start${leftOut === null ? '' : ' but for the warm-up'}; docs/reproducibility.md says how stationarity is judged`,
      ...faultNotes(schemes, pageSize),
    ],
    reproduce: choices.reproduce,
  };
}
