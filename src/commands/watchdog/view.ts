/** What a watchdog sees, as a table and sentences. */
import { preciseFrom, READERS } from '../../kernel/readers.ts';
import {
  chooseUnit,
  formatCount,
  formatMean,
  formatNumber,
  formatPagesAndBytes,
  formatRatio,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { left, right, type TextTable, type TextView } from '../../render/view.ts';
import { listed, machineText, seenFacts, seenHead, workloadText } from '../../render/words.ts';
import type { WatchdogResult, WatchedScheme } from './result.ts';

const STATM = READERS.find(({ name }) => name === 'statm')!;

export function nameOf({ name, reads }: WatchedScheme): string {
  return reads === 'precise sum' ? 'precise sum' : name;
}

function falseText({ mean, halfWidth95, total }: WatchedScheme['falseAlarms']): string {
  if (halfWidth95 === null) return formatNumber(total);
  return `${formatMean(mean)} +- ${formatMean(halfWidth95)}`;
}

function watchedTable(result: WatchdogResult, scale: Scale): TextTable {
  return {
    title: `${seenHead('Observed', result.seen)}, seed ${result.seed}, ${formatCount(result.runs, 'run')}; delay, longest in operations; unseen`,
    scale,
    columns: [
      left('reads'),
      ...[
        result.runs === 1 ? 'false alarms' : 'false alarms/run',
        'seen',
        'missed',
        'delay',
        'longest',
        'unseen',
      ].map(right),
    ],
    rows: result.schemes.map((row) => [
      nameOf(row),
      falseText(row.falseAlarms),
      { count: row.seen },
      { count: row.missed },
      row.delay === null ? '-' : { mean: row.delay.mean },
      row.delay === null ? '-' : { count: row.delay.most },
      { pages: row.mostUnseen },
    ]),
  };
}

/** Who acted for nothing, and who saw the overrun latest. */
function findings({ schemes, truth, topology }: WatchdogResult): string[] {
  const alarmed = schemes.filter(({ falseAlarms }) => falseAlarms.total > 0);
  const missing = schemes.filter(({ missed }) => missed > 0);
  const latest = schemes.reduce((most, row) =>
    (row.delay?.most ?? 0) > (most.delay?.most ?? 0) ? row : most,
  );
  return [
    alarmed.length === 0
      ? 'No reading made an alarm while the process was within its budget.'
      : `The process was within its budget, and the watchdog acted all the same: ${listed(alarmed.map((row) => `${nameOf(row)} (${formatCount(row.falseAlarms.total, 'time')})`))}.`,
    ...(missing.length === 0
      ? []
      : [
          `Overruns never seen: ${listed(missing.map((row) => `${nameOf(row)} (${formatNumber(row.missed)} of ${formatNumber(truth.overruns)})`))}.`,
        ]),
    ...(latest.delay === null || latest.delay.most === 0
      ? []
      : [
          `The longest delay is that of ${nameOf(latest)}: ${formatCount(latest.delay.most, 'operation')} after a watchdog that reads the truth, with up to ${formatPagesAndBytes(latest.mostUnseen, topology.pageSize)} beyond the budget unseen.`,
        ]),
    ...errorFindings(schemes),
  ];
}

/** The largest errors as shares of what was resident, and readings of 0. */
function errorFindings(schemes: readonly WatchedScheme[]): string[] {
  const wrong = schemes.filter(({ worst }) => worst.error > 0);
  const shares = wrong.map((row) => {
    const { error, resident } = row.worst;
    const share = resident > 0 ? `${formatRatio(100 * error, resident)}%` : 'all';
    return `${nameOf(row)} ${share}`;
  });
  const zeros = schemes.filter(({ readZero }) => readZero.readings > 0);
  const since = zeros.map((row) => {
    const { readings, sinceOperation } = row.readZero;
    return `${nameOf(row)} (${formatCount(readings, 'reading')}, the first at operation ${formatNumber(sinceOperation ?? 0)} of a run)`;
  });
  return [
    ...(shares.length === 0
      ? []
      : [`Largest errors of a reading as a share of what was resident: ${shares.join(', ')}.`]),
    ...(since.length === 0 ? [] : [`The process read 0 with pages resident: ${listed(since)}.`]),
  ];
}

export function watchdogView(
  result: WatchdogResult,
  { unit, reproduce }: { readonly unit: UnitChoice; readonly reproduce: string },
): TextView {
  const { program, topology, workload, operations, rule, truth, schemes } = result;
  const { pageSize } = topology;
  const largest = Math.max(...schemes.map(({ mostUnseen }) => mostUnseen));
  const row = formatCount(rule.consecutive, 'reading');
  return {
    title: `rss-err ${program.version} watchdog: what a budget on the reported RSS is worth`,
    facts: [
      ['machine', machineText(topology)],
      ['workload', workloadText(workload, topology, operations)],
      ...seenFacts(result.seen),
      [
        'watchdog',
        `acts above ${formatPagesAndBytes(rule.budget, pageSize)}, after ${row} above it in a row, one every ${formatCount(rule.every, 'operation')}`,
      ],
      [
        'truth',
        `${formatCount(truth.overruns, 'overrun')} in all runs; at most ${formatPagesAndBytes(truth.most, pageSize)} resident`,
      ],
    ],
    tables: [watchedTable(result, { unit: chooseUnit(unit, largest, pageSize), pageSize })],
    findings: findings(result),
    notes: [
      `approximate readings, no member below 0; precise sum: statm and status from ${listed(preciseFrom(STATM))} on`,
      'seen, missed: overruns, against a watchdog that reads the truth at the same moments; delay, longest: operations after its alarm; unseen: resident beyond the budget before the alarm',
      "false alarm: an alarm while no more than the budget is resident; +- half the width of the 95% confidence interval of the mean, by Student's t",
    ],
    reproduce,
  };
}
