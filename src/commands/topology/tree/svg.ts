/** The counter tree drawn from the sum down to the CPUs, coloured by who shares an item. */

import { formatCount, formatNumber } from '../../../render/amounts.ts';
import {
  type Block,
  box,
  cell,
  column,
  GAP,
  GROUP_COLOURS,
  lineOfText,
  moreOf,
  path,
  rectangle,
  renderSvg,
  row,
  type Shape,
  textLine,
  textWidth,
} from '../../../render/svg.ts';
import type { List } from '../../../topology/cpu-sets.ts';
import { type CpuIds, parseCpulist } from '../../../topology/cpulist.ts';
import {
  groupOfCpu,
  type NumaNode,
  type Package,
  type Topology,
} from '../../../topology/topology.ts';
import type { CounterItem, CounterLevel, CounterTree, Range } from './result.ts';

/** The part of the machine that each CPU is in and has the colour of: NUMA nodes, else packages. */
interface CpuGroups {
  readonly what: 'node' | 'package';
  /** Ids, in the order that groupOf counts in. */
  readonly ids: readonly number[];
  readonly groupOf: Int32Array;
  /**
   * So many colours are used. Where they come again, a prime number of them: groups that share an item
   * are often a power of two apart, and would all have the same one.
   */
  readonly colours: number;
}

/** Without nodes and packages no CPU is in a group. */
function cpuGroups({ nrCpuIds, numaNodes, packages }: Topology): CpuGroups {
  const isNumbered = numaNodes.length > 0;
  const parts: List<NumaNode | Package> = isNumbered ? numaNodes : packages;
  const used = parts.filter(({ cpus }) => cpus.length > 0);
  return {
    what: isNumbered ? 'node' : 'package',
    ids: used.map(({ id }) => id),
    groupOf: groupOfCpu(
      nrCpuIds,
      used.map(({ cpus }) => cpus),
    ),
    colours: used.length <= GROUP_COLOURS ? GROUP_COLOURS : 7,
  };
}

function classOfGroup({ colours }: CpuGroups, group: number): string {
  return group < 0 ? 'plain' : `group${group % colours}`;
}

/** "64", or "64 n16" where colours alone would not tell which node it is. */
function groupedCpuText({ what, ids, groupOf }: CpuGroups, cpu: number): string {
  const id = ids[groupOf[cpu]!];
  return ids.length <= GROUP_COLOURS || id === undefined ? `${cpu}` : `${cpu} ${what[0]}${id}`;
}

/** A stripe as wide as its share for each group that the CPUs are in; none where they would be too thin. */
function stripes(
  cpus: CpuIds,
  groups: CpuGroups,
  [left, top]: readonly [number, number],
  [width, height]: readonly [number, number],
): Shape[] {
  const counts = new Map<number, number>();
  for (const cpu of cpus) {
    const group = groups.groupOf[cpu]!;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  if (counts.size * 3 > width) return [];
  let along = left;
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([group, count]) => {
      // Tenths of a pixel, so that no drawing depends on how a fraction is printed.
      const share = Math.round((width * count * 10) / cpus.length) / 10;
      const stripe = rectangle([along, top], [share, height], classOfGroup(groups, group));
      along = Math.round((along + share) * 10) / 10;
      return stripe;
    });
}

/** What the colours mean; told where they come again. */
function legend(groups: CpuGroups): Block {
  const { what, ids, colours } = groups;
  const named = ids.slice(0, colours);
  const entries = named.flatMap((id, group) => [
    box(12, 12, classOfGroup(groups, group)),
    lineOfText(`${what} ${id}`, 'small'),
  ]);
  const again =
    ids.length > named.length
      ? [lineOfText(`… the colours come again; ${what[0]}16 is ${what} 16`, 'small')]
      : [];
  const unknown =
    ids.length === 0 ? [lineOfText('neither nodes nor packages described', 'small')] : [];
  return row([...entries, ...again, ...unknown], GAP);
}

/** Trees of more items next to the CPUs are drawn in part: the first of each kind with what is below it. */
const MOST_WHOLE = 64;

/** Of an item that is drawn in part: so many below it as boxes, the first with all below it too. */
const FIRST_BELOW = 3;

/** So many CPUs of an item are drawn at most. */
const MOST_CELLS = 16;

const BOX_HEIGHT = 40;

/** From one level to the next. */
const LEVEL_STEP = BOX_HEIGHT + 26;

interface Style {
  readonly tree: CounterTree;
  readonly groups: CpuGroups;
  readonly cellWidth: number;
  readonly isWhole: boolean;
}

function itemsBelow(level: CounterLevel, item: number, below: CounterLevel, tree: CounterTree) {
  const { arity, items } = level;
  return Array.from({ length: arity }, (_, place) =>
    tree.parameters.mapping === 'kernel' ? item + place * items : item * arity + place,
  ).map((index) => below.shared[index]!);
}

/** The box of an item: its number, its CPUs, and a stripe for each group that shares it. */
function itemBox(
  level: CounterLevel,
  item: CounterItem,
  { tree, groups, cellWidth }: Style,
): Block {
  const isSum = level.level === tree.levels.length;
  const lines =
    level.level === 1 && !isSum
      ? [`${item.item}`]
      : [isSum ? 'sum' : `item ${item.item}`, formatCount(item.onlineCpus, 'CPU')];
  const widest = lines.reduce((most, line) => Math.max(most, textWidth(line, 'small')), 0);
  const width = Math.max(cellWidth, widest + 2 * GAP);
  return {
    width,
    height: BOX_HEIGHT,
    place: (left, top) => [
      rectangle([left, top], [width, BOX_HEIGHT], 'plain'),
      ...lines.map((line, i) =>
        textLine([left + width / 2, top + 2 + 12 * i], line, 'small middle'),
      ),
      ...stripes(
        parseCpulist(item.cpus),
        groups,
        [left + 3, top + BOX_HEIGHT - 11],
        [width - 6, 8],
      ),
    ],
  };
}

