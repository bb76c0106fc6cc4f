/** A run as headings, tables of text and notes: what the human-readable formats share. */

import {
  type AmountStyle,
  chooseUnit,
  formatBytes,
  formatCount,
  formatMagnitude,
  formatSigned,
  formatSignedBytes,
  groupDigits,
  type UnitChoice,
} from '../../render/amounts.ts';
import { errorText } from '../../render/error-text.ts';
import { formatSides, unitName } from '../../render/sides.ts';
import type { Layout, TextTable, TextView } from '../../render/view.ts';
import { pagesToBytes } from '../../units.ts';
import { traceNotesOf, traceText } from '../replay/trace/trace-text.ts';
import { tracedProcessesTable } from '../replay/trace/traced-processes-table.ts';
import { costNotes, costTables } from './cost-tables.ts';
import { exactLimit, findingsOf } from './findings.ts';
import { findingsText } from './findings-text.ts';
import {
  type ComparedScheme,
  type MeasuredRun,
  REPLAYED_FORMAT,
  type Reading,
  type RunResult,
} from './result.ts';
import { machineText, recordingText, workloadText } from './workload-text.ts';

/** What the user chose of a view. */
export interface ViewChoices {
  readonly unit: UnitChoice;
  readonly reading: Reading;
  /** The command that gives this result again. */
  readonly reproduce: string;
}

type ViewOptions = ViewChoices & Layout;

const CONTENTION_MARK = ' [1]';

const CONTENTION_NOTE = '[1] for updates one after the other; adds to one node at once: no bound';

function formulaText({ scheme, stated }: ComparedScheme): string {
  return `${stated.formula}${scheme === 'per-numa' ? CONTENTION_MARK : ''}`;
}

function boundsTable(
  { schemes, used, topology }: MeasuredRun,
  style: AmountStyle,
  { plusMinus, formulaColumn }: ViewOptions,
): TextTable {
  const right = 'right' as const;
  return {
    title: `Worst case of one counter, settled, in ${unitName(style)}`,
    columns: [
      { head: 'scheme', align: 'left' },
      ...(formulaColumn ? [{ head: 'formula', align: 'left' as const }] : []),
      { head: 'stated', align: right },
      { head: `exact, ${formatCount(topology.onlineCpus, 'CPU')}`, align: right },
      { head: `${groupDigits(used.cpus.toFixed(0))} used`, align: right },
    ],
    rows: schemes.map((row) => [
      row.name,
      ...(formulaColumn ? [formulaText(row)] : []),
      formatSides(row.stated, style, plusMinus),
      formatSides(row.exact, style, plusMinus),
      formatSides(row.exactUsed, style, plusMinus),
    ]),
  };
}

function operationOfLargest({ observed }: ComparedScheme, reading: Reading): string {
  const { under, over, underAtOperation, overAtOperation } = observed[reading];
  const operation = under >= over ? underAtOperation : overAtOperation;
  return operation === null ? '-' : groupDigits(operation.toFixed(0));
}

function observedTable(result: RunResult, style: AmountStyle, { reading }: ViewOptions): TextTable {
  const { schemes, operations } = result;
  const seed = result.format === REPLAYED_FORMAT ? '' : ` seed ${result.seed},`;
  const heads = ['low', 'high', 'mean', 'p50|e|', 'p99|e|', 'at op'];
  return {
    title: `Observed,${seed} ${formatCount(operations, 'operation')}, in ${unitName(style)}`,
    columns: [
      { head: 'scheme', align: 'left' },
      ...heads.map((head) => ({ head, align: 'right' as const })),
    ],
    rows: schemes.map((row) => {
      const { under, over, mean, p50, p99 } = row.observed[reading];
      return [
        row.name,
        formatSigned(-under, style),
        formatSigned(over, style),
        formatSigned(mean, style),
        formatMagnitude(p50, style),
        formatMagnitude(p99, style),
        operationOfLargest(row, reading),
      ];
    }),
  };
}

/** The command that made a result, and the fact that tells where its updates came from. */
function originOf(result: RunResult): [string, readonly [string, string]] {
  return result.format === REPLAYED_FORMAT
    ? ['replay', ['recording', recordingText(result)]]
    : ['compare', ['workload', workloadText(result.workload, result.topology, result.operations)]];
}

function traceFact(result: RunResult): [string, string][] {
  if (result.format !== REPLAYED_FORMAT || result.trace === undefined) return [];
  return [['trace', traceText(result.trace)]];
}

function processTables(
  result: RunResult,
  style: AmountStyle,
  { reading, plusMinus }: ViewOptions,
): TextTable[] {
  if (result.format !== REPLAYED_FORMAT) return [];
  return tracedProcessesTable(result, style, reading, plusMinus);
}

/** What a trace's figures are of. */
function traceNotes(result: RunResult): string[] {
  if (result.format !== REPLAYED_FORMAT || result.trace === undefined) return [];
  return traceNotesOf(result.trace);
}

/** Where RSS is a sum of counters, its error may exceed what one of them can be off. */
function membersNote(result: RunResult): string[] {
  if (result.format !== REPLAYED_FORMAT || result.recording.rssMembers < 2) return [];
  return [
    `RSS sums ${result.recording.rssMembers} counters here: each can be off by the worst case (per-thread: together)`,
  ];
}

export function comparisonView(result: RunResult, options: ViewOptions): TextView {
  const { topology, schemes } = result;
  const { pageSize } = topology;
  const largest = Math.max(...schemes.map((scheme) => exactLimit(scheme) ?? 0));
  const unit = chooseUnit(options.unit, largest, pageSize);
  const style: AmountStyle = { unit, pageSize, grouped: options.grouped };
  const formulas = schemes.map((row) => `${row.name} ${formulaText(row)}`).join('; ');
  const [command, origin] = originOf(result);
  return {
    title: `rss-err ${result.program.version} ${command}: how far off the reported RSS is, and can be`,
    facts: [
      ['machine', machineText(topology)],
      origin,
      ...traceFact(result),
      ['error', errorText(options.reading, style)],
    ],
    tables: [
      boundsTable(result, style, options),
      observedTable(result, style, options),
      ...processTables(result, style, options),
      ...costTables(result, options),
    ],
    findings: findingsText(
      findingsOf(result, options.reading),
      ({ observed }) => observed[options.reading].mean,
      (pages) => formatBytes(pagesToBytes(Math.abs(pages), pageSize)),
      (pages) => formatSignedBytes(pagesToBytes(pages, pageSize)),
    ),
    notes: [
      ...(options.formulaColumn ? [] : [`stated: ${formulas}`]),
      ...(schemes.some(({ scheme }) => scheme === 'per-numa') ? [CONTENTION_NOTE] : []),
      ...membersNote(result),
      ...traceNotes(result),
      ...costNotes(result),
    ],
    reproduce: options.reproduce,
  };
}
