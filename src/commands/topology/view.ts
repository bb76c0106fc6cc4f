/** Machines in words: lists of CPUs in little room, parts, facts, one machine in full, a table of several. */

import { formatCount, formatNumber, groupDigits } from '../../render/amounts.ts';
import { factLines, MAIL_WIDTH, plainGrid } from '../../render/text.ts';
import { left, right } from '../../render/view.ts';
import { cpuCounts, shortHash, wrap } from '../../render/words.ts';
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';
import {
  boundParts,
  foldMachine,
  type MachineTree,
  type Part,
  type PartName,
  type Range,
} from './machine-tree.ts';
import type { CoresPerPackage, TopologySummary } from './result.ts';

/** CPUs that are equally far apart, and no neighbours. */
export interface Stride {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /**
   * As the kernel's lists may say it (lib/bitmap.c, bitmap_parselist): "0-224:1/32" is 1 of every 32
   * from 0 to 224.
   */
  readonly text: string;
}

/** Null where they are not, or are fewer than three. */
export function strideOf(ids: CpuIds): Stride | null {
  const [first = 0, second = 0] = ids;
  const step = second - first;
  if (ids.length < 3 || step < 2) return null;
  if (!ids.every((id, place) => id === first + place * step)) return null;
  const last = ids.at(-1)!;
  return { first, last, step, text: `${first}-${last}:1/${step}` };
}

/** The list in at most `room` columns; "none" where there is no CPU. */
export function shortCpulist(ids: CpuIds, room: number, ellipsis: string): string {
  if (ids.length === 0) return 'none';
  const list = formatCpulist(ids);
  if (list.length <= room) return list;
  const stride = strideOf(ids);
  if (stride !== null && stride.text.length <= room) return stride.text;
  const end = list.lastIndexOf(',', room - ellipsis.length - 1);
  return `${list.slice(0, end + 1)}${ellipsis}`;
}

/** The list in full, by its stride where that is shorter. */
export function wholeCpulist(ids: CpuIds): string {
  const list = formatCpulist(ids);
  const text = strideOf(ids)?.text ?? list;
  return text.length < list.length ? text : list;
}

function memoryText({ min, max }: Range): string {
  const inGib = max >= 1024;
  const [least = '', most = ''] = [min, max].map((mib) =>
    inGib ? groupDigits((mib / 1024).toFixed(1)) : formatNumber(mib),
  );
  return ` (${least === most ? most : `${least} to ${most}`} ${inGib ? 'GiB' : 'MiB'})`;
}

/** "package 0-1", "L3": ids in the order of a machine are no cpulist until they are sorted. */
function titleText({ title, ids }: PartName): string {
  const all = typeof ids === 'number' ? [ids] : ids;
  return all.length === 0 ? title : `${title} ${formatCpulist(Int32Array.from(all).sort())}`;
}

/** "2 x package 0-1 + node 0-1"; the machine as a whole is "machine". */
export function partText({ names, count }: Part, times: string): string {
  if (names.length === 0) return 'machine';
  const texts = names.map(
    (name) => `${titleText(name)}${name.memoryMiB === null ? '' : memoryText(name.memoryMiB)}`,
  );
  return `${count === 1 ? '' : `${formatNumber(count)} ${times} `}${texts.join(' + ')}`;
}

/** "16 each", or "9 of 16" where not all of them are on-line: the CPUs of each. */
function onlineText({ states: { online, offline, absent }, count }: Part): string {
  const all = formatNumber(online + offline + absent);
  const text = offline + absent === 0 ? all : `${formatNumber(online)} of ${all}`;
  return count === 1 ? text : `${text} each`;
}

/** "16 CPUs each", "9 of 16 CPUs on-line"; CPUs that are loose tell their state by their name. */
export function cpusText({ states: { online, offline, absent }, count, names }: Part): string {
  const all = formatCount(online + offline + absent, 'CPU');
  const each = count === 1 ? '' : ' each';
  if (offline + absent === 0 || names[0]?.kind === 'cpus') return `${all}${each}`;
  return `${formatNumber(online)} of ${all} on-line${each}`;
}

const LABEL_WIDTH = 18;

function known(count: number | null): string {
  return count === null ? 'not described' : String(count);
}

/** More nodes than these are not listed one by one, unless all are asked for. */
const MOST_NODES = 16;
const FIRST_NODES = 4;

/** lscpu divides and rounds down: where packages differ its figure is told beside the true ones. */
function coresPerPackageText(cores: CoresPerPackage | null): string {
  if (cores === null) return known(null);
  const { average, min, max } = cores;
  return min === max ? String(min) : `${min} to ${max} (lscpu: ${average})`;
}

