/** A machine drawn as boxes within boxes. */

import { formatCount, formatNumber } from '../../render/amounts.ts';
import {
  type Block,
  column,
  flow,
  framed,
  GAP,
  lineOfText,
  rectangle,
  renderSvg,
  textLine,
  textWidth,
} from '../../render/svg.ts';
import type { Topology } from '../../topology/topology.ts';
import {
  boundParts,
  type CpuState,
  cpuStates,
  type FoldedPart,
  foldMachine,
  type MachinePart,
  type MachineTree,
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

const CELL_HEIGHT = 18;

interface Style {
  readonly states: readonly CpuState[];
  readonly cellWidth: number;
}

function cellCount({ children, first }: FoldedPart): number {
  return children.length > 0 ? 0 : Math.min(first.length, MOST_CELLS);
}

function countBoxes(part: FoldedPart): number {
  return part.children.reduce((sum, child) => sum + 1 + countBoxes(child), cellCount(part));
}

function depthOf({ children }: MachinePart): number {
  return children.reduce((most, child) => Math.max(most, 1 + depthOf(child)), 0);
}

/** The tree, folded from the outside in as far as makes it small enough to draw. */
function drawable({ root }: MachineTree): FoldedPart {
  const deepest = depthOf(root);
  const foldedTo = (depth: number) => foldMachine(root, (at) => at <= depth);
  let depth = 0;
  let fold = foldedTo(depth);
  while (countBoxes(fold) > MOST_BOXES && depth < deepest) {
    depth += 1;
    fold = foldedTo(depth);
  }
  return countBoxes(fold) > MOST_BOXES ? boundParts(fold, MOST_UNLIKE_PARTS) : fold;
}

/** How many to a row: cores have theirs side by side, larger parts are about square. */
function cellsPerRow(count: number): number {
  return count <= 4 ? count : Math.min(16, Math.ceil(Math.sqrt(count) * 1.2));
}

/** The CPUs of a part that has no smaller ones. */
function cells({ first }: FoldedPart, { states, cellWidth }: Style): Block {
  const drawn = first.slice(0, MOST_CELLS);
  const perRow = cellsPerRow(drawn.length);
  const rows = Math.ceil(drawn.length / perRow);
  const grid: Block = {
    width: perRow * cellWidth,
    height: rows * CELL_HEIGHT,
    place: (left, top) =>
      Array.from(drawn, (cpu, index) => {
        const corner = [
          left + (index % perRow) * cellWidth,
          top + Math.floor(index / perRow) * CELL_HEIGHT,
        ] as const;
        return [
          rectangle(corner, [cellWidth, CELL_HEIGHT], `cpus ${states[cpu]}`),
          textLine([corner[0] + cellWidth / 2, corner[1] + 2], `${cpu}`, 'cell middle'),
        ];
      }).flat(),
  };
  const more = first.length - drawn.length;
  return more === 0 ? grid : column([grid, lineOfText(`… ${formatNumber(more)} more`, 'small')], 2);
}

function headingOf(part: FoldedPart): Block[] {
  const name = partText(part, '×');
  if (part.names[0]?.kind === 'core' || part.children.length === 0) {
    return [lineOfText(part.first.length === 0 ? `${name}: no CPUs` : name, 'small')];
  }
  const cpus = `${cpusText(part)}: ${firstToLast(part, LIST_ROOM, '…')}`;
  return [lineOfText(name, 'normal'), lineOfText(cpus, 'small')];
}

/** The colour of its outer kind; cores are to be told apart from larger parts whatever cache they have. */
function className({ names }: FoldedPart): string {
  return names.some(({ kind }) => kind === 'core') ? 'core' : (names[0]?.kind ?? 'plain');
}

function blockOf(part: FoldedPart, style: Style): Block {
  const inner = part.children.map((child) => blockOf(child, style));
  const left =
    part.leftOut === 0 ? [] : [lineOfText(`… ${formatNumber(part.leftOut)} more`, 'normal')];
  const blocks = [...inner, ...left];
  const content = [
    ...headingOf(part),
    ...(blocks.length > 0 ? [flow(blocks)] : part.first.length > 0 ? [cells(part, style)] : []),
  ];
  return framed(column(content, 4), className(part), Math.min(part.count - 1, 2));
}

function notesOf(root: FoldedPart, { crossing }: MachineTree): string[] {
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
  const facts = countsText(summary, 'on-line', formatNumber);
  const drawing = column(
    [
      lineOfText(summary.name, 'normal', 'title'),
      lineOfText(facts, 'normal'),
      flow(root.children.map((child) => blockOf(child, style))),
      ...notesOf(root, tree).map((note) => lineOfText(note, 'small')),
    ],
    GAP,
  );
  return renderSvg(
    drawing,
    `The machine ${summary.name}`,
    `${facts}. Boxes within boxes: packages, dies, NUMA nodes, caches, cores and their CPUs.`,
  );
}
