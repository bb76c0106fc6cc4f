/** The model's result as headings, a table of selections and sentences. */
import {
  chooseUnit,
  formatCount,
  formatDuration,
  formatMean,
  formatNumber,
  formatPagesAndBytes,
  type Scale,
} from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import { cpusText, machineText, policyText, seenFacts, seenHead } from '../../render/words.ts';
import type { Bytes } from '../../units.ts';
import type { ViewChoices } from '../compare/view.ts';
import { PUBLISHED } from './model.ts';
import type { ModelResult, ModelRow } from './model-result.ts';
import { POPULATIONS } from './population.ts';
import { MOST_PRECISE_SUMS } from './selection.ts';

type ModelChoices = Pick<ViewChoices, 'unit' | 'reproduce'>;

export function populationText({ population, topology }: ModelResult): string {
  const { name, processes, threads, age, memoryPages, mappingPages, turnover } = population;
  const { min, max } = mappingPages;
  return [
    `${name}: ${POPULATIONS[name].description}`,
    `${formatCount(processes, 'process', 'processes')} that fill ${formatPagesAndBytes(memoryPages, topology.pageSize)}`,
    ...(threads === null ? [] : [`${formatCount(threads, 'thread')} each`]),
    ...(age === null
      ? []
      : [`the one that stands out ${age === 'mixed' ? 'amid the others' : `the ${age}`}`]),
    policyText(population.policy),
    ...cpusText(population, topology),
    `${min} to ${formatCount(max, 'page')} a mapping`,
    `${formatNumber(turnover)} times as many operations as fill each`,
  ].join(', ');
}

/** "0-17%". */
function percentText({ low, high }: ModelRow['wrongShare']): string {
  return `${Math.floor(100 * low)}-${Math.ceil(100 * high)}%`;
}

function rowCells(row: ModelRow, runs: number): Cell[] {
  return [
    row.scheme,
    row.selection,
    `${row.wrong}/${runs}`,
    percentText(row.wrongShare),
    `${row.tied}`,
    { pages: row.short.mean },
    { pages: row.short.most },
    row.kills === null ? '-' : { mean: row.kills.mean },
  ];
}

function selectionTable({ rows, runs, seed, seen }: ModelResult, scale: Scale): TextTable {
  return {
    title: `${seenHead('Observed', seen)} over ${formatCount(runs, 'run')}, seeds from ${seed}`,
    scale,
    columns: [
      left('scheme'),
      left('selection'),
      ...['wrong', '95%', 'ties', 'short', 'most', 'kills'].map(right),
    ],
    rows: rows.map((row) => rowCells(row, runs)),
    mayDivide: true,
  };
}

function timeTable({ rows, topology, population }: ModelResult): TextTable {
  return {
    title: `Modelled: the first selection, among ${formatCount(population.processes, 'process', 'processes')} on ${formatCount(topology.onlineCpus, 'CPU')}`,
    columns: [left('scheme'), left('selection'), right('sums'), right('time')],
    rows: rows.map(({ scheme, selection, preciseSums, modelledMicroseconds }) => [
      scheme,
      selection,
      { mean: preciseSums.mean },
      formatDuration(1000 * modelledMicroseconds),
    ]),
  };
}

function witnessText(
  { scheme, largePages, smallPages, smallProcesses, victimPages }: ModelResult['witnesses'][number],
  pageSize: Bytes,
): string {
  return `To check by hand, two passes with the range of ${scheme} here, every count right: the oldest process has ${formatPagesAndBytes(largePages, pageSize)}, ${formatNumber(smallProcesses)} younger ones ${formatCount(smallPages, 'page')} each. All are in range, the first ${MOST_PRECISE_SUMS} are summed precisely, and the last, of ${formatCount(victimPages, 'page')}, is killed unseen.`;
}

function findingsOf({
  rows,
  runs,
  topology,
  witnesses,
  bestKills,
  population,
}: ModelResult): string[] {
  const { pageSize } = topology;
  // The series has its own counters; where they are not among these, any shows the rule.
  const shown = witnesses.find(({ scheme }) => scheme.startsWith('tree')) ?? witnesses[0];
  const wrong = rows.filter((row) => row.wrong > 0);
  const worst = wrong.reduce<ModelRow | null>(
    (most, row) => (most === null || row.wrong >= most.wrong ? row : most),
    null,
  );
  return [
    worst === null
      ? `No selection was wrong in ${formatCount(runs, 'run')}.`
      : `Most often wrong was ${worst.scheme}, ${worst.selection}: in ${worst.wrong} of ${formatCount(runs, 'run')} another process truly had more, by ${formatPagesAndBytes(worst.short.most, pageSize)} at most.`,
    ...(bestKills === null
      ? []
      : [
          `By the true sizes ${formatMean(bestKills.mean)} ${bestKills.mean === 1 ? 'kill frees' : 'kills free'} ${formatPagesAndBytes(population.freePages, pageSize)}.`,
        ]),
    ...(shown === undefined ? [] : [witnessText(shown, pageSize)]),
  ];
}

function timeNote(): string {
  const { approximate, precise, twoPass, processes, cpus } = PUBLISHED;
  const [a, b, c] = [approximate, precise, twoPass].map((ms) => ms.toFixed(1));
  return `time: a model of the published one, ${formatNumber(processes)} processes on ${cpus} CPUs in ${a}, ${b} and ${c} ms`;
}

export function modelView(result: ModelResult, choices: ModelChoices): TextView {
  const { program, topology, rows } = result;
  const { pageSize } = topology;
  const largest = Math.max(...rows.map(({ short }) => short.most));
  const scale = { unit: chooseUnit(choices.unit, largest, pageSize), pageSize };
  return {
    title: `rss-err ${program.version} oom --model: how often the OOM killer is wrong`,
    facts: [
      ['machine', machineText(topology)],
      ['population', populationText(result)],
      ...seenFacts(result.seen),
    ],
    tables: [selectionTable(result, scale), timeTable(result)],
    findings: findingsOf(result),
    notes: [
      'wrong: another process truly had more points; 95%: confidence interval of the share; ties: age decided',
      'short, most: resident pages of the best victim beyond those of the one killed, mean and largest',
      'kills: until enough is free; sums: processes summed precisely, four counters each',
      'approximate: kernels to 6.19; precise: 7.0; two-pass: tree series, versions 10 to 16',
      timeNote(),
    ],
    reproduce: choices.reproduce,
  };
}
