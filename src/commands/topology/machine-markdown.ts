/** A machine as GitHub-flavoured Markdown: its facts, then its tree as a nested list. */

import { formatNumber } from '../../render/amounts.ts';
import type { FoldedPart } from './machine-fold.ts';
import { crossingText, FOLDED_NOTE, firstToLast, hasFolds } from './machine-text.ts';
import type { MachineTree } from './machine-tree.ts';
import { cpusText, partText } from './part-text.ts';
import type { TopologySummary } from './topology-summary.ts';
import { topologyFacts } from './topology-text.ts';

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

export function machineMarkdown(
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
