/** The bounds of one machine as headings, tables and notes, and what the view of a range says alike. */

import {
  chooseUnit,
  formatCount,
  formatMagnitude,
  formatNumber,
  formatPagesAndBytes,
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
import {
  exactText,
  listed,
  machineText,
  pageScaleText,
  relation,
  seenFacts,
  seenHead,
} from '../../render/words.ts';
import { type InFlight, isBounded, largerSide, type WorstCase } from '../../schemes/bound.ts';
import { schemeNamed } from '../../schemes/registry.ts';
import type { PageSize, Pages } from '../../units.ts';
import { CONTENTION_MARK, faultNotes, formulaText, type ViewChoices } from '../compare/view.ts';
import type {
  BoundResult,
  Crossing,
  MemberAndRss,
  Reach,
  Relation,
  Run,
  SchemeBounds,
} from './result.ts';

export type BoundChoices = Pick<ViewChoices, 'unit' | 'reproduce'>;

function pageSizeOf({ topology, range }: BoundResult): PageSize {
  return (topology ?? range)!.pageSize;
}

/** What is told of the one machine, or of the largest of a range. */
export function ofLargest({ schemes }: BoundResult): SchemeBounds[] {
  return schemes.filter(({ onlineCpus }) => onlineCpus === schemes.at(-1)?.onlineCpus);
}

function largestExact({ schemes }: BoundResult): Pages {
  const sides = schemes.map(({ exact }) => exact).filter(isBounded);
  return sides.reduce((largest, one) => Math.max(largest, largerSide(one)), 0);
}

/** One unit for all tables. */
export function scaleOf(result: BoundResult, { unit }: BoundChoices): Scale {
  const pageSize = pageSizeOf(result);
  return { unit: chooseUnit(unit, largestExact(result), pageSize), pageSize };
}

/** Sentences tell pages in bytes. */
function sentenceScale(result: BoundResult, { unit, pageSize }: Scale): Scale {
  const inBytes = unit === 'pages' ? chooseUnit('auto', largestExact(result), pageSize) : unit;
  return { unit: inBytes, pageSize };
}

export function titleOf({ program }: BoundResult): string {
  return `rss-err ${program.version} bound: how far off the reported RSS can be`;
}

function inFlightText({ updates, pages }: InFlight): string {
  const noun = updates === 1 ? 'update at a time' : 'updates at once';
  return updates === 0
    ? 'no update'
    : `at most ${formatNumber(updates)} ${noun}, of at most ${formatCount(pages, 'page')}`;
}

export function usedFacts({ used }: BoundResult): [string, string][] {
  return used === null
    ? []
    : [['used', `CPUs ${used.cpulist}; updates in flight and how low are of these alone`]];
}

/** The facts that follow those of the machine or the range. */
export function commonFacts(
  { threads, inFlight, sizePages, seen }: BoundResult,
  scale: Scale,
): (readonly [string, string])[] {
  const size = sizePages === null ? [] : [formatPagesAndBytes(sizePages, scale.pageSize)];
  return [
    ...seenFacts(seen),
    ['process', [formatCount(threads, 'thread'), ...size].join(', ')],
    ['in flight', inFlightText(inFlight)],
    ['error', `the raw counters minus what is resident: -low/+high${pageScaleText(scale)}`],
  ];
}

/** What is told of in-flight updates, readers and the OOM killer: over the CPUs of --used where there are such. */
export function shownBounds({ exact, exactUsed, inFlight, seen, oom, read }: SchemeBounds) {
  if (exactUsed === null) return { exact, inFlight, seen, oom, read };
  return { ...exactUsed, exact: exactUsed };
}

/** "at most 5 running" is short for --in-flight 5. */
export function runningHead({ inFlight }: BoundResult): string {
  return `${formatNumber(inFlight.updates)} running`;
}

function contentionNote(row: SchemeBounds, { inFlight }: BoundResult, scale: Scale): string {
  const { burst } = shownBounds(row).inFlight;
  const head = `${CONTENTION_MARK.trim()} for updates one after the other`;
  if (burst === null) return `${head}; adds to one node at once: no bound`;
  const pages = formatMagnitude(burst.under, { ...scale, unit: 'pages' });
  return `${head}; one burst of ${formatNumber(inFlight.updates)} on a node: up to ${pages} pages off; burst after burst: no bound`;
}

function memoryNote(schemes: readonly SchemeBounds[]): string {
  const layouts = schemes.map(({ name, memory }) => `${name}: ${memory.layout}`);
  return `memory: four counters, without the rounding of allocators; 64-bit, cache lines of 64 bytes, CPU hotplug, no debug options; ${layouts.join('; ')}`;
}

/** Notes on the schemes that are shown; those of the largest machine stand for all. */
export function commonNotes(result: BoundResult, scale: Scale): string[] {
  const schemes = ofLargest(result);
  const perNuma = schemes.find(({ scheme }) => schemeNamed(scheme).isBoundedSerialisedOnly);
  return [
    ...(perNuma === undefined ? [] : [contentionNote(perNuma, result, scale)]),
    ...faultNotes(schemes, scale.pageSize),
    memoryNote(schemes),
  ];
}

const RELATIONS: readonly [Relation, string][] = [
  ['above', 'above'],
  ['equal', 'equal to'],
  ['below', 'below'],
];

/** "48", "65, 66", "3 to 47"; of a run with gaps, its ends and how many values were computed. */
function runTexts({ from, to, values }: Run): string[] {
  if (from === to) return [formatNumber(from)];
  const ends = `${formatNumber(from)} to ${formatNumber(to)}`;
  if (values < to - from + 1) return [`${ends} (${formatNumber(values)} values)`];
  return values === 2 ? [formatNumber(from), formatNumber(to)] : [ends];
}

/** "above that of per-cpu for N = 3 to 47, 65 and 66, equal to it for …, below it for …". */
export function crossingText(
  { subject, other, over, runs }: Crossing,
  used: BoundResult['used'] = null,
): string {
  const variable = over === 'CPUs' ? 'N' : 'k';
  const clauses = RELATIONS.flatMap(([relationOfRun, words]) => {
    const texts = runs.filter((run) => run.relation === relationOfRun).flatMap(runTexts);
    return texts.length === 0 ? [] : [{ words, values: listed(texts) }];
  }).map(
    ({ words, values }, i) =>
      `${words} ${i === 0 ? `that of ${other}` : 'it'} for ${variable} = ${values}`,
  );
  const ofUsed = used === null ? '' : `, of which ${used.cpulist} are used,`;
  const where =
    over === 'CPUs'
      ? `Over machines of N CPUs${ofUsed}`
      : 'With the first k of the online CPUs used, in ascending order,';
  return `${where} the exact worst case of ${subject} is ${clauses.join(', ')}.`;
}

type SchemeColumn = readonly [column: Column, cell: (row: SchemeBounds) => Cell];

/** One counter, or all of RSS. */
type Whose = 'member' | 'rss';

/** A row a scheme. */
function schemeTable(
  title: string,
  result: BoundResult,
  scale: Scale | null,
  columns: readonly SchemeColumn[],
): TextTable {
  return {
    title,
    ...(scale === null ? {} : { scale }),
    columns: [left('scheme'), ...columns.map(([column]) => column)],
    rows: ofLargest(result).map((row) => [row.name, ...columns.map(([, cell]) => cell(row))]),
    mayDivide: true,
  };
}

function reachText({ count, of }: Reach): string {
  return count === 0 ? '-' : `${formatNumber(count)} ${count === 1 ? of.slice(0, -1) : of}`;
}

function sidesOf(bound: MemberAndRss, whose: Whose): WorstCase {
  return whose === 'rss' ? bound.rss : bound;
}

function boundCell(bound: MemberAndRss | null, whose: Whose): Cell {
  return bound === null ? `no bound${CONTENTION_MARK}` : { sides: sidesOf(bound, whose) };
}

/** Stated and exact, and exact of the CPUs of --used. */
function settledColumns({ schemes, used }: BoundResult, whose: Whose): SchemeColumn[] {
  const exactHead = `exact, ${formatCount(schemes[0]?.onlineCpus ?? 0, 'CPU')}`;
  const usedHeads = used === null ? [] : [`${formatNumber(used.cpus)} used`];
  return [
    [right('stated'), ({ stated }) => boundCell(stated, whose)],
    [right(exactHead), ({ exact }) => boundCell(exact, whose)],
    ...usedHeads.map(
      (head): SchemeColumn => [right(head), ({ exactUsed: of }) => boundCell(of, whose)],
    ),
  ];
}

function runningColumn(result: BoundResult, whose: Whose): SchemeColumn {
  return [right(runningHead(result)), (row) => boundCell(shownBounds(row).inFlight.running, whose)];
}

function settledTable(result: BoundResult, scale: Scale): TextTable {
  const { schemes } = result;
  const formulas = schemes.map((row) => `${row.name} ${formulaText(row)}`).join('; ');
  return schemeTable('Worst case of one counter, settled', result, scale, [
    [{ ...left('formula'), narrow: { note: `stated: ${formulas}` } }, formulaText],
    ...settledColumns(result, 'member'),
    [right('reached by'), ({ exact }) => reachText(exact.reachedBy)],
  ]);
}

/** Of a title: which CPUs the table is of. */
export function ofUsedText({ used }: BoundResult): string {
  return used === null ? '' : `, ${formatNumber(used.cpus)} used`;
}

function inFlightTable(result: BoundResult, scale: Scale): TextTable {
  return schemeTable(`Updates in flight, one counter${ofUsedText(result)}`, result, scale, [
    [right('settled'), (row) => boundCell(shownBounds(row).exact, 'member')],
    runningColumn(result, 'member'),
    [
      right(`${formatNumber(result.inFlight.updates - 1)} stalled`),
      (row) => boundCell(shownBounds(row).inFlight.stalled, 'member'),
    ],
  ]);
}

function rssTable(result: BoundResult, scale: Scale): TextTable {
  return schemeTable('RSS (file + anon + shmem)', result, scale, [
    ...settledColumns(result, 'rss'),
    ...(result.inFlight.updates === 0 ? [] : [runningColumn(result, 'rss')]),
  ]);
}

/** What --reader can be off by. */
function readTable(result: BoundResult, scale: Scale): TextTable[] {
  const { seen, used, sizePages } = result;
  const reader = seen?.reader ?? null;
  if (reader === null) return [];
  const cell = (read: WorstCase | undefined): Cell => (read === undefined ? '-' : { sides: read });
  const size = sizePages === null ? '' : ` of ${formatPagesAndBytes(sizePages, scale.pageSize)}`;
  return [
    schemeTable(`${seenHead('Worst case', seen)}${size}, settled`, result, scale, [
      [
        left('sums'),
        () => (reader.members.length === 0 ? 'page tables' : reader.members.join(' + ')),
      ],
      [
        right(`exact, ${formatCount(result.schemes[0]?.onlineCpus ?? 0, 'CPU')}`),
        ({ read }) => cell(read),
      ],
      ...(used === null
        ? []
        : [
            [
              right(`${formatNumber(used.cpus)} used`),
              (row: SchemeBounds) => cell(shownBounds(row).read),
            ] as const,
          ]),
    ]),
  ];
}

export const WORDS_NOTE = 'what the columns are: rss-err bound --help';

/** Under which schemes a process of --size can read 0. */
function zeroTexts(result: BoundResult): string[] {
  const { schemes, sizePages } = result;
  const zero = schemes.filter((row) => shownBounds(row).seen?.rss.under === sizePages);
  if (sizePages === null || zero.length === 0) return [];
  const size = formatPagesAndBytes(sizePages, pageSizeOf(result));
  return [`A process of ${size} can read 0 under ${listed(zero.map(({ name }) => name))}.`];
}

/** What the table of --reader is of, where that is not plain. */
function readNote({ seen }: BoundResult): string[] {
  return seen?.reader?.isPeak === true
    ? ["a peak's error: against what was resident at its highest, at the kernel's own moments"]
    : [];
}

/** The low side, raw and through the clamp at zero; the high side is the same in both. */
function seenTable(result: BoundResult, scale: Scale, sizePages: Pages): TextTable {
  const low = (bound: MemberAndRss | null, whose: Whose): Cell =>
    bound === null ? 'N/A' : { signed: -sidesOf(bound, whose).under };
  const size = formatPagesAndBytes(sizePages, scale.pageSize);
  return schemeTable(`How low of ${size}, settled${ofUsedText(result)}`, result, scale, [
    [right('one counter, raw'), (row) => low(shownBounds(row).exact, 'member')],
    [right('as read'), (row) => low(shownBounds(row).seen, 'member')],
    [right('RSS, raw'), (row) => low(shownBounds(row).exact, 'rss')],
    [right('as read'), (row) => low(shownBounds(row).seen, 'rss')],
  ]);
}

/** Whose members are counted together, and how far apart two tasks must be. */
function oomTable(result: BoundResult, scale: Scale): TextTable {
  const cell = (of: 'member' | 'rss' | 'rssAndSwap'): SchemeColumn[1] => {
    return (row) => ({ pages: shownBounds(row).oom?.[of] ?? 0 });
  };
  const title = `OOM: least difference that no error reverses${ofUsedText(result)}`;
  return schemeTable(title, result, scale, [
    [right('one counter'), cell('member')],
    [right('RSS'), cell('rss')],
    [right('RSS + swap'), cell('rssAndSwap')],
  ]);
}

const OOM_NOTE =
  'OOM: of two tasks, the truly larger one the older, each with all that its scheme can hide; what the killer reads to 6.19. From 7.0 on it reads precise sums, and the difference is 1 page: of equals the later task dies';

function memoryTable(result: BoundResult): TextTable {
  const bytes = (value: number) => (value === 0 ? '-' : formatNumber(value));
  return schemeTable('Memory of one process, in bytes', result, null, [
    [right('mm_struct'), ({ memory }) => bytes(memory.mmStruct)],
    [right('per-CPU'), ({ memory }) => bytes(memory.perCpu)],
    [right('tree items'), ({ memory }) => bytes(memory.items)],
    [right('tasks'), ({ memory }) => bytes(memory.threads)],
    [right('total'), ({ memory }) => bytes(memory.total)],
  ]);
}

/** A tree's limit beside that of per-CPU counters, over the machine and over the CPUs of --used. */
function contrastTexts({ schemes, crossings, used }: BoundResult, scale: Scale): string[] {
  const named = (name: string) => schemes.find((row) => row.name === name);
  const amount = (pages: Pages) => formatMagnitude(pages, scale);
  return crossings.flatMap((crossing) => {
    const [subject, other] = [named(crossing.subject), named(crossing.other)];
    if (subject === undefined || other === undefined) return [];
    const against = (a: MemberAndRss, b: MemberAndRss, whose: string) =>
      `${relation(largerSide(a), largerSide(b))} ${whose} (${amount(largerSide(a))} against ${amount(largerSide(b))} ${scale.unit})`;
    const ofUsed =
      used === null || subject.exactUsed === null || other.exactUsed === null
        ? ''
        : `, over the ${formatNumber(used.cpus)} used ${against(subject.exactUsed, other.exactUsed, 'it')}`;
    return [
      `Over all CPUs the exact worst case of ${subject.name} is ${against(subject.exact, other.exact, `that of ${other.name}`)}${ofUsed}.`,
      crossingText(crossing),
    ];
  });
}

const isOom = ({ schemes }: BoundResult) => schemes[0]?.oom !== undefined;

export function boundView(result: BoundResult, choices: BoundChoices): TextView {
  const scale = scaleOf(result, choices);
  const { topology, inFlight, sizePages } = result;
  return {
    title: titleOf(result),
    facts: [
      ...(topology === null ? [] : [['machine', machineText(topology)] as const]),
      ...usedFacts(result),
      ...commonFacts(result, scale),
    ],
    tables: [
      ...readTable(result, scale),
      settledTable(result, scale),
      ...(inFlight.updates === 0 ? [] : [inFlightTable(result, scale)]),
      rssTable(result, scale),
      ...(sizePages === null ? [] : [seenTable(result, scale, sizePages)]),
      ...(isOom(result) ? [oomTable(result, scale)] : []),
      memoryTable(result),
    ],
    findings: [
      ...contrastTexts(result, sentenceScale(result, scale)),
      ...zeroTexts(result),
      exactText(result.seen) ?? [],
    ].flat(),
    notes: [
      WORDS_NOTE,
      ...readNote(result),
      ...commonNotes(result, scale),
      ...(isOom(result) ? [OOM_NOTE] : []),
    ],
    reproduce: choices.reproduce,
  };
}
