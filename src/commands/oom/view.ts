/** A judged report as headings, a table of tasks and sentences. */
import {
  chooseUnit,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import { listed, pageScaleText } from '../../render/words.ts';
import { KIB } from '../../units.ts';
import { REASONS } from './reasons.ts';
import type { JudgedReport, JudgedRow } from './result.ts';

interface OomChoices {
  readonly version: string;
  readonly log: string;
  readonly unit: UnitChoice;
  /** The command that gives this result again. */
  readonly reproduce: string;
}

/** Rows of rivals, and of the largest others. */
const SHOWN_RIVALS = 10;
const SHOWN_OTHERS = 5;

/** A name as a table can hold it: tasks call themselves what they want. */
const nameText = (name: string) => name.replaceAll(/[^ -~]/g, '?');

const taskText = ({ name, pid }: { readonly name: string; readonly pid: number }) =>
  `${nameText(name)} (${pid})`;

function cpusText({ cpus: { from, to, said } }: JudgedReport): string {
  const where = {
    option: ' (--cpus)',
    topology: ' (--topology)',
    log: ' (the log)',
    nobody: ': the log does not say how many',
  }[said];
  return from === to
    ? `${formatCount(from, 'CPU')}${where}`
    : `${formatNumber(from)} to ${formatCount(to, 'CPU')}${where}`;
}

function machineText(report: JudgedReport): string {
  const { pageSize, totalPages } = report;
  const size = `pages of ${pageSize.bytes / KIB} KiB${pageSize.known ? '' : ' (supposed)'}`;
  const total =
    totalPages === null
      ? 'memory not in the log'
      : `${formatPagesAndBytes(totalPages, pageSize.bytes)} in all`;
  return [cpusText(report), size, total].join(', ');
}

function kernelText({ kernel, scheme, sums, source, tasks }: JudgedReport): string {
  const release = {
    option: `${kernel.release} (--kernel)`,
    log: `${kernel.release}`,
    columns: tasks.length === 0 ? 'not in the log' : 'not in the log; by its columns',
  }[kernel.from];
  return `${release}: ${scheme} counters, ${sums} sums (${source})`;
}

function eventText(report: JudgedReport): string {
  const { invokedBy, order, constraint, memcg, groupKill } = report;
  return [
    order === -1 ? 'sysrq-f' : invokedBy === null ? null : `${nameText(invokedBy.name)} asked`,
    constraint,
    memcg === null ? null : `in ${nameText(memcg)}`,
    groupKill ? 'memory.oom.group' : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

const VERDICT_WORDS = {
  certain: 'certain',
  uncertain: 'could have been another',
  contradicted: 'its own table says otherwise',
  unjudged: 'cannot be judged',
} as const;

/** How many CPUs there are decides, and nobody says it. */
const isOpen = ({ cpus, sums, scheme }: JudgedReport) =>
  cpus.from !== cpus.to && sums === 'approximate' && scheme !== 'per-thread';

const COLUMNS = [
  left('task'),
  left('is'),
  right('pid'),
  right('shown'),
  right('from'),
  right('to'),
  right('points'),
  right('to'),
];

const ROLE_WORDS = { chosen: 'chosen', rival: 'rival', other: '', never: 'never' } as const;

/** Points are pages, and may be below 0. */
const pointsCell = (points: number): Cell => (points < 0 ? { signed: points } : { pages: points });

function rowCells({ name, pid, rss, resident, truePoints, role }: JudgedRow): Cell[] {
  return [
    nameText(name),
    ROLE_WORDS[role],
    `${pid}`,
    { pages: rss },
    { pages: resident.low },
    { pages: resident.high },
    ...(truePoints === null ? ['-', '-'] : [truePoints.low, truePoints.high].map(pointsCell)),
  ];
}

const highest = ({ truePoints }: JudgedRow) => truePoints?.high ?? Number.NEGATIVE_INFINITY;

/** The chosen one, its rivals and the largest others, each group the highest first. */
function shownRows({ tasks }: JudgedReport): JudgedRow[] {
  const of = (role: JudgedRow['role'], most: number) =>
    tasks
      .filter((task) => task.role === role)
      .sort((a, b) => highest(b) - highest(a))
      .slice(0, most);
  return [...of('chosen', 1), ...of('rival', SHOWN_RIVALS), ...of('other', SHOWN_OTHERS)];
}

function taskTable(report: JudgedReport, scale: Scale): TextTable {
  const { cpus } = report;
  const isRange = isOpen(report);
  return {
    title: `RSS shown, true RSS, true points${isRange ? ` on ${formatCount(cpus.judged, 'CPU')}` : ''}`,
    scale,
    columns: COLUMNS,
    rows: shownRows(report).map(rowCells),
    mayDivide: true,
  };
}

function certainText({ tasks, sums, chosen }: JudgedReport): string {
  const victim = taskText(chosen!);
  if (sums === 'precise') {
    return `Certain: the killer chose ${victim} by precise sums, and nobody had more.`;
  }
  const [next] = tasks
    .filter(({ role }) => role === 'other')
    .sort((a, b) => highest(b) - highest(a));
  if (next === undefined) return `Certain: nobody but ${victim} could be chosen.`;
  const least = tasks.find(({ role }) => role === 'chosen')!.truePoints!.low;
  return `Certain: ${victim} truly had ${formatNumber(least)} points or more, and nobody else can have had as many: ${taskText(next)} at most ${formatNumber(highest(next))}.`;
}

function uncertainText(report: JudgedReport): string {
  const { tasks, rivals, chosen, mostLost, pageSize, cpus, brokenRows } = report;
  if (rivals === 0) {
    return `Could have been another: of the rows that can be read no other task can have had as many points as ${taskText(chosen!)}, but ${formatCount(brokenRows, 'row')} cannot.`;
  }
  const [most] = tasks
    .filter(({ role }) => role === 'rival')
    .sort((a, b) => (b.overlap ?? 0) - (a.overlap ?? 0));
  const overlap = most!.overlap!;
  const others =
    rivals === 1 ? '' : `, and ${formatCount(rivals - 1, 'other task', 'other tasks')} less,`;
  const by =
    overlap === 0
      ? `as many points as ${taskText(chosen!)}, and age decides between equals`
      : `up to ${formatCount(overlap, 'point')} more than ${taskText(chosen!)}`;
  const on = isOpen(report) ? `on ${formatCount(cpus.judged, 'CPU')} ` : '';
  const lost =
    mostLost === 0
      ? ''
      : ` Another choice could have freed up to ${formatPagesAndBytes(mostLost, pageSize.bytes)} more.`;
  return `Could have been another: ${on}${taskText(most!)}${others} may truly have had ${by}.${lost}`;
}

function pointsOf({ tasks }: JudgedReport, pid: number): string {
  return formatNumber(tasks.find((task) => task.pid === pid)?.points ?? 0);
}

function verdictText(report: JudgedReport): string {
  const { verdict, reasons, chosen, follows } = report;
  const why = reasons.map((reason) => REASONS[reason]).join('; or ');
  switch (verdict) {
    case 'certain':
      return certainText(report);
    case 'uncertain':
      return uncertainText(report);
    case 'unjudged':
      return `Cannot be judged: ${reasons.map((reason) => REASONS[reason]).join('; ')}.`;
    case 'contradicted':
      return `The table says otherwise: by its figures the rules choose ${taskText(follows!)} (${pointsOf(report, follows!.pid)} points), and the kernel chose ${taskText(chosen!)} (${pointsOf(report, chosen!.pid)}). Perhaps ${why}.`;
  }
}

/** How the verdict hangs on what the log does not say. */
function sizeTexts(report: JudgedReport): string[] {
  const { verdict, uncertainFrom, cpus, sums, scheme, tasks } = report;
  if (sums === 'precise' || (verdict !== 'certain' && verdict !== 'uncertain')) return [];
  const byCpus = !isOpen(report)
    ? []
    : uncertainFrom.cpus === null
      ? [`So it is on every machine of up to ${formatCount(cpus.to, 'CPU')}.`]
      : [
          uncertainFrom.cpus === cpus.from
            ? 'On larger machines by more (--cpus, --topology).'
            : 'On larger machines by more, on smaller ones the choice is certain (--cpus, --topology).',
        ];
  const unsaid = tasks.some(({ threads }) => threads === null);
  const byThreads =
    scheme !== 'per-thread' || !unsaid
      ? []
      : [
          `Threads are not in the log: one is supposed of each task not given (--threads)${
            uncertainFrom.threads === null || uncertainFrom.threads === 1
              ? ''
              : `; with ${formatNumber(uncertainFrom.threads)} or more each the choice is uncertain`
          }.`,
        ];
  return [...byCpus, ...byThreads];
}

/** Rows that show the chosen one's figures: of processes on one mm each has a row. */
function twinsOf(tasks: readonly JudgedRow[]): JudgedRow[] {
  const chosen = tasks.find(({ role }) => role === 'chosen');
  return tasks.filter(
    (task) =>
      task !== chosen &&
      task.rss === chosen?.rss &&
      task.totalVm === chosen.totalVm &&
      task.pageTables === chosen.pageTables,
  );
}

function notesOf(report: JudgedReport, scale: Scale): string[] {
  const { tasks, brokenRows, totalPages, memcg, groupKill } = report;
  const hidden = tasks.length - shownRows(report).length;
  const twins = twinsOf(tasks);
  if (tasks.length === 0) return [];
  return [
    ...(groupKill ? ['memory.oom.group: its whole cgroup dies with the chosen one'] : []),
    ...(twins.length > 0
      ? [
          `${listed(twins.map(taskText))}: the figures of the chosen one; what shares its memory (CLONE_VM) died with it`,
        ]
      : []),
    `points: RSS, swap entries, page tables and oom_score_adj's share of the memory${pageScaleText(scale)}`,
    ...(hidden > 0 ? [`${formatCount(hidden, 'more row')} of the table: --format csv`] : []),
    ...(brokenRows > 0
      ? [`${formatCount(brokenRows, 'row')} cut, interleaved or lost, and not judged`]
      : []),
    ...(memcg !== null && totalPages !== null && tasks.some(({ oomScoreAdj }) => oomScoreAdj % 1000)
      ? [
          "a cgroup's report does not say how much swap there is: oom_score_adj counts by its limits",
        ]
      : []),
  ];
}

export function oomView(report: JudgedReport, choices: OomChoices): TextView {
  const { tasks, pageSize, verdict, killed, lines } = report;
  const largest = tasks.reduce((most, { resident }) => Math.max(most, resident.high), 0);
  const scale: Scale = {
    unit: chooseUnit(choices.unit, largest, pageSize.bytes),
    pageSize: pageSize.bytes,
  };
  const event = eventText(report);
  return {
    title: `rss-err ${choices.version} oom: ${nameText(choices.log)}, report ${report.report}, lines ${lines.first} to ${lines.last}`,
    facts: [
      ['verdict', VERDICT_WORDS[verdict]],
      ['kernel', kernelText(report)],
      ['machine', machineText(report)],
      ...(event === '' ? [] : [['event', event] as const]),
      [
        'killed',
        killed.length === 0 ? 'not in the log' : listed([...new Set(killed.map(taskText))]),
      ],
    ],
    tables: tasks.length === 0 ? [] : [taskTable(report, scale)],
    findings: [verdictText(report), ...sizeTexts(report)],
    notes: notesOf(report, scale),
    reproduce: choices.reproduce,
  };
}