function nodeFacts({ numaNodes }: TopologySummary, all: boolean): [string, string][] {
  const facts = numaNodes.map(({ id, onlineCpus }): [string, string] => [
    `node${id} CPUs`,
    onlineCpus === '' ? 'none' : onlineCpus,
  ]);
  if (all || facts.length <= MOST_NODES) return facts;
  const left = formatNumber(facts.length - FIRST_NODES - 1);
  return [
    ...facts.slice(0, FIRST_NODES),
    ['...', `${left} nodes more (--all lists them)`],
    ...facts.slice(-1),
  ];
}

/** What is known of a machine, a label and a text each; counts as lscpu has them. */
function topologyFacts(summary: TopologySummary, all: boolean): [string, string][] {
  const facts: [string, string][] = [
    ['name', summary.name],
    ['description', summary.description],
    ['source', summary.source],
    ['sha256', shortHash(summary.sha256)],
    ['page size', `${summary.pageSize / 1024} KiB`],
    ['CPUs possible', String(summary.possibleCpus)],
    ['CPUs present', String(summary.presentCpus)],
    ['CPUs online', String(summary.onlineCpus)],
    ['CPUs offline', summary.offlineCpus],
    ['nr_cpu_ids', String(summary.nrCpuIds)],
    ['threads per core', known(summary.threadsPerCore)],
    ['cores', known(summary.cores)],
    ['cores per package', coresPerPackageText(summary.coresPerPackage)],
    ['packages', known(summary.packages)],
    ['dies', String(summary.dies ?? '')],
    ...summary.caches.map(({ level, instances }): [string, string] => [
      `L${level} caches`,
      String(instances),
    ]),
    ['NUMA nodes', known(summary.numaNodes.length || null)],
    ...nodeFacts(summary, all),
  ];
  return facts.filter(([, text]) => text !== '');
}

/** "0-7,192-199 ... 88-95,280-287": those of the first and the last, as far as there is room. */
export function firstToLast({ first, last, count }: Part, room: number, ellipsis: string): string {
  if (count === 1 || first.length === 0) return shortCpulist(first, room, ellipsis);
  const both = `${formatCpulist(first)} ${ellipsis} ${formatCpulist(last)}`;
  if (both.length <= room) return both;
  return `${shortCpulist(first, room - ellipsis.length - 1, ellipsis)} ${ellipsis}`;
}

export function hasFolds({ count, children }: Part): boolean {
  if (count > 1) return true;
  for (const child of children) if (hasFolds(child)) return true;
  return false;
}

/** A line of a drawn tree: a part, or how many more there are. */
interface Line {
  readonly depth: number;
  readonly part: Part | null;
  readonly more: number;
}

function* linesOf(part: Part, depth = 0): Iterable<Line> {
  yield { depth, part, more: 0 };
  for (const child of part.children) yield* linesOf(child, depth + 1);
  if (part.leftOut > 0) yield { depth: depth + 1, part: null, more: part.leftOut };
}

/** So many parts that overlap others are named. */
const MOST_CROSSING = 4;

/** What has no place in the tree, in a sentence; none where all nests. */
function crossingText({ crossing }: MachineTree, ellipsis: string): string[] {
  if (crossing.length === 0) return [];
  const named = crossing
    .slice(0, MOST_CROSSING)
    .map(
      ({ names: [name], first }) => `${titleText(name!)} (${shortCpulist(first, 24, ellipsis)})`,
    );
  const more = crossing.length - named.length;
  const others = more === 0 ? '' : `, and ${formatCount(more, 'part')} more`;
  return [`Not drawn, as they overlap other parts: ${named.join(', ')}${others}.`];
}

/** So many lines of a tree, unless all are asked for: machines whose parts all differ have no end. */
const MOST_PARTS = 100;

/** The tree as it is drawn, and what is said under it. Whole: every part, with all its CPUs. */
function drawnTree(tree: MachineTree, isWhole: boolean, ellipsis: string) {
  if (isWhole) return { root: tree.root, notes: crossingText(tree, ellipsis) };
  const root = boundParts(foldMachine(tree.root, Number.POSITIVE_INFINITY), MOST_PARTS);
  const folds = 'Parts alike are folded, the first is shown; --all lists every one.';
  return { root, notes: [...(hasFolds(root) ? [folds] : []), ...crossingText(tree, ellipsis)] };
}

const ELLIPSIS = '...';

/** Longer labels have their line for themselves. */
const MOST_LABEL = 36;

/** Of the CPUs of each part, or "9 of 16". */
const HEAD = 'CPUs online';

export function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

/**
 * The lines of the tree and the notes under it: of a whole one there may be millions, which are made one by one.
 * What is not is done before the first.
 */
