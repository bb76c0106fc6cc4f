/** A machine's tree as indented lines of plain text. */

import { formatCount, formatNumber } from '../../render/amounts.ts';
import { MAIL_WIDTH } from '../../render/text.ts';
import { wrap } from '../../render/text-layout.ts';
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';
import { shortCpulist } from './cpulist-text.ts';
import type { FoldedPart } from './machine-fold.ts';
import type { MachineTree } from './machine-tree.ts';
import { onlineText, partNameText, partText } from './part-text.ts';

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
export function crossingText({ crossing }: MachineTree, ellipsis: string): string[] {
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
export const FOLDED_NOTE = 'Parts alike are folded, the first is shown; --all lists every one.';

/** The lines, each with its end. Whole lists of CPUs where the tree is not folded. */
export function machineLines(root: FoldedPart, tree: MachineTree, isWhole: boolean): string {
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
