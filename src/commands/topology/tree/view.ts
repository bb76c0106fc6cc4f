/** The counter tree over a machine as headings and tables. */

import { formatCount, formatNumber } from '../../../render/amounts.ts';
import { MAIL_WIDTH } from '../../../render/text.ts';
import { left, right, type TextTable, type TextView } from '../../../render/view.ts';
import { machineText } from '../../../render/words.ts';
import { parseCpulist } from '../../../topology/cpulist.ts';
import { longest, type Stride, shortCpulist, strideOf, wholeCpulist } from '../view.ts';
import type { CounterItem, CounterLevel, CounterTree, Range, Span } from './result.ts';

/** Which items are listed: the first few of each level, all of one level, or all. */
export type ListedItems = 'first' | 'all' | number;

/** Of a level whose items are not asked for. */
const FIRST_ITEMS = 4;

/** In the order of the columns. */
const SPAN_HEADS = [
  ['cores', 'cores'],
  ['lastLevelCaches', 'LLCs'],
  ['packages', 'packages'],
  ['numaNodes', 'nodes'],
] as const;

const SPAN_COLUMNS = SPAN_HEADS.map(([, head]) => right(head));

/** "16", "1..4"; "-" where there is none. */
function textOf(value: number | Range | null): string {
  if (value === null) return '-';
  if (typeof value === 'number') return formatNumber(value);
  const { min, max } = value;
  return min === max ? formatNumber(min) : `${formatNumber(min)}..${formatNumber(max)}`;
}

function cellsOf(span: Span<number | Range>): string[] {
  return SPAN_HEADS.map(([key]) => textOf(span[key]));
}

function levelName({ level }: { readonly level: number }, { levels }: CounterTree): string {
  return level === levels.length ? 'sum' : `${level}`;
}

function levelsTable(tree: CounterTree): TextTable {
  const { perCpu, levels } = tree;
  return {
    title: 'Levels, and what the on-line CPUs of one item are in, least..most',
    columns: ['level', 'items', 'arity', 'batch', 'CPUs'].map(right).concat(SPAN_COLUMNS),
    rows: [
      [
        ...['CPU', textOf(perCpu.counters), '-', textOf(perCpu.batchPages), '1'],
        ...SPAN_COLUMNS.map(() => '-'),
      ],
      ...levels.map((level) => [
        levelName(level, tree),
        ...[level.items, level.arity, level.batchPages, level.onlineCpus].map(textOf),
        ...cellsOf(level.span),
      ]),
    ],
    mayDivide: true,
  };
}

/** How many items stay within one part, under this mapping and the other. */
function withinTable(tree: CounterTree): TextTable {
  const { parameters, levels, otherMapping } = tree;
  const heads = (mapping: string) => [`${mapping}: in use`, 'package', 'node'].map(right);
  const cells = ({ itemsInUse, within }: Pick<CounterLevel, 'itemsInUse' | 'within'>) =>
    [itemsInUse, within.packages, within.numaNodes].map(textOf);
  return {
    title: 'Items with all their CPUs in one package, in one node, by mapping',
    columns: [right('level'), ...heads(parameters.mapping), ...heads(otherMapping.mapping)],
    rows: levels
      .slice(0, -1)
      .map((level, index) => [
        `${level.level}`,
        ...cells(level),
        ...cells(otherMapping.levels[index]!),
      ]),
    mayDivide: true,
  };
}

/** The on-line CPUs of an item in so many columns, or in full; and the stride that they are written by. */
function cpusOf({ cpus }: CounterItem, room: number, isWhole: boolean) {
  const ids = parseCpulist(cpus);
  const whole = ids.length === 0 ? 'none' : wholeCpulist(ids).replaceAll(',', ', ');
  const text = isWhole ? whole : shortCpulist(ids, room, '...');
  const stride = strideOf(ids);
  return { text, strides: stride?.text === text ? [stride] : [] };
}

