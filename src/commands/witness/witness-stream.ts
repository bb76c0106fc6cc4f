/** Update streams that attain an exact worst case: physically possible, page by page. */
import { pagesPerPageTable } from '../../kernel/page-table.ts';
import { EVENTS_PER_SYNC } from '../../kernel/rss-stat.ts';
import { itemMappings, itemOf } from '../../kernel/tree-shape.ts';
import type { Holding } from '../../schemes/scheme.ts';
import { mostInMiddle } from '../../schemes/two-level/bound.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { PageSize, Pages } from '../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../update/record.ts';

export const DIRECTIONS = ['under', 'over'] as const;

export type Direction = (typeof DIRECTIONS)[number];

export interface WitnessStream {
  /** Most pages that the process holds at once. */
  readonly pages: Pages;
  /** What it reads at the end. */
  readonly reading: Pages;
  records(): Iterable<RecordedUpdate>;
}

export function record(
  kind: RecordedUpdate['kind'],
  cpu: number,
  pages: Pages,
  thread = 0,
): RecordedUpdate {
  return { kind, thread, cpu, pages, ...RECORD_DEFAULTS };
}

/** n pages unmapped on one CPU: a full page table at a time, then the rest. */
export function* unmap(
  cpu: number,
  pages: Pages,
  tablePages: Pages,
  thread = 0,
): Generator<RecordedUpdate> {
  const tables = Math.floor(pages / tablePages);
  const rest = pages - tables * tablePages;
  if (tables > 0) yield { ...record('bulk', cpu, -tablePages, thread), repeat: tables };
  if (rest > 0) yield record('bulk', cpu, -rest, thread);
}

/** Each thread syncs once, and then faults until one more fault would sync it again. */
function threadsUnder(cpu: number, threads: number): WitnessStream {
  const faults = EVENTS_PER_SYNC + (EVENTS_PER_SYNC - 1);
  return {
    pages: faults * threads,
    reading: (EVENTS_PER_SYNC - 1) * threads,
    *records() {
      for (let thread = 0; thread < threads; thread++) yield record('fault', cpu, faults, thread);
    },
  };
}

type Cells = Extract<Holding, { kind: 'cells' }>;

/** Where threads matter they all begin before anything else. */
function* threadStarts({ cpus, threads = 1 }: Cells): Generator<RecordedUpdate> {
  for (let thread = 0; threads > 1 && thread < threads; thread++) {
    yield record('thread-start', cpus[0]!, 0, thread);
  }
}

/** The thread that counts on the cell of this number. */
export function threadOnCell({ threads = 1 }: Cells, cell: number): number {
  return cell % threads;
}

/** Every cell is filled to one page below its batch. */
function cellsUnder(cells: Cells): WitnessStream {
  const { cpus, batch } = cells;
  return {
    pages: (batch - 1) * cpus.length,
    reading: 0,
    *records() {
      yield* threadStarts(cells);
      for (const [i, cpu] of cpus.entries()) {
        yield record('fault', cpu, batch - 1, threadOnCell(cells, i));
      }
    },
  };
}

/**
 * Whole batches are mapped on the first CPU, so that the reading holds every page; then each cell
 * takes one page less than a batch of unmapping.
 */
function cellsOver(cells: Cells, tablePages: Pages): WitnessStream {
  const { cpus, batch } = cells;
  const held = (batch - 1) * cpus.length;
  const mapped = Math.ceil(held / batch) * batch;
  return {
    pages: mapped,
    reading: mapped,
    *records() {
      yield* threadStarts(cells);
      yield record('fault', cpus[0]!, mapped);
      for (const [i, cpu] of cpus.entries()) {
        yield* unmap(cpu, batch - 1, tablePages, threadOnCell(cells, i));
      }
    },
  };
}

/**
 * Pages that each CPU faults: the first CPU of an item fills it, and goes on to fill the next level's
 * where it is the first there too. A CPU that fills l levels faults B_l − 1 pages: no carry leaves
 * level l, and every residue on its path is as large as it can be.
 */
function treeFaults({ shape, mapping, numbers }: Extract<Holding, { kind: 'tree' }>): Pages[] {
  if (shape.nrLevels === 0) return Array.from(numbers, () => 0);
  const intermediate = itemMappings(shape, mapping).slice(0, shape.nrLevels - 1);
  const filled = intermediate.map(({ mask }) => new Uint8Array(mask + 1));
  return Array.from(numbers, (number) => {
    let level = 0;
    for (const itemMapping of intermediate) {
      const item = itemOf(itemMapping, number);
      if (filled[level]![item] === 1) break;
      filled[level]![item] = 1;
      level += 1;
    }
    return shape.levelBatches[level]! - 1;
  });
}

function treeUnder(cpus: CpuIds, holding: Extract<Holding, { kind: 'tree' }>): WitnessStream {
  const faults = treeFaults(holding);
  return {
    pages: faults.reduce((sum, pages) => sum + pages, 0),
    reading: 0,
    *records() {
      for (const [i, cpu] of cpus.entries()) {
        const pages = faults[i]!;
        if (pages > 0) yield record('fault', cpu, pages);
      }
    },
  };
}

