/** A replay against real kernels as headings, tables of text and notes. */

import {
  chooseUnit,
  formatCount,
  formatNumber,
  type Unit,
  type UnitChoice,
} from '../../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../../render/view.ts';
import type { Pages } from '../../../units.ts';
import type { Against, Difference, JudgedRun } from './result.ts';

/** "6.12 advdown 250/1": what runs are told apart by. */
function runText({ kernel, mode, onlineCpus, threads }: JudgedRun): string {
  return `${kernel} ${mode} ${onlineCpus}/${threads}`;
}

function counts(...values: number[]): Cell[] {
  return values.map((count) => ({ count }));
}

/** Runs may differ in their pages. */
function error(signed: Pages, { pageSize }: JudgedRun, unit: Unit): Cell {
  return { signed, scale: { unit, pageSize } };
}

function residualTable({ runs }: Against, unit: Unit): TextTable {
  return {
    title: `Predicted minus recorded reading, in ${unit}`,
    columns: [left('run'), ...['readings', 'differ', 'min', 'p50|r|', 'p99|r|', 'max'].map(right)],
    rows: runs.map((run) => {
      const { compared, differ, residual } = run.readings;
      const amounts = [residual.min, residual.p50, residual.p99, residual.max];
      return [
        runText(run),
        ...counts(compared, differ),
        ...amounts.map((pages) => error(pages, run, unit)),
      ];
    }),
    mayDivide: true,
  };
}

function rawTable({ runs }: Against, unit: Unit): TextTable {
  return {
    title: `Raw counters, and the kernel's own error as recorded, in ${unit}`,
    columns: [left('run'), ...['snapshots', 'values', 'differ', 'low', 'high'].map(right)],
    rows: runs.map((run) => {
      const { raw, recordedError } = run;
      return [
        runText(run),
        ...counts(raw.snapshots, raw.compared, raw.differ),
        error(-recordedError.under, run, unit),
        error(recordedError.over, run, unit),
      ];
    }),
    mayDivide: true,
  };
}

function verdictText({ total, agrees }: Against): string {
  const readings = formatCount(total.readings, 'reading');
  const values = formatCount(total.rawValues, 'raw value');
  if (agrees) return `EXACT: all ${readings} and all ${values} are the model's.`;
  return `NOT EXACT: ${formatNumber(total.readingsDiffer)} of ${readings} and ${formatNumber(total.rawDiffer)} of ${values} differ.`;
}

function differenceText({ name }: JudgedRun, first: Difference): string {
  const { step, field, predicted, recorded } = first;
  return `${name}: first after ${formatCount(step, 'event')}: ${field} is ${formatNumber(recorded)}, the model has ${formatNumber(predicted)}`;
}

function notesOf(runs: readonly JudgedRun[]): string[] {
  return runs.flatMap((run) =>
    [run.readings.first, run.raw.first].flatMap((first) =>
      first === null ? [] : [differenceText(run, first)],
    ),
  );
}

/** "6.1.0-56-amd64 (per-thread), …": each once. */
function kernelsText(runs: readonly JudgedRun[]): string {
  const kernels = runs.map(({ release, scheme }) => `${release} (${scheme})`);
  return [...new Set(kernels)].join(', ');
}

/** One unit for all runs; auto goes by the largest amount of any. */
function unitOf(runs: readonly JudgedRun[], choice: UnitChoice): Unit {
  const units = runs.map(({ pageSize, recordedError: { under, over }, readings: { residual } }) =>
    chooseUnit(choice, Math.max(under, over, -residual.min, residual.max), pageSize),
  );
  return units.find((unit) => unit !== 'KiB') ?? units[0] ?? 'pages';
}

export function againstView(result: Against, choice: UnitChoice, reproduce: string): TextView {
  const { runs, program } = result;
  const unit = unitOf(runs, choice);
  return {
    title: `rss-err ${program.version} replay --against: does the model read what the kernel read?`,
    facts: [
      ['kernels', kernelsText(runs)],
      ['run', 'kernel, what was done (docs/kernels.md), CPUs/threads'],
      ['reading', 'file + anon + shmem as get_mm_rss() has it, each clamped at 0'],
      ['start', "the kernel's own counters at step 0 of each run"],
    ],
    tables: [residualTable(result, unit), rawTable(result, unit)],
    findings: [verdictText(result)],
    notes: notesOf(runs),
    reproduce,
  };
}
