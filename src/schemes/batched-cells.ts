/**
 * Cells that keep updates until they hold a batch, then hand all of it to the shared value: what
 * per-CPU counters (a cell a CPU) and per-NUMA atomics (a cell a slot) have in common.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { stretchEnd, type UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import { pushInner, pushSide, type Readings, setReading } from '../update/readings.ts';

export interface BatchedCells {
  /** What each member's reading is, pages. */
  readonly shared: Float64Array;
  /** |cell| stays below this, in pages; a cell is compared with it only when it is updated. */
  batch: number;
  apply(updates: UpdateColumns, readings: Readings): void;
  /** Moves what one cell holds to the shared values, at update u. */
  fold(cell: number, readings: Readings, u: number): void;
  preciseSum(member: number): number;
  /** The cells of one member. */
  cells(member: number): Int32Array;
}

/** CPU c's cell is `cells[c >> shift]`. */
export interface CellTable {
  readonly cells: Uint8Array;
  readonly shift: number;
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

  /**
   * One update of a cell beyond a batch that has shrunk: the next add flushes it, unless it comes
   * back inside; from there a run may go on to the other side. Returns the pages that went to the
   * shared value.
   */
  function applyBeyond(
    held: number,
    delta: number,
    isRun: boolean,
    limit: number,
    readings: Readings,
    u: number,
    reading: number,
  ): number {
    if (delta === 0) return 0;
    if (!isRun) return Math.abs(held + delta) < limit ? 0 : held + delta;
    const sign = Math.sign(delta);
    const add = Math.abs(held + sign) >= limit ? 1 : limit - sign * held;
    const after = delta * sign - add;
    if (after < 0) return 0;
    const first = held + sign * add;
    const further = Math.floor(after / limit);
    pushInner(readings, u, add, reading + first, further + 1, sign * limit);
    return first + further * sign * limit;
  }

  function applyStretch(
    updates: UpdateColumns,
    from: number,
    to: number,
    readings: Readings,
  ): void {
    const { cpu, pages, kind } = updates;
    const { after } = readings;
    const m = updates.member[from]!;
    const cellAt = table === null ? null : table.cells;
    const shift = table === null ? 0 : table.shift;
    const local = cells(m);
    const limit = self.batch;
    const { fault } = KIND;
    let reading = shared[m]!;
    let lowest = Math.min(readings.lowest, reading);
    for (let u = from | 0; u < to; u++) {
      const c = cpu[u]!;
      const cell = cellAt === null ? c : cellAt[c >> shift]!;
      const delta = pages[u]!;
      const before = local[cell]!;
      const held = before + delta;
      const inside = before < limit && before > -limit;
      if (inside && held < limit && held > -limit) {
        local[cell] = held;
        after[u] = reading;
        continue;
      }
      let moved = held;
      if (!inside) {
        const isRun = kind[u] === fault;
        moved = applyBeyond(before, delta, isRun, limit, readings, u, reading);
      } else if (kind[u] === fault) {
        // A run hands over whole batches, each as soon as it is full.
        const batches = (held / limit) | 0;
        moved = batches * limit;
        const step = batches < 0 ? -limit : limit;
        const first = batches < 0 ? limit + before : limit - before;
        pushInner(readings, u, first, reading + step, Math.abs(batches), step);
      }
      local[cell] = held - moved;
      reading += moved;
      if (reading < lowest) lowest = reading;
      after[u] = reading;
    }
    shared[m] = reading;
    readings.lowest = lowest;
  }

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { cpu, kind, member } = updates;
    for (let u = 0; u < updates.length; ) {
      const end = stretchEnd(updates, u);
      if (end === u) {
        onHotplug(kind[u]!, cpu[u]!, readings, u);
        setReading(readings, u, shared[member[u]!]!);
        u += 1;
      } else {
        applyStretch(updates, u, end, readings);
        u = end;
      }
    }
  }

  const self: BatchedCells = {
    shared,
    batch,
    apply,
    cells,
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
  return self;
}
