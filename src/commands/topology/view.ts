/** Machines in words: lists of CPUs in little room, parts, facts, one machine in full, a table of several. */

import { formatCount, formatNumber, groupDigits } from '../../render/amounts.ts';
import { MAIL_WIDTH, plainGrid, wrap } from '../../render/text.ts';
import { left, right } from '../../render/view.ts';
import { shortHash } from '../../render/words.ts';
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';
import type { FoldedName, FoldedPart, MachineTree, PartName } from './machine-tree.ts';
import type { CoresPerPackage, TopologySummary } from './result.ts';

/** CPUs that are equally far apart, and no neighbours. */
export interface Stride {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** Null where they are not, or are fewer than three. */
export function strideOf(ids: CpuIds): Stride | null {
  const first = ids[0] ?? 0;
  const step = (ids[1] ?? 0) - first;
  if (ids.length < 3 || step < 2) return null;
  const isEven = ids.every((id, place) => id === first + place * step);
  return isEven ? { first, last: ids.at(-1)!, step } : null;
}

/**
 * As the kernel's lists may say it (lib/bitmap.c, bitmap_parselist): "0-224:1/32" is 1 of every 32
 * from 0 to 224.
 */
export function strideText({ first, last, step }: Stride): string {
  return `${first}-${last}:1/${step}`;
}

function cut(list: string, room: number, ellipsis: string): string {
  const end = list.lastIndexOf(',', room - ellipsis.length - 1);
  return end < 0 ? ellipsis : `${list.slice(0, end)},${ellipsis}`;
}

/** The list in at most `room` columns; "none" where there is no CPU. */
export function shortCpulist(ids: CpuIds, room: number, ellipsis: string): string {
  if (ids.length === 0) return 'none';
  const list = formatCpulist(ids);
  if (list.length <= room) return list;
  const stride = strideOf(ids);
  const text = stride === null ? null : strideText(stride);
  return text !== null && text.length <= room ? text : cut(list, room, ellipsis);
}

/** The list in full, by its stride where that is shorter. */
export function wholeCpulist(ids: CpuIds): string {
  const list = formatCpulist(ids);
  const stride = strideOf(ids);
  const text = stride === null ? list : strideText(stride);
  return text.length < list.length ? text : list;
}

const LOOSE_NAMES = { online: 'CPUs', offline: 'CPUs off-line', absent: 'CPUs not present' };

/** "0-3", "0,2": ids in the order of a machine are no cpulist until they are sorted. */
function idsText(ids: readonly number[]): string {
  return formatCpulist(Int32Array.from(ids).sort());
}

function memoryText({ min, max }: { min: number; max: number }): string {
  const inGib = max >= 1024;
  const [least = '', most = ''] = [min, max].map((mib) =>
    inGib ? groupDigits((mib / 1024).toFixed(1)) : formatNumber(mib),
  );
  return ` (${least === most ? most : `${least} to ${most}`} ${inGib ? 'GiB' : 'MiB'})`;
}

function nameText(name: FoldedName): string {
  switch (name.kind) {
    case 'node':
      return `node ${idsText(name.ids)}${name.memoryMiB === null ? '' : memoryText(name.memoryMiB)}`;
    case 'cache':
      return `L${name.level}`;
    case 'core':
      return 'core';
    case 'cpus':
      return LOOSE_NAMES[name.state];
    default:
      return `${name.kind} ${idsText(name.ids)}`;
  }
}

/** One part, which is in no tree. */
function partNameText(name: PartName): string {
  if ('id' in name) return `${name.kind} ${name.id}`;
  return name.kind === 'cache' ? `L${name.level}` : 'core';
}

/** "2 x package 0-1 + node 0-1"; the machine as a whole is "machine". */
export function partText({ names, count }: FoldedPart, times: string): string {
  if (names.length === 0) return 'machine';
  return `${count === 1 ? '' : `${formatNumber(count)} ${times} `}${names.map(nameText).join(' + ')}`;
}

/** "16", or "9 of 16" where not all of them are on-line: the CPUs of each. */
function onlineText({ states: { online, offline, absent } }: FoldedPart): string {
  const all = formatNumber(online + offline + absent);
  return offline + absent === 0 ? all : `${formatNumber(online)} of ${all}`;
}

/** "16 CPUs each", "9 of 16 CPUs on-line"; CPUs that are loose tell their state by their name. */
export function cpusText(part: FoldedPart): string {
  const { online, offline, absent } = part.states;
  const all = formatCount(online + offline + absent, 'CPU');
  const each = part.count === 1 ? '' : ' each';
  if (offline + absent === 0 || part.names[0]?.kind === 'cpus') return `${all}${each}`;
  return `${formatNumber(online)} of ${all} on-line${each}`;
}

const LABEL_WIDTH = 18;

function known(count: number | null): string {
  return count === null ? 'not described' : String(count);
}

/** A fact, or nothing where it is not told. */
function told(label: string, text: string): [string, string][] {
  return text === '' ? [] : [[label, text]];
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
  const { offlineCpus, dies } = summary;
  return [
    ['name', summary.name],
    ...told('description', summary.description),
    ...told('source', summary.source),
    ['sha256', shortHash(summary.sha256)],
    ['page size', `${summary.pageSize / 1024} KiB`],
    ['CPUs possible', String(summary.possibleCpus)],
    ['CPUs present', String(summary.presentCpus)],
    ['CPUs online', String(summary.onlineCpus)],
    ...told('CPUs offline', offlineCpus),
    ['nr_cpu_ids', String(summary.nrCpuIds)],
    ['threads per core', known(summary.threadsPerCore)],
    ['cores', known(summary.cores)],
    ['cores per package', coresPerPackageText(summary.coresPerPackage)],
    ['packages', known(summary.packages)],
    ...told('dies', dies === null ? '' : String(dies)),
    ...summary.caches.map(({ level, instances }): [string, string] => [
      `L${level} caches`,
      String(instances),
    ]),
    ['NUMA nodes', known(summary.numaNodes.length || null)],
    ...nodeFacts(summary, all),
  ];
}

/** One line a fact; only the description, the source and long CPU lists take more. */
function factLines(summary: TopologySummary, all: boolean): string {
  return topologyFacts(summary, all)
    .flatMap(([label, text]) =>
      wrap(`${label.padEnd(LABEL_WIDTH - 1)} ${text}`, MAIL_WIDTH, ' '.repeat(LABEL_WIDTH)),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const ELLIPSIS = '...';

/** Longer labels have their line for themselves. */
const MOST_LABEL = 36;

/** Of the CPUs of each part, or "9 of 16". */
const HEAD = 'CPUs online';

/** So many parts that overlap others are named. */
const MOST_CROSSING = 4;

interface Row {
  readonly label: string;
  readonly cpus: string;
  readonly part: FoldedPart | null;
}

/** "0-7,192-199 ... 88-95,280-287": those of the first and the last, as far as there is room. */
export function firstToLast(
  { first, last, count }: FoldedPart,
  room: number,
  ellipsis: string,
): string {
  if (count === 1 || first.length === 0) return shortCpulist(first, room, ellipsis);
  const both = `${formatCpulist(first)} ${ellipsis} ${formatCpulist(last)}`;
  if (both.length <= room) return both;
  return `${shortCpulist(first, room - ellipsis.length - 1, ellipsis)} ${ellipsis}`;
}

function rowsOf(part: FoldedPart, depth: number): Row[] {
  const indent = '  '.repeat(depth);
  const { children, leftOut } = part;
  const own = {
    label: `${indent}${partText(part, 'x')}`,
    cpus: `${onlineText(part)}${part.count === 1 ? '' : ' each'}`,
    part,
  };
  const more = {
    label: `${indent}  ${ELLIPSIS} ${formatNumber(leftOut)} more`,
    cpus: '',
    part: null,
  };
  return [
    own,
    ...children.flatMap((child) => rowsOf(child, depth + 1)),
    ...(leftOut > 0 ? [more] : []),
  ];
}

/** What has no place in the tree, in a sentence; none where all nests. */
function crossingText({ crossing }: MachineTree, ellipsis: string): string[] {
  if (crossing.length === 0) return [];
  const named = crossing
    .slice(0, MOST_CROSSING)
    .map(({ name, cpus }) => `${partNameText(name)} (${shortCpulist(cpus, 24, ellipsis)})`);
  const more = crossing.length - named.length;
  const others = more === 0 ? '' : `, and ${formatCount(more, 'part')} more`;
  return [`Not drawn, as they overlap other parts: ${named.join(', ')}${others}.`];
}

export function hasFolds({ count, children }: FoldedPart): boolean {
  return count > 1 || children.some(hasFolds);
}

/** Said under a tree that is folded. */
const FOLDED_NOTE = 'Parts alike are folded, the first is shown; --all lists every one.';

/** The lines of the tree, each with its end. Whole lists of CPUs where it is not folded. */
function treeLines(root: FoldedPart, tree: MachineTree, isWhole: boolean): string {
  const rows = rowsOf(root, 0);
  const longest = rows.reduce((most, { label }) => Math.max(most, label.length), 0);
  const labelWidth = Math.min(longest, MOST_LABEL) + 2;
  const countWidth = rows.reduce((most, { cpus }) => Math.max(most, cpus.length), HEAD.length) + 2;
  const start = labelWidth + countWidth;
  const line = (label: string, cpus: string, list: string) =>
    label.length > labelWidth - 2
      ? [label, `${' '.repeat(labelWidth)}${cpus.padEnd(countWidth)}${list}`]
      : [`${label.padEnd(labelWidth)}${cpus.padEnd(countWidth)}${list}`];
  const listOf = (part: FoldedPart | null): string => {
    if (part === null) return '';
    return isWhole ? wholeText(part.first) : firstToLast(part, MAIL_WIDTH - start, ELLIPSIS);
  };
  const lines = [
    ...line('', HEAD, 'which'),
    ...rows.flatMap(({ label, cpus, part }) => line(label, cpus, listOf(part))),
    ...[...(hasFolds(root) ? [FOLDED_NOTE] : []), ...crossingText(tree, ELLIPSIS)].flatMap((note) =>
      wrap(note, MAIL_WIDTH),
    ),
  ];
  return lines.map((text) => `${text.trimEnd()}\n`).join('');
}

function wholeText(cpus: CpuIds): string {
  return cpus.length === 0 ? 'none' : formatCpulist(cpus);
}

/** A machine as plain text: its facts, then its tree as indented lines. */
export function machineAsText(
  summary: TopologySummary,
  root: FoldedPart,
  tree: MachineTree,
  isWhole: boolean,
): string {
  return `${factLines(summary, isWhole)}\n${treeLines(root, tree, isWhole)}`;
}

/** Lists of CPUs take at most so many characters, unless the tree is whole. */
const LIST_ROOM = 60;

/** What a name or a description may hold that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*<>&[\]]/g, '\\$&');
}

function itemLines(part: FoldedPart, depth: number, isWhole: boolean): string[] {
  const indent = '  '.repeat(depth);
  const cpus = firstToLast(part, isWhole ? Number.POSITIVE_INFINITY : LIST_ROOM, '…');
  const { children, leftOut } = part;
  return [
    `${indent}- ${partText(part, '×')}: ${cpusText(part)} (${cpus})`,
    ...children.flatMap((child) => itemLines(child, depth + 1, isWhole)),
    ...(leftOut === 0 ? [] : [`${indent}  - … ${formatNumber(leftOut)} more`]),
  ];
}

/** A machine as GitHub-flavoured Markdown: its facts, then its tree as a nested list. */
export function machineAsMarkdown(
  summary: TopologySummary,
  root: FoldedPart,
  tree: MachineTree,
  isWhole: boolean,
): string {
  const [, ...facts] = topologyFacts(summary, isWhole);
  const notes = [...(hasFolds(root) ? [FOLDED_NOTE] : []), ...crossingText(tree, '…')];
  return [
    `### ${escaped(summary.name)}`,
    '',
    ...facts.map(([label, text]) => `- ${label}: ${escaped(text)}`),
    '',
    '**The machine**',
    '',
    ...itemLines(root, 0, isWhole),
    ...notes.flatMap((note) => ['', note]),
    '',
  ].join('\n');
}

/** A row a machine; unknown counts are "-". */
export function machinesAsText(summaries: readonly TopologySummary[]): string {
  const heads = ['CPUs', 'nr_cpu_ids', 'cores', 'packages', 'nodes', 'page'];
  const rows = summaries.map((summary) => [
    summary.name,
    String(summary.onlineCpus),
    String(summary.nrCpuIds),
    summary.cores === null ? '-' : String(summary.cores),
    summary.packages === null ? '-' : String(summary.packages),
    summary.numaNodes.length === 0 ? '-' : String(summary.numaNodes.length),
    `${summary.pageSize / 1024}K`,
  ]);
  return plainGrid([left('name'), ...heads.map(right)], rows)
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
  const { onlineCpus, possibleCpus, nrCpuIds, cores, packages, numaNodes } = summary;
  const counted = (count: number | null, noun: string) =>
    count === null || count === 0 ? [] : [formatCount(count, noun)];
  return [
    `${formatCount(onlineCpus, 'CPU')} ${online}`,
    ...(possibleCpus === onlineCpus ? [] : [`${number(possibleCpus)} possible`]),
    `nr_cpu_ids ${number(nrCpuIds)}`,
    ...counted(cores, 'core'),
    ...counted(packages, 'package'),
    ...counted(numaNodes.length, 'NUMA node'),
  ].join(', ');
}