/** The CPUs of an item next to them. */
function cpuColumn(cpus: CpuIds, { groups, cellWidth }: Style): Block {
  const drawn = Array.from(cpus.slice(0, MOST_CELLS), (cpu) =>
    cell(groupedCpuText(groups, cpu), cellWidth, classOfGroup(groups, groups.groupOf[cpu]!)),
  );
  const more = cpus.length - drawn.length;
  return column(
    [...drawn, ...(more === 0 ? [] : [lineOfText(`… ${formatNumber(more)}`, 'small')])],
    0,
  );
}

/** A box with blocks below it and a line to each of the first `joined`. */
function above(box: Block, below: readonly Block[], joined: number): Block {
  const content = row(below, GAP);
  const width = Math.max(box.width, content.width);
  return {
    width,
    height: LEVEL_STEP + content.height,
    place: (left, top) => {
      const middle = left + width / 2;
      const start = left + (width - content.width) / 2;
      const lines: Shape[] = [];
      let along = start;
      below.forEach((block, index) => {
        const to = along + block.width / 2;
        if (index < joined) {
          lines.push(path(`M ${middle} ${top + BOX_HEIGHT} L ${to} ${top + LEVEL_STEP}`));
        }
        along += block.width + GAP;
      });
      return [
        ...lines,
        ...box.place(middle - box.width / 2, top),
        ...content.place(start, top + LEVEL_STEP),
      ];
    },
  };
}

/** An item with all that is below it; drawn in part, the first below it alone has its own. */
function subtree(place: number, item: CounterItem, style: Style): Block {
  const { tree, isWhole } = style;
  const level = tree.levels[place]!;
  const top = itemBox(level, item, style);
  const below = tree.levels[place - 1];
  if (below === undefined) return above(top, [cpuColumn(parseCpulist(item.cpus), style)], 1);
  const items = itemsBelow(level, item.item, below, tree);
  const drawn = isWhole ? items : items.slice(0, FIRST_BELOW);
  const blocks = drawn.map((each, index) =>
    isWhole || index === 0 ? subtree(place - 1, each, style) : itemBox(below, each, style),
  );
  const rest = moreOf(items.length - drawn.length, 'small');
  return above(top, [...blocks, ...rest], drawn.length);
}

function levelLabels({ levels, perCpu }: CounterTree): Block {
  const batch = (pages: number | null) => (pages === null ? '' : `, batch ${formatNumber(pages)}`);
  const labels = levels
    .toReversed()
    .map(({ level, items, batchPages }) =>
      level === levels.length
        ? ['sum', 'approximate']
        : [`level ${level}`, `${formatCount(items, 'item')}${batch(batchPages)}`],
    );
  const all = [
    ...labels,
    ['CPUs', `${formatCount(perCpu.counters, 'counter')}${batch(perCpu.batchPages)}`],
  ];
  return column(
    all.map(([name = '', detail = '']): Block => {
      const text = column([lineOfText(name, 'normal'), lineOfText(detail, 'small')], 2);
      return { ...text, height: LEVEL_STEP };
    }),
    0,
  );
}

function countsText({ min, max }: Range, noun: string): string {
  return min === max ? formatCount(max, noun) : `${formatNumber(min)} to ${formatCount(max, noun)}`;
}

function descriptionOf({ levels, topology, parameters }: CounterTree): string {
  const lowest = levels[0];
  if (lowest === undefined) return 'One CPU: there are no items.';
  const { numaNodes } = lowest.span;
  const nodes = numaNodes === null ? '' : `, in ${countsText(numaNodes, 'NUMA node')}`;
  return `${formatCount(topology.onlineCpus, 'CPU')} on-line, mapping=${parameters.mapping}: an item of level 1 is shared by ${countsText(lowest.onlineCpus, 'CPU')}${nodes}.`;
}

/** The tree as an SVG document: items as boxes, CPUs as cells in the colour of their node or package. */
export function counterTreeSvg(tree: CounterTree, topology: Topology): string {
  const { levels } = tree;
  const description = descriptionOf(tree);
  const groups = cpuGroups(topology);
  const isWhole = (levels[0]?.items ?? 0) <= MOST_WHOLE;
  const cellWidth = topology.possible.reduce(
    (most, cpu) => Math.max(most, textWidth(groupedCpuText(groups, cpu), 'small') + 8),
    32,
  );
  const style = { tree, groups, cellWidth, isWhole };
  const top = levels.at(-1)?.shared[0];
  const content =
    top === undefined ? cpuColumn(topology.online, style) : subtree(levels.length - 1, top, style);
  return renderSvg({
    title: `Counter tree (${tree.name}) over the machine ${tree.topology.name}`,
    description,
    heading: `${tree.topology.name}: ${tree.name}`,
    figures: description,
    blocks: [row([levelLabels(tree), content], 3 * GAP), legend(groups)],
    notes: isWhole
      ? []
      : ['… n more: drawn in part, the first item of each level with all below it'],
  });
}
