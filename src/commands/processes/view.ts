/** Errors over many processes as headings, tables of text and notes. */
import { MEMBERS } from '../../kernel/rss-stat.ts';
import {
  chooseUnit,
  formatBytes,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  formatPercent,
  formatRatio,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import {
  cpusText,
  errorText,
  exactText,
  listed,
  machineText,
  policyText,
  seenFacts,
  seenHead,
} from '../../render/words.ts';
import { pagesToBytes } from '../../units.ts';
import type { Reading } from '../compare/result.ts';
import { ERROR_COLUMNS, errorCells, faultNotes, type ViewChoices } from '../compare/view.ts';
import type {
  ExtremeError,
  ProcessesResult,
  ProcessesScheme,
  Quantity,
  QuantityResult,
} from './result.ts';

/** What the text of a workload is of. */
interface Told {
  readonly workload: Omit<ProcessesResult['workload'], 'seed'>;
  readonly topology: Pick<ProcessesResult['topology'], 'pageSize' | 'onlineCpus'>;
}

function jobsText({ workload, topology }: Told): string[] {
  const { processes, jobs, jobPages } = workload;
  if (processes === 0) return [];
  const bytes = (pages: number) => formatBytes(pagesToBytes(pages, topology.pageSize));
  return [
    formatCount(processes, 'short-lived process', 'short-lived processes'),
    `up to ${formatNumber(Math.min(jobs, processes))} at once`,
    `each touching ${bytes(jobPages.min)} to ${bytes(jobPages.max)} of heap`,
  ];
}

function serversText({ workload, topology }: Told): string[] {
  const { servers, threads, operations, serverPages, reclaimPerMillion } = workload;
  if (servers === 0) return [];
  return [
    `${formatCount(servers, 'server')} of ${formatCount(threads, 'thread')} and ${formatCount(operations, 'operation')} each`,
    `steady at ${formatPagesAndBytes(serverPages, topology.pageSize)}`,
    `pages reclaimed before ${formatPercent(reclaimPerMillion)} of the operations`,
  ];
}

export function processWorkloadText(result: Told): string {
  const { workload, topology } = result;
  const { min, max } = workload.mappingPages;
  const parts = [
    ...jobsText(result),
    ...serversText(result),
    policyText(workload.policy),
    ...cpusText(workload, topology),
    `${formatNumber(min)} to ${formatCount(max, 'page')} a mapping`,
    ...(workload.hugePerMillion === 0
      ? []
      : [`${formatPercent(workload.hugePerMillion)} of them one huge page`]),
    ...(workload.failPerMillion === 0
      ? []
      : [`${formatPercent(workload.failPerMillion)} of forks fail`]),
  ];
  return `${workload.preset}: ${parts.join(', ')}`;
}

/** How many mms there were; a child is its parent's program until it execs. */
function mmsText({ mms, schemes, operations }: ProcessesResult): string {
  const ended = schemes[0]?.largestOfMm ?? [];
  const programs = ended.map((of) => `${formatNumber(of.mms)} of ${of.program}`);
  const parts = [
    `${formatCount(mms.inits, 'call')} of mm_init (forks and execs)`,
    ...(mms.failed === 0 ? [] : [`${formatNumber(mms.failed)} failed`]),
    `ended ${listed(programs)}`,
    `${formatNumber(mms.mostAtOnce)} at most at once`,
    formatCount(operations, 'operation'),
  ];
  return parts.join(', ');
}

/** What check_mm() and the frees said. A run in which either finds fault has no report. */
function endNotes({ mms, schemes }: ProcessesResult): string[] {
  const [first] = schemes;
  const rolledBack = schemes
    .map(({ name, allocations }) => `${name} ${formatNumber(allocations.rolledBack)}`)
    .join(', ');
  return [
    `check_mm: the precise sums of all ${formatNumber(first?.checkMm.checked ?? 0)} mms that ended were 0, of every member, under every scheme`,
    ...(mms.failed === 0 ? [] : [`allocations rolled back where mm_init failed: ${rolledBack}`]),
  ];
}

function errorsOf({ errors }: ProcessesScheme, quantity: Quantity): QuantityResult {
  const found = errors.find((candidate) => candidate.quantity === quantity);
  if (found === undefined) throw new RangeError(`no errors of ${quantity}`);
  return found;
}

/** What is told in detail: RSS, or the one member that --reader reads. */
function quantityOf({ seen }: ProcessesResult): Quantity {
  const { members = [] } = seen?.reader ?? {};
  return members.length === 1 ? members[0]! : 'rss';
}

function rssTable(result: ProcessesResult, scale: Scale, reading: Reading): TextTable {
  const { schemes, seed, operations } = result;
  return {
    title: `${seenHead(quantityOf(result) === 'rss' ? 'RSS, observed' : 'Observed', result.seen)}, seed ${seed}, ${formatCount(operations, 'operation')}`,
    scale,
    columns: [left('scheme'), ...ERROR_COLUMNS],
    rows: schemes.map((scheme) => {
      const { under, over, ...errors } = errorsOf(scheme, quantityOf(result))[reading];
      return [scheme.name, ...errorCells({ under: under.pages, over: over.pages, ...errors })];
    }),
  };
}

function programTable({ schemes }: ProcessesResult, scale: Scale): TextTable {
  const programs = schemes[0]?.largestOfMm ?? [];
  return {
    title: `Largest clamped RSS error of each mm in its life`,
    scale,
    columns: [
      left('scheme'),
      ...programs.flatMap(({ program }) => [right(`${program} p50`), right(`${program} p99`)]),
    ],
    rows: schemes.map(({ name, largestOfMm }) => [
      name,
      ...largestOfMm.flatMap(({ p50, p99 }): Cell[] => [{ pages: p50 }, { pages: p99 }]),
    ]),
    mayDivide: true,
  };
}

function memberTable(
  { schemes, topology }: ProcessesResult,
  scale: Scale,
  reading: Reading,
): TextTable {
  const exactHead = `exact, ${formatCount(topology.onlineCpus, 'CPU')}`;
  return {
    title: `Each member, low/high`,
    scale,
    columns: [left('scheme'), right(exactHead), ...MEMBERS.map(right)],
    rows: schemes.map((scheme) => [
      scheme.name,
      { sides: scheme.exact },
      ...MEMBERS.map((member): Cell => {
        const { under, over } = errorsOf(scheme, member)[reading];
        return { sides: { under: under.pages, over: over.pages } };
      }),
    ]),
    mayDivide: true,
  };
}

function whoseCells({ process, program, operation, pages, residentPages }: ExtremeError): string[] {
  if (process === null || operation === null) return ['-', '-'];
  const share = residentPages > 0 ? `${formatRatio(100 * pages, residentPages)}%` : '-';
  return [`${program} ${process}, op ${formatNumber(operation)}`, share];
}

/** Who reads 0 while it has pages, how often, and since when the one that does so longest. */
function zerosFinding({ schemes, operations, topology }: ProcessesResult): string[] {
  return schemes.flatMap(({ name, readZero: { mms, operations: zeros, longest } }) => {
    if (longest === null) return [];
    const { process, program, sinceOperation, operations: length, residentPages } = longest;
    const amount = formatPagesAndBytes(residentPages, topology.pageSize);
    return [
      `Under ${name} ${formatCount(mms, 'mm reads', 'mms read')} 0 with pages resident, at the ends of ${formatRatio(100 * zeros, operations)}% of all operations; longest ${program} ${process}, since its operation ${formatNumber(sinceOperation)} for ${formatNumber(length)}, with up to ${amount}.`,
    ];
  });
}

function whoseTable(result: ProcessesResult, reading: Reading): TextTable {
  const quantity = quantityOf(result);
  const what = quantity === 'rss' ? 'RSS' : quantity;
  return {
    title: `Whose ${what}: program, process and its operation; share of what was resident`,
    columns: [
      left('scheme'),
      ...['lowest', 'highest'].flatMap((side) => [left(side), right('of it')]),
    ],
    mayDivide: true,
    rows: result.schemes.map((scheme) => {
      const { under, over } = errorsOf(scheme, quantity)[reading];
      return [scheme.name, ...whoseCells(under), ...whoseCells(over)];
    }),
  };
}

export function scaleOf({ topology, schemes }: ProcessesResult, unit: UnitChoice): Scale {
  const { pageSize } = topology;
  const largest = Math.max(...schemes.map(({ exact }) => Math.max(exact.under, exact.over)));
  return { unit: chooseUnit(unit, largest, pageSize), pageSize };
}

export function processesView(
  result: ProcessesResult,
  { unit, reading, reproduce }: ViewChoices,
): TextView {
  const scale = scaleOf(result, unit);
  return {
    title: `rss-err ${result.program.version} processes: how far off the RSS of many processes is`,
    facts: [
      ['machine', machineText(result.topology)],
      ['workload', processWorkloadText(result)],
      ['mms', mmsText(result)],
      ...seenFacts(result.seen),
      ['error', errorText(reading, scale)],
    ],
    tables: [
      rssTable(result, scale, reading),
      whoseTable(result, reading),
      programTable(result, scale),
      memberTable(result, scale, reading),
    ],
    findings: [
      exactText(result.seen) ??
        (reading === 'clamped' && quantityOf(result) === 'rss' ? zerosFinding(result) : []),
    ].flat(),
    notes: [
      'exact: one member, settled, all threads of the largest process; RSS sums three',
      ...faultNotes(result.schemes, result.topology.pageSize),
      ...endNotes(result),
    ],
    reproduce,
  };
}

/** The largest clamped error of RSS of any process, either side, over all schemes; pages. */
export function largestRssError(result: ProcessesResult): { name: string; pages: number } {
  return result.schemes
    .map((scheme) => {
      const { under, over } = errorsOf(scheme, quantityOf(result)).clamped;
      return { name: scheme.name, pages: Math.max(under.pages, over.pages) };
    })
    .reduce((largest, row) => (row.pages > largest.pages ? row : largest));
}
