/** A replay as headings, tables and notes: where its updates came from, what of a trace could be replayed. */

import type { Contradiction } from '../../recorded/trace/change.ts';
import { lifeName } from '../../recorded/trace/life.ts';
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
import { listed, policyText, seenHead } from '../../render/words.ts';
import { largerSide } from '../../schemes/bound.ts';
import type { Topology } from '../../topology/topology.ts';
import { zeroText } from '../compare/findings.ts';
import type { Reading } from '../compare/result.ts';
import { runView, scaleOf, type ViewChoices } from '../compare/view.ts';
import { READINGS_NOTE, recordTable } from '../observe/record-table.ts';
import type {
  ObservedRecord,
  RecordingFacts,
  Replayed,
  TracedProcess,
  TraceSummary,
} from './result.ts';

function recordingText({ recording, trace, operations }: Replayed): string {
  const { name, records, mm } = recording;
  const life = trace?.life ?? null;
  const parts = [
    formatCount(records, trace?.form === 'observed' ? 'reading' : 'record'),
    ...(mm === null ? [] : [`process ${life === null ? mm : `${mm}#${life}`}`]),
    formatCount(operations, 'operation'),
  ];
  return `${name}: ${parts.join(', ')}`;
}

const FORM_NAMES: Record<TraceSummary['form'], string> = {
  'perf-script': 'perf script',
  ftrace: 'ftrace',
  'trace-cmd': 'trace-cmd report',
  observed: 'readings of observe',
};

/** The facts of the view: form, sizes, processes, and the counts that are no fault of anyone. */
function traceText(trace: TraceSummary): string {
  const { form, sizeIs, processesReplayed, processesSeen, spread } = trace;
  const counts: readonly (readonly [count: number, one: string, many: string])[] = [
    [trace.zeroDeltas, 'event without a change', 'events without a change'],
    [trace.remoteUpdates, 'update from another context', 'updates from other contexts'],
    [trace.startsUnknown, 'member begun before the trace', 'members begun before the trace'],
    [trace.threadExits, 'thread exit', 'thread exits'],
    [trace.migrations, 'migration', 'migrations'],
    [trace.switches, 'switch', 'switches'],
  ];
  const counted = counts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => formatCount(count, one, many));
  return [
    `${FORM_NAMES[form]}, sizes taken as ${sizeIs}`,
    `${formatNumber(processesReplayed)} of ${formatCount(processesSeen, 'process', 'processes')}`,
    ...(counted.length === 0 ? [] : [counted.join(', ')]),
    ...(spread === null
      ? []
      : [`threads placed by ${policyText(spread.policy)}, seed ${spread.seed}`]),
  ].join('; ');
}

/** The facts of a record of observe: what was read, and what is a model. */
function recordText(
  { spread, processesReplayed, processesSeen }: TraceSummary,
  { kernel, scheme, precise }: ObservedRecord,
): string {
  return [
    `observed on ${kernel} (${scheme} counters): stat minus ${precise}`,
    `${formatNumber(processesReplayed)} of ${formatCount(processesSeen, 'process', 'processes')}`,
    ...(spread === null
      ? []
      : [
          `a model where pages came: threads placed by ${policyText(spread.policy)}, seed ${spread.seed}; the CPUs themselves are not known`,
        ]),
  ].join('; ');
}

/** What the record's own kernel was off by, beside what is replayed. */
function observedTables({ observed }: Replayed, scale: Scale): TextTable[] {
  if (observed === undefined) return [];
  return [recordTable(observed, observed.processes.slice(0, MOST_ROWS), scale)];
}

const CONTRADICTION_TEXT: Record<Contradiction, string> = {
  'multiples-of-32':
    'every change of size is a multiple of 32 pages: these look like the approximate sums of a tree (--size-is approximate)',
  'thread-batches':
    'processes grow by up to 66 pages at once and hardly by single pages: these look like the shared values of kernels before 6.2 (--size-is approximate)',
  'negative-sizes': 'some sizes are negative: precise ones are not (--size-is approximate)',
  'single-pages':
    'processes grow by single pages: these look like precise sizes (--size-is precise)',
};

function sighted({ count, firstLine }: TraceSummary['losses'], what: string): string[] {
  return count === 0 ? [] : [`${formatCount(count, what)} (first: line ${firstLine})`];
}

/** What a lower bound is a lower bound of. */
const LOWER_BOUND_NOTE =
  'sizes are approximate: only what was flushed could be replayed, so updates and errors are lower bounds';

/** What a replay of net changes is not. */
const NET_CHANGES_NOTE =
  'between two readings only the net change is known: pages that came and went are missing, and what CPUs held back at first; a replayed error is a model and no bound, to which a full trace (kmem:rss_stat) would add';

/** What the figures are of, where the tables do not say. */
function traceNotes(
  { processesReplayed, lowerBound }: TraceSummary,
  { warmUp, observed }: Replayed,
): string[] {
  return [
    ...(processesReplayed < 2
      ? []
      : [
          "each process has counters of its own: bounds are the widest, 'at op' counts its operations",
          ...(warmUp === undefined
            ? []
            : ['each process has a warm-up of its own: together they are left out']),
        ]),
    ...(lowerBound ? [LOWER_BOUND_NOTE] : []),
    ...(observed === undefined ? [] : [NET_CHANGES_NOTE, READINGS_NOTE]),
  ];
}

function traceWarnings(trace: TraceSummary): string[] {
  if (trace.form === 'observed') return [NET_CHANGES_NOTE];
  const { losses, lostEvents, malformed } = trace;
  const lost = lostEvents === 0 ? '' : `, ${formatCount(lostEvents, 'event')} by the tool's count`;
  const unseen = `, ${formatCount(trace.takenUpAgain, 'size')} taken up again with ${formatCount(trace.pagesUnseen, 'page')} come or gone unseen`;
  return [
    ...trace.contradictions.map((which) => CONTRADICTION_TEXT[which]),
    ...(trace.lowerBound ? [LOWER_BOUND_NOTE] : []),
    ...sighted(losses, 'place').map((places) => `events are missing in ${places}${lost}${unseen}`),
    ...sighted(malformed, 'rss_stat line').map((lines) => `${lines} cut short or malformed`),
    ...sighted(trace.unknownMembers, 'rss_stat event').map(
      (events) => `${events} of a member that is not known, and not replayed`,
    ),
    ...sighted(trace.unknownLines, 'line').map((lines) => `${lines} not understood`),
    ...sighted(trace.outOfOrder, 'event').map((events) => `${events} earlier than the one before`),
    ...(trace.updatesBeforeNamed === 0
      ? []
      : [
          `${formatCount(trace.updatesBeforeNamed, 'update')} before a task named ${trace.comm} ran: taken for what was there at first`,
        ]),
  ];
}

function belowZeroWarning({ belowZero }: RecordingFacts['recording']): string[] {
  if (belowZero == null) return [];
  const { line, member, pages } = belowZero;
  return [
    `line ${line}: ${member} would hold ${pages} pages: the recording begins in the middle of a process's life, or lacks updates`,
  ];
}

/** What the user should know of a recording before believing the figures; a line each. */
export function recordingWarnings({ recording, trace }: RecordingFacts): readonly string[] {
  const found = trace === undefined ? belowZeroWarning(recording) : traceWarnings(trace);
  return found.map((text) => `${recording.name}: ${text}`);
}

/** Where no machine was given: that one is taken, and what to give where the recording tells of another. */
export function machineRemarks(
  { trace }: RecordingFacts,
  { name, online: { length: online } }: Pick<Topology, 'name' | 'online'>,
): readonly string[] {
  const what =
    trace === undefined
      ? 'recorded updates'
      : trace.form === 'observed'
        ? 'the record'
        : 'the trace';
  if (trace?.cpus == null) {
    const tell = trace === undefined ? 'tell' : 'tells';
    return [
      `${what} ${tell} no machine: replayed on ${name}; --topology gives the one it was made on`,
    ];
  }
  if (trace.cpus === online) return [];
  return [
    `${what} is of a machine of ${formatCount(trace.cpus, 'CPU')}, replayed on one of ${formatNumber(online)}: --topology pu:${trace.cpus}, or a description of that machine`,
  ];
}

/** Rows that a table shows; machine formats have all. */
const MOST_ROWS = 10;

function worstOf({ schemes }: TracedProcess, reading: Reading): number {
  return Math.max(
    ...schemes.map(({ observed }) => Math.max(observed[reading].under, observed[reading].over)),
  );
}

/** "rssload 247315454". */
function processName({ comm, mm, life }: TracedProcess): string {
  return `${comm ?? '-'} ${lifeName(mm, life)}`;
}

/** None where there is one process only: the table of all says the same. */
function processTables(
  { processes = [], trace, seen, observed }: Replayed,
  scale: Scale,
  reading: Reading,
): TextTable[] {
  const all = trace?.processesReplayed ?? 0;
  if (all < 2) return [];
  const rows = [...processes]
    .sort((a, b) => worstOf(b, reading) - worstOf(a, reading))
    .slice(0, MOST_ROWS);
  const most =
    all > rows.length ? `, the ${rows.length} of ${formatNumber(all)} that were off most` : '';
  return [
    {
      title: `${seenHead(observed === undefined ? 'Observed' : 'Replayed, a model', seen)} by process${most}, low/high`,
      scale,
      columns: [
        left('process'),
        right('ops'),
        ...(rows[0]?.schemes ?? []).map(({ name }): Column => ({ ...right(name), isName: true })),
      ],
      rows: rows.map((traced) => [
        processName(traced),
        formatNumber(traced.operations),
        ...traced.schemes.map(({ observed }): Cell => ({ sides: observed[reading] })),
      ]),
      mayDivide: true,
    },
  ];
}

/** The largest errors, each as a share of what its process held at most. */
function sharesFinding({ processes = [], schemes }: Replayed, reading: Reading): string[] {
  const worst = schemes.flatMap(({ name }, i) => {
    const errors = processes.map((traced) => ({
      traced,
      worst: largerSide(traced.schemes[i]!.observed[reading]),
    }));
    const [first] = errors.toSorted((a, b) => b.worst - a.worst);
    const most = first?.traced.largestRssPages ?? 0;
    if (first === undefined || most === 0) return [];
    const whose = processes.length < 2 ? '' : ` (${processName(first.traced)})`;
    return [`${name} ${formatRatio(100 * first.worst, most)}%${whose}`];
  });
  if (worst.length === 0) return [];
  return [`Largest errors as a share of what their processes held at most: ${worst.join(', ')}.`];
}

/** Processes that are there and read 0, and since when. */
function zerosFinding({ processes = [], topology }: Replayed, reading: Reading): string[] {
  const zeros = processes.flatMap((traced) => {
    const { rssPages, schemes } = traced;
    const under = schemes.filter(({ readPages }) => readPages === 0);
    if (reading !== 'clamped' || rssPages <= 0 || under.length === 0) return [];
    const amount = formatPagesAndBytes(rssPages, topology.pageSize);
    return [`${processName(traced)}, ${amount} resident, under ${listed(under.map(zeroText))}`];
  });
  if (zeros.length === 0) return [];
  const more = zeros.length - MOST_ROWS;
  const rest = more > 0 ? `; and ${formatNumber(more)} more` : '';
  return [`At the end these read 0: ${zeros.slice(0, MOST_ROWS).join('; ')}${rest}.`];
}

/** Where RSS is a sum of counters, its error may exceed what one of them can be off. */
function membersNote({ recording }: Replayed): string[] {
  if (recording.rssMembers < 2) return [];
  return [
    `RSS sums ${recording.rssMembers} counters here: each can be off by the worst case (per-thread: together)`,
  ];
}

function sourceFacts({ trace, observed }: Replayed): TextView['facts'] {
  if (trace === undefined) return [];
  return [
    observed === undefined ? ['trace', traceText(trace)] : ['record', recordText(trace, observed)],
  ];
}

export function replayedView(result: Replayed, choices: ViewChoices): TextView {
  const { trace, observed } = result;
  const scale = scaleOf(result, choices);
  return runView(result, choices, {
    command: 'replay',
    facts: [['recording', recordingText(result)], ...sourceFacts(result)],
    observed: seenHead(observed === undefined ? 'Observed' : 'Replayed, a model', result.seen),
    tables: [...processTables(result, scale, choices.reading), ...observedTables(result, scale)],
    findings: [...sharesFinding(result, choices.reading), ...zerosFinding(result, choices.reading)],
    notes: [...membersNote(result), ...(trace === undefined ? [] : traceNotes(trace, result))],
  });
}
