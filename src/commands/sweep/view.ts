/** A report of a sweep as tables: which scheme is better where, and schemes against each other in pairs. */
import { formatCount, formatMean, formatNumber } from '../../render/amounts.ts';
import { left, right, type TextTable, type TextView } from '../../render/view.ts';
import type { SweepReport } from './result.ts';

const within = (mean: number, halfWidth95: number | null) =>
  halfWidth95 === null ? formatMean(mean) : `${formatMean(mean)} +- ${formatMean(halfWidth95)}`;

function bestText({ best }: SweepReport['combinations'][number]): string {
  if (best === null) return '';
  if (best.scheme === null) return 'equal';
  return best.decided ? best.scheme : `${best.scheme} (?)`;
}

function whereTable({ combinations, figure, overall }: SweepReport): TextTable {
  const [first] = combinations;
  const parameters = Object.keys(first?.parameters ?? {});
  const keys = Object.keys(first?.keys ?? {});
  const names = overall.map(({ name }) => name);
  return {
    title: `${figure}: mean over seeds`,
    columns: [
      ...parameters.map(left),
      ...keys.map(left),
      ...names.map((name) => ({ ...right(name), isName: true }) as const),
      ...(names.length > 1 ? [left('lowest')] : []),
    ],
    rows: combinations.map((combination) => {
      const means = names.map((name) => {
        const found = combination.schemes.find((scheme) => scheme.name === name);
        return found === undefined ? '' : within(found.mean, found.halfWidth95);
      });
      const told = [...Object.values(combination.parameters), ...Object.values(combination.keys)];
      return [...told, ...means, ...(names.length > 1 ? [bestText(combination)] : [])];
    }),
    mayDivide: true,
  };
}

const probability = (p: number | null) => (p === null ? '-' : p < 0.001 ? '<0.001' : p.toFixed(3));

function pairsTable({ overall, against, combinations }: SweepReport): TextTable {
  return {
    title: `Pairs with ${against} on the same streams, over ${formatCount(combinations.length, 'row')}`,
    columns: [
      left('scheme'),
      ...['lowest in', 'lower', 'equal', 'higher', 'sign test p'].map(right),
    ],
    rows: overall.map(({ name, best, lower, equal, higher, p }) =>
      name === against
        ? [name, { count: best }, '', '', '', '']
        : [
            name,
            { count: best },
            { count: lower },
            { count: equal },
            { count: higher },
            probability(p),
          ],
    ),
  };
}

/** "--operations 20000", of the options that do not vary. */
function constantFacts(constant: SweepReport['constant']): [string, string][] {
  const words = Object.entries(constant).flatMap(([name, values]) =>
    values.map((value) => (value === '' ? `--${name}` : `--${name} ${value}`)),
  );
  return words.length === 0 ? [] : [['all', words.join(', ')]];
}

/** The sample size of a row. */
function seedsText(combinations: SweepReport['combinations']): string {
  const counts = new Set(combinations.flatMap(({ schemes }) => schemes.map(({ seeds }) => seeds)));
  const sorted = [...counts].sort((a, b) => a - b);
  const [least = 0, most = least] = [sorted[0], sorted.at(-1)];
  const range =
    counts.size > 1 ? `${formatNumber(least)} to ${formatNumber(most)}` : formatNumber(least);
  return `${range} a row`;
}

/** @param reproduce the command line that gives the report again. */
export function reportView(report: SweepReport, reproduce: string): TextView {
  const { program, command, constant, figure, meaning, points, refused, missing } = report;
  const { overall, combinations } = report;
  const rest = [
    ...(refused > 0 ? [`${formatNumber(refused)} refused`] : []),
    ...(missing > 0 ? [`${formatNumber(missing)} not there`] : []),
  ];
  const isRepeated = combinations.some(({ schemes }) => schemes.some(({ seeds }) => seeds > 1));
  return {
    title: `rss-err ${program.version} sweep ${command}: which scheme is better where`,
    facts: [
      ['figure', meaning === '' ? figure : `${figure}: ${meaning}`],
      ...constantFacts(constant),
      ['points', [formatCount(points, 'simulated point'), ...rest].join(', ')],
      ['seeds', seedsText(combinations)],
    ],
    tables: [whereTable(report), ...(overall.length > 1 ? [pairsTable(report)] : [])],
    findings: missing > 0 ? ['Not all of the grid is there: what follows is of what is.'] : [],
    notes: isRepeated
      ? [
          "+-: half the width of the 95% confidence interval of the mean over seeds, by Student's t",
          '(?): the paired difference to the next scheme may be 0 by its 95% confidence interval',
          'sign test: how likely so uneven a split of lower and higher is by chance, two-sided',
        ]
      : ['one seed a row: --seed 1..20 gives intervals; (?): not decided by one'],
    reproduce,
  };
}
