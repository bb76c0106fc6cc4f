/**
 * Cells that keep updates until they hold a batch, then hand all of it to the shared value: what
 * per-CPU counters (a cell a CPU) and per-NUMA atomics (a cell a slot) have in common.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { stretchEnd, type UpdateColumns } from '../update/columns.ts';
import { pushSide, type Readings, setReading } from '../update/readings.ts';
import {
  applyOftenFull,
  applySeldomFull,
  type CellStretch,
  type CellTable,
} from './cell-stretch.ts';

export interface BatchedCells {
  /** What each member's reading is, pages. */
  readonly shared: Float64Array;
  /** |cell| stays below this, in pages; a cell is compared with it only when it is updated. */
  batch(): number;
  setBatch(batch: number): void;
  /** Sets a member to where a kernel's stood, pages. */
  start(member: number, shared: number, held: ArrayLike<number>): void;
  apply(updates: UpdateColumns, readings: Readings): void;
  /** Moves what one cell holds to the shared values, at update u. */
  fold(cell: number, readings: Readings, u: number): void;
  preciseSum(member: number): number;
  /** The cells of one member. */
  cells(member: number): Int32Array;
}

/**
 * The shortest table of a cell for each CPU. Nodes are mostly long ranges of CPUs, and an entry for
 * each of a million CPUs would miss the caches.
 */
export function cellTable(cellOf: Uint8Array): CellTable {
  let cells = cellOf;
  let shift = 0;
  while (cells.length > 1 && cells.every((cell, i) => cell === cells[i & ~1])) {
    cells = cells.filter((_, i) => i % 2 === 0);
    shift += 1;
  }
  return { cells, shift };
}

/** `table` maps CPU to cell (null: cell = CPU); `onHotplug` handles the kinds without pages. */
export function createBatchedCells(
  nrCells: number,
  table: CellTable | null,
  batch: number,
  onHotplug: (kind: number, cpu: number, readings: Readings, u: number) => void,
): BatchedCells {
  const shared = new Float64Array(NR_MEMBERS);
  const cellsOf: (Int32Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);

  /** Members that never move take no memory. */
  function cells(member: number): Int32Array {
    cellsOf[member] ??= new Int32Array(nrCells);
    return cellsOf[member];
  }

  const stretch: CellStretch = {
    from: 0,
    to: 0,
    held: new Int32Array(0),
    table,
    batch,
    reading: 0,
    full: 0,
  };
  /** A cell may hold a batch or more: the batch has shrunk, or a kernel's counters stood there. */
  let mayBeBeyond = false;
  /** As the last stretch had it: says which loop is the faster one, they do the same. */
  let oftenFull = false;

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { cpu, kind, member } = updates;
    for (let u = 0; u < updates.length; ) {
      const end = stretchEnd(updates, u);
      const m = member[u]!;
      if (end === u) {
        onHotplug(kind[u]!, cpu[u]!, readings, u);
        setReading(readings, u, shared[m]!);
        u += 1;
        continue;
      }
      stretch.from = u;
      stretch.to = end;
      stretch.held = cells(m);
      stretch.reading = shared[m]!;
      stretch.full = 0;
      if (oftenFull && !mayBeBeyond) applyOftenFull(stretch, updates, readings);
      if (stretch.from < end) applySeldomFull(stretch, updates, readings);
      oftenFull = stretch.full > (end - u) / 4;
      shared[m] = stretch.reading;
      u = end;
    }
  }

  return {
    shared,
    apply,
    cells,
    batch: () => stretch.batch,
    setBatch(batch) {
      if (batch < stretch.batch) mayBeBeyond = true;
      stretch.batch = batch;
    },
    start(member, sharedPages, held) {
      shared[member] = sharedPages;
      cells(member).set(held);
      mayBeBeyond = true;
    },
    fold(cell, readings, u) {
      for (let m = 0; m < NR_MEMBERS; m++) {
        const held = cellsOf[m]?.[cell] ?? 0;
        if (held === 0) continue;
        cells(m)[cell] = 0;
        shared[m]! += held;
        pushSide(readings, u, m, shared[m]!);
      }
    },
    preciseSum(member) {
      let sum = shared[member]!;
      for (const held of cellsOf[member] ?? []) sum += held;
      return sum;
    },
  };
}
