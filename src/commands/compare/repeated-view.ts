/** Several runs of one comparison as headings, tables of text and notes. */

import {
  type AmountStyle,
  chooseUnit,
  formatCount,
  formatMagnitude,
  formatSigned,
  groupDigits,
} from '../../render/amounts.ts';
import { errorText } from '../../render/error-text.ts';
import { formatSides, unitName } from '../../render/sides.ts';
import type { Layout, TextTable, TextView } from '../../render/view.ts';
import { FIGURES, type Figure, type Repeated, type RepeatedScheme } from './repeat.ts';
import type { Reading } from './result.ts';
import type { ViewChoices } from './view.ts';
import { machineText, workloadText } from './workload-text.ts';

const NAMES: Record<Figure, string> = {
  under: 'low',
  over: 'high',
  mean: 'mean',
  p50: 'p50|e|',
  p99: 'p99|e|',
};

/** Largest magnitudes below the truth are shown as what they are of the reading: negative. */
function figureRow(row: RepeatedScheme, figure: Figure, reading: Reading, style: AmountStyle) {
  const { mean, halfWidth95, min, max } = row.observed[reading][figure];
  const sign = figure === 'under' ? -1 : 1;
  const signed = figure === 'under' || figure === 'over' || figure === 'mean';
  const format = (pages: number) =>
    signed ? formatSigned(sign * pages, style) : formatMagnitude(pages, style);
  const [least, most] = sign < 0 ? [max, min] : [min, max];
  return [
    NAMES[figure],
    format(mean),
    formatMagnitude(halfWidth95, style),
    format(least),
    format(most),
  ];
}

function observedTable(result: Repeated, style: AmountStyle, reading: Reading): TextTable {
  const heads = ['mean', '95% +-', 'least', 'most'];
  return {
    title: `Observed over ${formatCount(result.runs.length, 'run')}, seeds from ${result.seed}, in ${unitName(style)}`,
    columns: [
      { head: 'scheme', align: 'left' },
      { head: 'figure', align: 'left' },
      ...heads.map((head) => ({ head, align: 'right' as const })),
    ],
    rows: result.schemes.flatMap((row) =>
      FIGURES.map((figure, i) => [
        i === 0 ? row.name : '',
        ...figureRow(row, figure, reading, style),
      ]),
    ),
  };
}

function boundsTable(result: Repeated, style: AmountStyle, plusMinus: string): TextTable {
  const right = 'right' as const;
  return {
    title: `Worst case of one counter, settled, in ${unitName(style)}`,
    columns: [
      { head: 'scheme', align: 'left' },
      { head: 'stated', align: right },
      { head: `exact, ${formatCount(result.topology.onlineCpus, 'CPU')}`, align: right },
    ],
    rows: result.schemes.map(({ name, stated, exact }) => [
      name,
      formatSides(stated, style, plusMinus),
      formatSides(exact, style, plusMinus),
    ]),
  };
}

/** Whose mean error came to rest, and when. */
function stationarityTable({ schemes, runs }: Repeated): TextTable {
  const right = 'right' as const;
  return {
    title: 'Stationary: runs whose mean error came to rest in their first half',
    columns: [
      { head: 'scheme', align: 'left' },
      { head: 'runs', align: right },
      { head: 'at the latest after, operations', align: right },
    ],
    rows: schemes.map(({ name, stationaryRuns, burnInOperations }) => [
      name,
      `${stationaryRuns} of ${runs.length}`,
      burnInOperations === null ? '-' : groupDigits(burnInOperations.toFixed(0)),
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

export function repeatedView(result: Repeated, choices: ViewChoices, layout: Layout): TextView {
  const { topology, workload, operations, schemes } = result;
  const { pageSize } = topology;
  const limits = schemes.map(({ exact }) => Math.max(exact?.under ?? 0, exact?.over ?? 0));
  const unit = chooseUnit(choices.unit, Math.max(...limits), pageSize);
  const style: AmountStyle = { unit, pageSize, grouped: layout.grouped };
  return {
    title: `rss-err ${result.program.version} compare: how far off the reported RSS is, and can be`,
    facts: [
      ['machine', machineText(topology)],
      ['workload', workloadText(workload, topology, operations)],
      ['error', errorText(choices.reading, style)],
    ],
    tables: [
      boundsTable(result, style, layout.plusMinus),
      observedTable(result, style, choices.reading),
      stationarityTable(result),
    ],
    findings: stationarityFindings(result),
    notes: [
      "95% +-: half the width of the confidence interval of the mean, by Student's t",
      'figures of a run include its start; docs/reproducibility.md says how stationarity is judged',
    ],
    reproduce: choices.reproduce,
  };
}