function treeLines(tree: MachineTree, isWhole: boolean): Iterable<string> {
  const { root, notes } = drawnTree(tree, isWhole, ELLIPSIS);
  const labelOf = ({ depth, part, more }: Line) =>
    `${'  '.repeat(depth)}${part === null ? `${ELLIPSIS} ${formatNumber(more)} more` : partText(part, 'x')}`;
  const cpusOf = ({ part }: Line) => (part === null ? '' : onlineText(part));
  let [longestLabel, longestCpus] = [0, HEAD.length];
  for (const line of linesOf(root)) {
    longestLabel = Math.max(longestLabel, labelOf(line).length);
    longestCpus = Math.max(longestCpus, cpusOf(line).length);
  }
  const labelWidth = Math.min(longestLabel, MOST_LABEL) + 2;
  const countWidth = longestCpus + 2;
  const room = isWhole ? Number.POSITIVE_INFINITY : MAIL_WIDTH - labelWidth - countWidth;
  function* row(label: string, cpus: string, list: string): Iterable<string> {
    const isLong = label.length > labelWidth - 2;
    if (isLong) yield label;
    yield `${(isLong ? '' : label).padEnd(labelWidth)}${cpus.padEnd(countWidth)}${list}`;
  }
  return (function* () {
    yield* row('', HEAD, 'which');
    for (const line of linesOf(root)) {
      const list = line.part === null ? '' : firstToLast(line.part, room, ELLIPSIS);
      yield* row(labelOf(line), cpusOf(line), list);
    }
    for (const note of notes) yield* wrap(note, MAIL_WIDTH);
  })();
}

/** A machine as plain text, a line each: its facts, then its tree as indented lines. */
export function machineAsText(
  summary: TopologySummary,
  tree: MachineTree,
  isWhole: boolean,
): Iterable<string> {
  // Only the description, the source and long CPU lists take more than a line.
  const facts = factLines(topologyFacts(summary, isWhole), LABEL_WIDTH, MAIL_WIDTH);
  const lines = treeLines(tree, isWhole);
  return (function* () {
    for (const line of [...facts, '']) yield `${line.trimEnd()}\n`;
    for (const line of lines) yield `${line.trimEnd()}\n`;
  })();
}

/** Lists of CPUs take at most so many characters, unless the tree is whole. */
const LIST_ROOM = 60;

/** What a name or a description may hold that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*<>&[\]]/g, '\\$&');
}

/** A machine as GitHub-flavoured Markdown, a line each: its facts, then its tree as a nested list. */
export function machineAsMarkdown(
  summary: TopologySummary,
  tree: MachineTree,
  isWhole: boolean,
): Iterable<string> {
  const [, ...facts] = topologyFacts(summary, isWhole);
  const { root, notes } = drawnTree(tree, isWhole, '…');
  const room = isWhole ? Number.POSITIVE_INFINITY : LIST_ROOM;
  const item = ({ part, more }: Line) =>
    part === null
      ? `… ${formatNumber(more)} more`
      : `${partText(part, '×')}: ${cpusText(part)} (${firstToLast(part, room, '…')})`;
  return (function* () {
    yield `### ${escaped(summary.name)}\n\n`;
    for (const [label, text] of facts) yield `- ${label}: ${escaped(text)}\n`;
    yield '\n**The machine**\n\n';
    for (const line of linesOf(root)) yield `${'  '.repeat(line.depth)}- ${item(line)}\n`;
    for (const note of notes) yield `\n${note}\n`;
  })();
}

export const MACHINES_HEADS = ['name', 'CPUs', 'nr_cpu_ids', 'cores', 'packages', 'nodes', 'page'];

/** A row a machine; unknown counts are "-". */
export function machinesRows(summaries: readonly TopologySummary[]): string[][] {
  return summaries.map((summary) => [
    summary.name,
    String(summary.onlineCpus),
    String(summary.nrCpuIds),
    summary.cores === null ? '-' : String(summary.cores),
    summary.packages === null ? '-' : String(summary.packages),
    summary.numaNodes.length === 0 ? '-' : String(summary.numaNodes.length),
    `${summary.pageSize / 1024}K`,
  ]);
}

export function machinesAsText(summaries: readonly TopologySummary[]): string {
  const [name = '', ...heads] = MACHINES_HEADS;
  return plainGrid([left(name), ...heads.map(right)], machinesRows(summaries))
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * "8 CPUs online, nr_cpu_ids 8, 4 cores, …": the counts of a machine; what is not described is not
 * counted.
 */
export function countsText(
  summary: TopologySummary,
  online: 'online' | 'on-line',
  number: (count: number) => string,
): string {
  const { cores, packages, numaNodes } = summary;
  const counted = (count: number | null, noun: string) =>
    count === null || count === 0 ? [] : [formatCount(count, noun)];
  return [
    ...cpuCounts(summary, online, number),
    ...counted(cores, 'core'),
    ...counted(packages, 'package'),
    ...counted(numaNodes.length, 'NUMA node'),
  ].join(', ');
}