/** A group's first CPU, by place in the list. */
function firstOfGroup(groups: Int32Array): number[] {
  return Array.from(groups.keys()).filter((i) => groups.indexOf(groups[i]!) === i);
}

/** Pages that leave a cell and its middle value as they were, if mapped one by one from rest. */
export function neutralTwoLevel({ batch, middle }: Pick<TwoLevelHolding, 'batch' | 'middle'>) {
  return batch * Math.ceil(middle / batch);
}

/** The updates that one spill is made of, on one CPU whose cell is empty. */
function* spillRecords(
  cpu: number,
  batch: Pages,
  { pages, times }: Spill,
  tablePages: Pages,
): Generator<RecordedUpdate> {
  if (pages > 0) {
    yield record('fault', cpu, pages * times);
    return;
  }
  const last = batch + pages - 1;
  if (last === -1 && batch <= tablePages) {
    yield { ...record('bulk', cpu, pages), repeat: times };
    return;
  }
  for (let i = 0; i < times; i++) {
    // The last update has a page of the batch and what is beyond it, or it is a plain unmap of the batch.
    if (last === -1) yield* unmap(cpu, batch, tablePages);
    else {
      yield* unmap(cpu, batch - 1, tablePages);
      yield record('bulk', cpu, last);
    }
  }
}

/**
 * Every middle value is filled from one of its CPUs, and then every cell. Faults spill a batch of single
 * pages; what is not a multiple of that an unmap of several pages at once brings about. So pages are
 * mapped first that leave nothing behind: enough to unmap.
 */
function twoLevelStream(
  holding: TwoLevelHolding,
  direction: Direction,
  tablePages: Pages,
): WitnessStream {
  const { cpus, groups, batch } = holding;
  const firsts = firstOfGroup(groups);
  const neutral = neutralTwoLevel(holding);
  const held = (batch - 1) * cpus.length + mostInMiddle(holding) * firsts.length;
  const isUnder = direction === 'under';
  const spills = [...fillingSpills(holding, tablePages - 1, isUnder ? -1 : 1)];
  const unmaps = spills.some(({ pages }) => pages < 0);
  const mapped = isUnder ? (unmaps ? neutral : 0) : Math.ceil(held / neutral) * neutral;
  return {
    pages: mapped + (isUnder ? held : 0),
    reading: mapped,
    *records() {
      if (mapped > 0) yield record('fault', cpus[0]!, mapped);
      for (const i of firsts) {
        for (const { pages, times } of spills) {
          const spill = { pages: isUnder ? pages : -pages, times };
          yield* spillRecords(cpus[i]!, batch, spill, tablePages);
        }
      }
      for (const cpu of batch > 1 ? cpus : []) {
        if (isUnder) yield record('fault', cpu, batch - 1);
        else yield* unmap(cpu, batch - 1, tablePages);
      }
    },
  };
}

/**
 * The stream that brings all that hold pages back to their worst, for these CPUs and threads, or
 * null where they cannot be off in that direction at all. Updates are faults of single pages, and
 * unmaps of one page table at most.
 */
export function witnessStream(
  holding: Holding,
  direction: Direction,
  pageSize: PageSize,
  cpus: CpuIds,
  threads: number,
): WitnessStream | null {
  switch (holding.kind) {
    case 'cells':
      return direction === 'under'
        ? cellsUnder(holding)
        : cellsOver(holding, pagesPerPageTable(pageSize));
    case 'two-level':
      return twoLevelStream(holding, direction, pagesPerPageTable(pageSize));
    case 'threads':
      return direction === 'under' ? threadsUnder(cpus[0]!, threads) : null;
    case 'tree':
      return direction === 'under' ? treeUnder(cpus, holding) : null;
  }
}

export type TwoLevelHolding = Extract<Holding, { kind: 'two-level' }>;

/** So many spills of so many pages each, positive on the side that is to be filled. */
interface Spill {
  readonly pages: Pages;
  readonly times: number;
}

/**
 * Spills that take a middle value from 0 to one page below its batch, and never to the batch on the way:
 * whole batches of the cell; and where that is no multiple of them, pairs of spills to and fro, of which the
 * one on the side of `excess` (1: that which is filled) has up to `most` pages more. Without any, or where
 * every spill is handed on, it comes as near as it can.
 */
export function* fillingSpills(
  { batch, middle }: Pick<TwoLevelHolding, 'batch' | 'middle'>,
  most: Pages,
  excess: 1 | -1,
): Generator<Spill> {
  const whole = Math.floor((middle - 1) / batch);
  const rest = middle - 1 - whole * batch;
  if (whole === 0) return;
  yield { pages: batch, times: whole };
  if (most === 0 || rest === 0) return;
  for (let left = excess === 1 ? rest : batch - rest; left > 0; left -= most) {
    const more = Math.min(left, most);
    yield { pages: excess === 1 ? -batch : -batch - more, times: 1 };
    yield { pages: excess === 1 ? batch + more : batch, times: 1 };
  }
  if (excess === -1) yield { pages: batch, times: 1 };
}