/** The items of a level, and the strides that their lists of CPUs are written by. */
function itemsTable(level: CounterLevel, tree: CounterTree, isWhole: boolean) {
  const { shared } = level;
  const listed = isWhole ? shared : shared.slice(0, FIRST_ITEMS);
  const more = shared.length - listed.length;
  const columns = [...['item', 'count'].map(right), ...SPAN_COLUMNS];
  const cells = listed.map((item) => [`${item.item}`, textOf(item.onlineCpus), ...cellsOf(item)]);
  // What the other columns, two blanks apart, leave of a line.
  const widths = columns.map(({ head }, place) =>
    longest([head, ...cells.map((row) => row[place]!)]),
  );
  const room = MAIL_WIDTH - widths.reduce((sum, width) => sum + width + 2, 2);
  const lists = listed.map((item) => cpusOf(item, room, isWhole));
  const rows = cells.map(([item = '', ...rest], place) => [item, lists[place]!.text, ...rest]);
  const rest = ['...', `${formatNumber(more)} more: --level ${level.level}`, '', '', '', '', ''];
  const name = levelName(level, tree) === 'sum' ? 'The approximate sum' : `Level ${level.level}`;
  const table: TextTable = {
    title: `${name}: ${formatCount(level.items, 'item')}, and the on-line CPUs that share each`,
    columns: columns.toSpliced(1, 0, { ...left('CPUs'), wrapAt: room }),
    rows: more > 0 ? [...rows, rest] : rows,
  };
  return { table, strides: lists.flatMap(({ strides }) => strides) };
}

export function listedLevels(
  { levels }: CounterTree,
  listed: ListedItems,
): readonly CounterLevel[] {
  if (listed === 'all') return levels;
  if (listed === 'first') return levels.slice(0, -1);
  return levels.filter(({ level }) => level === listed);
}

/** Which CPUs share an item of level 1. */
const MAPPINGS = {
  kernel: "an item takes the CPUs that agree in their numbers' low bits",
  high: "an item takes the CPUs that agree in their numbers' high bits",
  logical: "an item takes neighbours in hwloc's logical order",
};

function shapeText({ levels, order, topology }: CounterTree): string {
  if (levels.length === 0) return 'one CPU: no items, the counter of the CPU is the sum';
  const arities = levels.map(({ arity }) => arity).join(' x ');
  const items = levels.slice(0, -1).reduce((sum, level) => sum + level.items, 0);
  return `order ${order}: ${arities} = room for ${formatCount(2 ** order, 'CPU')}, nr_cpu_ids ${formatNumber(topology.nrCpuIds)}; ${formatCount(items, 'item')} between the CPUs and the sum`;
}

/** Whether items of the level next to the CPUs cross nodes, or packages where nodes are not described. */
function findingsOf({ levels, otherMapping, parameters }: CounterTree): string[] {
  const lowest = levels.length > 1 ? levels[0]! : null;
  if (lowest === null) return [];
  const key = lowest.within.numaNodes === null ? 'packages' : 'numaNodes';
  const other = otherMapping.levels[0]!;
  const [here, there] = [lowest.within[key], other.within[key]];
  if (here === null || there === null) {
    return ['The machine describes neither packages nor NUMA nodes.'];
  }
  const part = key === 'packages' ? 'package' : 'NUMA node';
  return [
    `Of the items of level 1 in use, ${formatNumber(here)} of ${formatNumber(lowest.itemsInUse)} with mapping=${parameters.mapping} have all their CPUs in one ${part}, and ${formatNumber(there)} of ${formatNumber(other.itemsInUse)} with mapping=${otherMapping.mapping}.`,
  ];
}

/** How to read a stride. */
function strideNote({ first, last, step, text }: Stride): string {
  return `${text}: 1 of every ${step} CPUs from ${first} to ${last}, as in the kernel's cpulists`;
}

/** The tree as tables. Counts are of on-line CPUs. */
export function counterTreeView(
  tree: CounterTree,
  listed: ListedItems,
  reproduce: string,
): TextView {
  const { levels, parameters, name } = tree;
  const isWhole = listed !== 'first';
  const items = listedLevels(tree, listed).map((level) => itemsTable(level, tree, isWhole));
  const strides = items.flatMap((item) => item.strides);
  return {
    title: `rss-err ${tree.program.version} topology tree: who shares the items of the counter tree`,
    facts: [
      ['machine', machineText(tree.topology)],
      ['scheme', levels.length === 0 ? name : `${name}: ${MAPPINGS[parameters.mapping]}`],
      ['tree', shapeText(tree)],
    ],
    tables: [
      levelsTable(tree),
      ...(levels.length > 1 ? [withinTable(tree)] : []),
      ...items.map(({ table }) => table),
    ],
    findings: findingsOf(tree),
    notes: [
      'batch: step of the carry that leaves a level, pages; LLC: last-level cache',
      ...strides.slice(0, 1).map(strideNote),
    ],
    reproduce,
  };
}
