/**
 * Cells that keep updates until they hold a batch, then hand all of it to the shared value: what
 * per-CPU counters (a cell a CPU) and per-NUMA atomics (a cell a slot) have in common.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import {
  type ChangePoints,
  pushChange,
  pushChangeRun,
  type UpdateColumns,
} from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';

export interface BatchedCells {
  /** What each member's reading is, pages. */
  readonly shared: Float64Array;
  /** |cell| stays below this, in pages; a cell is compared with it only when it is updated. */
  batch: number;
  apply(updates: UpdateColumns, changes: ChangePoints): void;
  /** Moves what one cell holds to the shared values, as change points of update u. */
  fold(cell: number, changes: ChangePoints, u: number): void;
  preciseSum(member: number): number;
  /** The cells of one member. */
  cells(member: number): Int32Array;
}

/** `cellOf` maps CPU to cell (null: cell = CPU); `onHotplug` handles the kinds without pages. */
export function createBatchedCells(
  nrCells: number,
  cellOf: Int32Array | null,
  batch: number,
  onHotplug: (kind: number, cpu: number, changes: ChangePoints, u: number) => void,
): BatchedCells {
  const shared = new Float64Array(NR_MEMBERS);
  const cellsOf: (Int32Array | undefined)[] = new Array(NR_MEMBERS).fill(undefined);

  /** Members that never move take no memory. */
  function cells(member: number): Int32Array {
    cellsOf[member] ??= new Int32Array(nrCells);
    return cellsOf[member];
  }

  /** A run of n faults: from flush to flush, `batch` apart after the first. */
  function faultRun(
    local: Int32Array,
    cell: number,
    changes: ChangePoints,
    u: number,
    m: number,
    delta: number,
    limit: number,
  ): void {
    const sign = delta < 0 ? -1 : 1;
    const n = delta * sign;
    const held = local[cell]!;
    // A batch that has shrunk can leave a cell beyond it, on either side: then the next add flushes.
    const first = Math.abs(held + sign) >= limit ? 1 : limit - sign * held;
    if (n < first) {
      local[cell] = held + delta;
      return;
    }
    shared[m]! += held + sign * first;
    pushChange(changes, u, first, m, shared[m]!);
    const after = n - first;
    const flushes = Math.floor(after / limit);
    shared[m] = pushChangeRun(
      changes,
      u,
      first + limit,
      limit,
      flushes,
      m,
      shared[m]!,
      sign * limit,
    );
    local[cell] = sign * (after - flushes * limit);
  }

  function apply(updates: UpdateColumns, changes: ChangePoints): void {
    const { length, cpu, pages, kind, member } = updates;
    let m = -1;
    let local: Int32Array = new Int32Array(0);
    let limit = self.batch;
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      const c = cpu[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) {
        onHotplug(k, c, changes, u);
        limit = self.batch;
        continue;
      }
      if (member[u] !== m) {
        m = member[u]!;
        local = cells(m);
      }
      const cell = cellOf === null ? c : cellOf[c]!;
      const delta = pages[u]!;
      const held = local[cell]! + delta;
      if (held < limit && held > -limit && (k !== KIND.fault || insideRun(held, delta, limit))) {
        local[cell] = held;
      } else if (k === KIND.fault) {
        if (delta !== 0) faultRun(local, cell, changes, u, m, delta, limit);
      } else {
        shared[m]! += held;
        local[cell] = 0;
        pushChange(changes, u, 1, m, shared[m]!);
      }
    }
  }

  const self: BatchedCells = {
    shared,
    batch,
    apply,
    cells,
    fold(cell, changes, u) {
      for (let m = 0; m < NR_MEMBERS; m++) {
        const held = cellsOf[m]?.[cell] ?? 0;
        if (held === 0) continue;
        cells(m)[cell] = 0;
        shared[m]! += held;
        pushChange(changes, u, 1, m, shared[m]!);
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

/** A run that ends inside the batch has no flush on the way if its first add was inside too. */
function insideRun(held: number, delta: number, limit: number): boolean {
  const first = held - delta + (delta < 0 ? -1 : 1);
  return first < limit && first > -limit;
}
