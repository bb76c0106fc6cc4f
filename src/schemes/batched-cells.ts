/**
 * Cells that keep updates until they hold a batch, then hand all of it to the shared value: what
 * per-CPU counters (a cell a CPU) and per-NUMA atomics (a cell a slot) have in common.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';
import { pushInner, pushSide, type Readings } from '../update/readings.ts';

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

/** `cellOf` maps CPU to cell (null: cell = CPU); `onHotplug` handles the kinds without pages. */
export function createBatchedCells(
  nrCells: number,
  cellOf: Uint8Array | null,
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

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { length, cpu, pages, kind, member } = updates;
    const { after } = readings;
    const cellAt = cellOf;
    const totals = shared;
    let m = -1;
    let local: Int32Array = new Int32Array(0);
    let limit = self.batch;
    let reading = 0;
    for (let u = 0; u < length; u++) {
      const c = cpu[u]!;
      if (kind[u]! >= FIRST_KIND_WITHOUT_PAGES) {
        if (m >= 0) totals[m] = reading;
        m = -1;
        onHotplug(kind[u]!, c, readings, u);
        limit = self.batch;
      }
      if (member[u] !== m) {
        if (m >= 0) totals[m] = reading;
        m = member[u]!;
        local = cells(m);
        reading = totals[m]!;
      }
      const cell = cellAt === null ? c : cellAt[c]!;
      const delta = pages[u]!;
      const before = local[cell]!;
      const held = before + delta;
      if (before >= limit || before <= -limit) {
        const isRun = kind[u] === KIND.fault;
        const moved = applyBeyond(before, delta, isRun, limit, readings, u, reading);
        local[cell] = held - moved;
        reading += moved;
      } else if (held < limit && held > -limit) {
        local[cell] = held;
      } else if (kind[u] !== KIND.fault) {
        local[cell] = 0;
        reading += held;
      } else {
        // A run hands over whole batches, each as soon as it is full.
        const batches = (held / limit) | 0;
        const moved = batches * limit;
        const step = batches < 0 ? -limit : limit;
        const first = batches < 0 ? limit + before : limit - before;
        pushInner(readings, u, first, reading + step, Math.abs(batches), step);
        local[cell] = held - moved;
        reading += moved;
      }
      after[u] = reading;
    }
    if (m >= 0) totals[m] = reading;
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
