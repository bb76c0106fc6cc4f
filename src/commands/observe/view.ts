/** What was observed, as a table of processes and sentences. */
import { lifeName } from '../../recorded/trace/life.ts';
import {
  ASCII_NUMERALS,
  chooseUnit,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPagesAndBytes,
  formatRatio,
  formatSides,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import { listed, machineText, printable } from '../../render/words.ts';
import type { ObserveResult, ProcessRow } from './result.ts';

export interface ObserveViewOptions {
  readonly unit: UnitChoice;
  /** Rows of the table at most. */
  readonly top: number;
  readonly reproduce: string;
}

const intervalCell = (interval: ProcessRow['error']): Cell => interval ?? '-';

function scaleOf({ topology, processes }: ObserveResult, unit: UnitChoice): Scale {
  const { pageSize } = topology;
  const largest = processes.reduce((most, row) => Math.max(most, row.approximate), 0);
  return { unit: chooseUnit(unit, largest, pageSize), pageSize };
}

/** The last error as a share of what is resident. */
function shareText({ error, precise }: ProcessRow): string {
  if (error === null || precise === null) return '-';
  const middle = Math.abs(error.low + error.high) / 2;
  return middle === 0 ? '0%' : `${formatRatio(100 * middle, precise)}%`;
}

function processTable(result: ObserveResult, scale: Scale, top: number): TextTable {
  const { processes, rounds } = result;
  const shown = processes.slice(0, top);
  const more = rounds > 1;
  const isOfThread = result.limit.of === 'thread';
  const error = (row: ProcessRow) =>
    row.settled ? intervalCell(row.error) : `~${row.error ? formatInterval(row.error, scale) : ''}`;
  return {
    title:
      shown.length < processes.length
        ? `Observed, the ${formatNumber(top)} of ${formatNumber(processes.length)} ${result.precise === null ? 'of the largest limit and reading' : 'with the largest error'}`
        : 'Observed',
    scale,
    mayDivide: true,
    columns: [
      left('process'),
      ...['reads', 'resident', 'error', 'of RSS'].map(right),
      ...(more ? ['change', 'low', 'high', 'mean'].map(right) : []),
      ...(isOfThread ? [right('limit')] : []),
    ],
    rows: shown.map((row) => [
      `${lifeName(row.pid, row.life)} ${printable(row.command)}${row.there ? '' : ' (ended)'}`,
      { pages: row.approximate },
      row.precise === null ? '-' : { pages: row.precise },
      error(row),
      shareText(row),
      ...(more ? [row.change, row.lowest, row.highest, row.mean].map(intervalCell) : []),
      ...(isOfThread ? [{ sides: row.limit }] : []),
    ]),
  };
}

const PRECISE_TEXTS = {
  statm: 'statm, the precise sum of the counters',
  smaps_rollup: 'Rss of smaps_rollup, a walk of the page tables',
} as const;

/** "5 processes of 300: 250 kernel threads, 45 unreadable". */
function countsText({ counts }: ObserveResult): string {
  const others = (
    [
      [counts.kernelThreads, 'kernel thread'],
      [counts.exited, 'zombie'],
      [counts.unreadable, 'not readable by this user', 'not readable by this user'],
      [counts.ended, 'ended meanwhile', 'ended meanwhile'],
    ] as const
  )
    .filter(([count]) => count > 0)
    .map(([count, noun, plural]) => formatCount(count, noun, plural));
  const read = `${formatCount(counts.read, 'process', 'processes')} of ${formatNumber(counts.listed)} read`;
  return others.length === 0 ? read : `${read}; ${listed(others)}`;
}

function timeText({ rounds, seconds, intervalSeconds, cost }: ObserveResult): string {
  const each = `${formatNumber(cost.microsecondsPerProcess)} us a process`;
  const longest = formatDuration(1000 * cost.longestRoundMicroseconds);
  return rounds < 2
    ? `one round in ${longest}, ${each}`
    : `${formatCount(rounds, 'round')} in ${seconds.toFixed(1)} s, ${intervalSeconds} s apart at least; ${each}, the longest round ${longest}`;
}

function limitText({ limit, topology }: ObserveResult, scale: Scale): string {
  return `exact worst case of RSS, a ${limit.of}: ${formatSides(limit, scale, ASCII_NUMERALS)}; ${formatCount(topology.onlineCpus, 'CPU')} on-line now`;
}

function worstFinding({ processes, topology }: ObserveResult): string[] {
  const [worst] = processes;
  if (worst?.error == null) return [];
  const { error, pid, life, command, precise, settled } = worst;
  const who = `${printable(command)} (${lifeName(pid, life)})`;
  const pages = Math.abs(error.low) < Math.abs(error.high) ? error.high : error.low;
  if (pages === 0 && settled) return ['Every figure read was exact.'];
  const how = error.high < 0 ? 'reads low by' : error.low > 0 ? 'reads high by' : 'is off by';
  const amount = formatPagesAndBytes(Math.abs(pages), topology.pageSize);
  const most = error.low === error.high ? amount : `at most ${amount}`;
  const growth = settled ? '' : ', part of which may be what it grew or shrank meanwhile';
  return [`${who} ${how} ${most} of ${formatNumber(precise ?? 0)} resident${growth}.`];
}

/** Where the largest error is going. */
function trendFinding({ processes: [worst], topology }: ObserveResult): string[] {
  if (worst?.change == null || worst.changeSeconds === 0) return [];
  const { change, changeSeconds } = worst;
  const pages = formatInterval(change, { unit: 'pages', pageSize: topology.pageSize });
  return [`In ${formatDuration(1e9 * changeSeconds)} its error changed by ${pages} pages.`];
}

function zeroFinding({ processes, rounds }: ObserveResult): string[] {
  const zero = processes.filter(({ zeroSinceSeconds }) => zeroSinceSeconds !== null);
  if (zero.length === 0) return [];
  const some = zero.slice(0, 5).map(({ pid, life, precise, zeroSinceSeconds: since }) => {
    const when = since === 0 ? 'the first round' : `${since} s after the first round`;
    return `${lifeName(pid, life)} (${formatNumber(precise ?? 0)} pages, since ${rounds > 1 ? when : 'this round at least'})`;
  });
  const more = zero.length > some.length ? ', the largest errors first' : '';
  return [
    `${formatCount(zero.length, 'process reads', 'processes read')} 0 while resident: ${listed(some)}${more}.`,
  ];
}

function beyondFinding({ processes }: ObserveResult): string[] {
  const beyond = processes.filter((row) => row.beyond);
  if (beyond.length === 0) return [];
  return [
    `Beyond the limit: ${listed(beyond.slice(0, 5).map(({ pid, life }) => lifeName(pid, life)))}. After CPUs have gone off-line counts may keep what the larger batch of earlier allowed.`,
  ];
}

function notes(result: ObserveResult): string[] {
  const { precise, hidepid, ownPids, poisoned, topology, processes, rounds } = result;
  const isSettled = processes.every(({ settled }) => settled);
  const isWide = processes.some(({ error }) => error !== null && error.low < error.high);
  return [
    ...(precise === null
      ? [
          '--cheap: no precise figure of this kernel is without a walk: none was read, and processes stand by limit and reading',
        ]
      : []),
    ...(isSettled
      ? []
      : [
          '~: the process faulted between the readings, so that this may be its growth; lowest, highest, mean and change leave such readings out',
        ]),
    ...(rounds > 1 ? ['change: the last error minus the first'] : []),
    ...(isWide
      ? ['a..b: the reading moved while the precise figure was made, the error lay in between']
      : []),
    ...(precise === 'smaps_rollup'
      ? [
          `the walk also counts pages with a memory failure, which the counters do not: ${formatPagesAndBytes(poisoned, topology.pageSize)} on this machine`,
        ]
      : []),
    ...(hidepid === null
      ? []
      : [`/proc is mounted with hidepid=${hidepid}: processes of other users may be missing`]),
    ...(ownPids ? ['seen from within a PID namespace: processes outside of it are missing'] : []),
  ];
}

export function observeView(
  result: ObserveResult,
  { unit, top, reproduce }: ObserveViewOptions,
): TextView {
  const { program, kernel, scheme, precise, topology } = result;
  const scale = scaleOf(result, unit);
  return {
    title: `rss-err ${program.version} observe: how wrong RSS is here and now`,
    facts: [
      ['kernel', `${kernel}: ${scheme} counters`],
      ['machine', machineText(topology)],
      [
        'error',
        `stat (field 24) minus ${precise === null ? 'nothing: no precise figure was read' : PRECISE_TEXTS[precise]}; - reads low, + reads high`,
      ],
      ['limit', limitText(result, scale)],
      ['seen', countsText(result)],
      ['cost', timeText(result)],
    ],
    tables: [processTable(result, scale, top)],
    findings: [
      ...worstFinding(result),
      ...trendFinding(result),
      ...zeroFinding(result),
      ...beyondFinding(result),
    ],
    notes: notes(result),
    reproduce,
  };
}
