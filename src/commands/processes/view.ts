/** Errors over many processes as headings, tables of text and notes. */
import { MEMBERS } from '../../kernel/rss-stat.ts';
import {
  type AmountStyle,
  chooseUnit,
  formatCount,
  formatMagnitude,
  formatNumber,
  formatSigned,
  type UnitChoice,
} from '../../render/amounts.ts';
import { errorText } from '../../render/error-text.ts';
import { formatSides, unitName } from '../../render/sides.ts';
import type { Layout, TextTable, TextView } from '../../render/view.ts';
import type { Reading } from '../compare/result.ts';
import { machineText } from '../compare/workload-text.ts';
import { endNotes, mmsText, processWorkloadText } from './processes-text.ts';
import type {
  ExtremeError,
  ProcessesResult,
  ProcessesScheme,
  Quantity,
  QuantityResult,
} from './result.ts';

export interface ProcessesChoices {
  readonly unit: UnitChoice;
  readonly reading: Reading;
  /** The command that gives this result again. */
  readonly reproduce: string;
}

const right = 'right' as const;
const left = 'left' as const;

function errorsOf({ errors }: ProcessesScheme, quantity: Quantity): QuantityResult {
  const found = errors.find((candidate) => candidate.quantity === quantity);
  if (found === undefined) throw new RangeError(`no errors of ${quantity}`);
  return found;
}

function rssTable(result: ProcessesResult, style: AmountStyle, reading: Reading): TextTable {
  const { schemes, seed, operations } = result;
  const heads = ['low', 'high', 'mean', 'p50|e|', 'p99|e|'];
  return {
    title: `RSS, observed, seed ${seed}, ${formatCount(operations, 'operation')}, in ${unitName(style)}`,
    columns: [{ head: 'scheme', align: left }, ...heads.map((head) => ({ head, align: right }))],
    rows: schemes.map((scheme) => {
      const { [reading]: errors } = errorsOf(scheme, 'rss');
      return [
        scheme.name,
        formatSigned(-errors.under.pages, style),
        formatSigned(errors.over.pages, style),
        formatSigned(errors.mean, style),
        formatMagnitude(errors.p50, style),
        formatMagnitude(errors.p99, style),
      ];
    }),
  };
}

function programTable({ schemes }: ProcessesResult, style: AmountStyle): TextTable {
  const programs = schemes[0]?.largestOfMm ?? [];
  return {
    title: `Largest clamped RSS error of each mm in its life, in ${unitName(style)}`,
    columns: [
      { head: 'scheme', align: left },
      ...programs.flatMap(({ program }) =>
        ['p50', 'p99'].map((percentile) => ({ head: `${program} ${percentile}`, align: right })),
      ),
    ],
    rows: schemes.map(({ name, largestOfMm }) => [
      name,
      ...largestOfMm.flatMap(({ p50, p99 }) => [
        formatMagnitude(p50, style),
        formatMagnitude(p99, style),
      ]),
    ]),
    mayDivide: true,
  };
}

function memberTable(
  { schemes, topology }: ProcessesResult,
  style: AmountStyle,
  reading: Reading,
  { plusMinus }: Layout,
): TextTable {
  const exactHead = `exact, ${formatCount(topology.onlineCpus, 'CPU')}`;
  return {
    title: `Each member, low/high, in ${unitName(style)}`,
    columns: [
      { head: 'scheme', align: left },
      { head: exactHead, align: right },
      ...MEMBERS.map((head) => ({ head, align: right })),
    ],
    rows: schemes.map((scheme) => [
      scheme.name,
      formatSides(scheme.exact, style, plusMinus),
      ...MEMBERS.map((member) => {
        const { under, over } = errorsOf(scheme, member)[reading];
        return formatSides({ under: under.pages, over: over.pages }, style, plusMinus);
      }),
    ]),
    mayDivide: true,
  };
}

function whoseText({ process, program, operation }: ExtremeError): string {
  if (process === null || operation === null) return '-';
  return `${program} ${process}, op ${formatNumber(operation)}`;
}

function whoseTable({ schemes }: ProcessesResult, reading: Reading): TextTable {
  return {
    title: 'Whose RSS: program, process and its operation',
    columns: ['scheme', 'lowest', 'highest'].map((head) => ({ head, align: left })),
    rows: schemes.map((scheme) => {
      const { under, over } = errorsOf(scheme, 'rss')[reading];
      return [scheme.name, whoseText(under), whoseText(over)];
    }),
  };
}

export function processesView(
  result: ProcessesResult,
  { unit, reading, reproduce }: ProcessesChoices,
  layout: Layout,
): TextView {
  const { pageSize } = result.topology;
  const largest = Math.max(...result.schemes.map(({ exact }) => Math.max(exact.under, exact.over)));
  const style: AmountStyle = {
    unit: chooseUnit(unit, largest, pageSize),
    pageSize,
    grouped: layout.grouped,
  };
  return {
    title: `rss-err ${result.program.version} processes: how far off the RSS of many processes is`,
    facts: [
      ['machine', machineText(result.topology)],
      ['workload', processWorkloadText(result)],
      ['mms', mmsText(result)],
      ['error', errorText(reading, style)],
    ],
    tables: [
      rssTable(result, style, reading),
      whoseTable(result, reading),
      programTable(result, style),
      memberTable(result, style, reading, layout),
    ],
    findings: [],
    notes: [
      'exact: one member, settled, all threads of the largest process; RSS sums three',
      ...endNotes(result),
    ],
    reproduce,
  };
}

/** The largest clamped error of RSS of any process, either side, over all schemes; pages. */
export function largestRssError({ schemes }: ProcessesResult): { name: string; pages: number } {
  return schemes
    .map((scheme) => {
      const { under, over } = errorsOf(scheme, 'rss').clamped;
      return { name: scheme.name, pages: Math.max(under.pages, over.pages) };
    })
    .reduce((largest, row) => (row.pages > largest.pages ? row : largest));
}
