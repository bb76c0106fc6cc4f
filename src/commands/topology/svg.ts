/** A machine drawn as boxes within boxes. */

import { formatCount, formatNumber } from '../../render/amounts.ts';
import {
  type Block,
  cell,
  column,
  flow,
  framed,
  inRows,
  lineOfText,
  moreOf,
  renderSvg,
  textWidth,
} from '../../render/svg.ts';
import type { Topology } from '../../topology/topology.ts';
import {
  boundParts,
  type CpuState,
  cpuStates,
  foldMachine,
  type MachineTree,
  type Part,
} from './machine-tree.ts';
import type { TopologySummary } from './result.ts';
import { countsText, cpusText, firstToLast, hasFolds, partText } from './view.ts';

/** So many boxes and CPUs are drawn at most; of larger machines equal parts are drawn once. */
const MOST_BOXES = 1_200;

/** So many parts are drawn of a machine that is too large even so, because its parts are all different. */
const MOST_UNLIKE_PARTS = 60;

/** So many CPUs of one part are drawn at most. */
const MOST_CELLS = 32;

/** Lists of CPUs take at most so many characters. */
const LIST_ROOM = 34;

interface Style {
  readonly states: readonly CpuState[];
  readonly cellWidth: number;
}

function countBoxes({ children, first }: Part): number {
  let boxes = children.length > 0 ? 0 : Math.min(first.length, MOST_CELLS);
  for (const child of children) boxes += 1 + countBoxes(child);
  return boxes;
}

function depthOf({ children }: Part): number {
  let deepest = 0;
  for (const child of children) deepest = Math.max(deepest, 1 + depthOf(child));
  return deepest;
}

/** The tree, folded from the outside in as far as makes it small enough to draw. */
function drawable({ root }: MachineTree): Part {
  const deepest = depthOf(root);
  let fold = root;
  for (let levels = 1; countBoxes(fold) > MOST_BOXES && levels <= deepest; levels++) {
    fold = foldMachine(root, levels);
  }
  return countBoxes(fold) > MOST_BOXES ? boundParts(fold, MOST_UNLIKE_PARTS) : fold;
}

/** How many to a row: cores have theirs side by side, larger parts are about square. */
function cellsPerRow(count: number): number {
  return count <= 4 ? count : Math.min(16, Math.ceil(Math.sqrt(count) * 1.2));
}

/** The CPUs of a part that has no smaller ones. */
function cells({ first }: Part, { states, cellWidth }: Style): Block {
  const drawn = Array.from(first.slice(0, MOST_CELLS), (cpu) =>
    cell(`${cpu}`, cellWidth, `cpus ${states[cpu]}`),
  );
  const grid = inRows(drawn, cellsPerRow(drawn.length), 0);
  return column([grid, ...moreOf(first.length - drawn.length, 'small')], 2);
}

function headingOf(part: Part): Block[] {
  const name = partText(part, '×');
  if (part.names[0]?.kind === 'core' || part.children.length === 0) {
    return [lineOfText(part.first.length === 0 ? `${name}: no CPUs` : name, 'small')];
  }
  const cpus = `${cpusText(part)}: ${firstToLast(part, LIST_ROOM, '…')}`;
  return [lineOfText(name, 'normal'), lineOfText(cpus, 'small')];
}

/** The colour of its outer kind; cores are to be told apart from larger parts whatever cache they have. */
function className({ names }: Part): string {
  return names.some(({ kind }) => kind === 'core') ? 'core' : (names[0]?.kind ?? 'plain');
}

function blockOf(part: Part, style: Style): Block {
  const blocks = [
    ...part.children.map((child) => blockOf(child, style)),
    ...moreOf(part.leftOut, 'normal'),
  ];
  const content = [
    ...headingOf(part),
    ...(blocks.length > 0 ? [flow(blocks)] : part.first.length > 0 ? [cells(part, style)] : []),
  ];
  return framed(column(content, 4), className(part), Math.min(part.count - 1, 2));
}

function notesOf(root: Part, { crossing }: MachineTree): string[] {
  const { offline, absent } = root.states;
  return [
    ...(hasFolds(root) ? ['n ×: equal parts are drawn once, with the CPUs of the first'] : []),
    ...(offline > 0 ? ['dashed: present, off-line'] : []),
    ...(absent > 0 ? ['dotted: possible, not present'] : []),
    ...(crossing.length > 0
      ? [`not drawn, as overlapping others: ${formatCount(crossing.length, 'part')}`]
      : []),
  ];
}

/** The machine as an SVG document. Boxes: packages, dies, nodes, caches, cores; cells: CPUs. */
export function machineSvg(
  topology: Topology,
  tree: MachineTree,
  summary: TopologySummary,
): string {
  const root = drawable(tree);
  const digits = `${topology.nrCpuIds - 1}`;
  const style = {
    states: cpuStates(topology),
    cellWidth: Math.max(22, textWidth(digits, 'small') + 8),
  };
  const figures = countsText(summary, 'on-line', formatNumber);
  return renderSvg({
    title: `The machine ${summary.name}`,
    description: `${figures}. Boxes within boxes: packages, dies, NUMA nodes, caches, cores and their CPUs.`,
    heading: summary.name,
    figures,
    blocks: [flow(root.children.map((child) => blockOf(child, style)))],
    notes: notesOf(root, tree),
  });
}
