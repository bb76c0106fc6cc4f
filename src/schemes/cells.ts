/**
 * Cells that keep updates until they hold a batch, then hand all of it to the shared value: what
 * per-CPU counters (a cell a CPU) and per-NUMA atomics (a cell a slot) have in common. Two loops over
 * stretches of updates do the same: one for cells that are seldom full, one for cells that are often
 * full, when no processor guesses which update fills one.
 */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import { stretchEnd, type UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import {
  fillReadings,
  forgetKnown,
  pushInner,
  pushSide,
  type Readings,
  setReading,
} from '../update/readings.ts';
import { touch } from './touch.ts';

/** CPU c's cell is `cells[c >> shift]`. */
export interface CellTable {
  readonly cells: Uint8Array;
  readonly shift: number;
}

/** A stretch of updates of one member, as far as it has come. */
interface CellStretch {
  /** The next row, and the one after the last. */
  from: number;
  to: number;
  /** What each cell holds, pages. */
  held: Int32Array;
  /** CPU to cell; null: cell = CPU. */
  readonly table: CellTable | null;
  /** |held| stays below this, pages; a cell is compared with it only when it is updated. */
  batch: number;
  /** What the member reads, pages. */
  reading: number;
  /** Updates that filled a cell. */
  full: number;
}

/**
 * One update of a cell beyond a batch that has shrunk: the next add flushes it, unless it comes
 * back inside; from there a run may go on to the other side. Returns the pages that went to the
 * shared value.
 */
function movedFromBeyond(
  held: number,
  delta: number,
  isRun: boolean,
  batch: number,
  readings: Readings,
  u: number,
  reading: number,
): number {
  if (!isRun) return Math.abs(held + delta) < batch ? 0 : held + delta;
  if (delta === 0) return 0;
  const sign = Math.sign(delta);
  const add = Math.abs(held + sign) >= batch ? 1 : batch - sign * held;
  const after = delta * sign - add;
  if (after < 0) return 0;
  const first = held + sign * add;
  const further = Math.floor(after / batch);
  pushInner(readings, u, add, reading + first, further + 1, sign * batch);
  return first + further * sign * batch;
}

/**
 * Goes on from row `from` as long as cells stay less than full, the reading what it is: a loop of its
 * own, in which the compiler keeps all in registers. @returns the first row that is another matter.
 */
function keep(
  { to, held, table, batch }: CellStretch,
  { integers, stride: ofPages }: UpdateColumns,
  from: number,
): number {
  const cellAt = table === null ? null : table.cells;
  const shift = table === null ? 0 : table.shift;
  let u = from | 0;
  for (; u < to; u++) {
    const c = integers[u]!;
    const cell = cellAt === null ? c : cellAt[c >> shift]!;
    const before = held[cell]!;
    const sum = before + integers[(ofPages + u) | 0]!;
    if (before >= batch || before <= -batch || sum >= batch || sum <= -batch) break;
    held[cell] = sum;
  }
  return u;
}

/** For cells that are seldom full, or stand beyond a batch that has shrunk. Does not follow known errors. */
export function applySeldomFull(
  stretch: CellStretch,
  updates: UpdateColumns,
  readings: Readings,
): void {
  const { to, held, table, batch } = stretch;
  const { cpu, pages, kind } = updates;
  const { after } = readings;
  let { reading, full } = stretch;
  let lowest = reading;
  let highest = reading;
  let u = keep(stretch, updates, stretch.from);
  fillReadings(after, stretch.from, u, reading);
  while (u < to) {
    const cell = table === null ? cpu[u]! : table.cells[cpu[u]! >> table.shift]!;
    const isRun = kind[u] === KIND.fault;
    const delta = pages[u]!;
    const before = held[cell]!;
    const sum = before + delta;
    let moved = sum;
    if (before >= batch || before <= -batch) {
      moved = movedFromBeyond(before, delta, isRun, batch, readings, u, reading);
    } else if (isRun) {
      // A run hands over whole batches, each as soon as it is full.
      const batches = (sum / batch) | 0;
      moved = batches * batch;
      const step = batches < 0 ? -batch : batch;
      const first = batches < 0 ? batch + before : batch - before;
      pushInner(readings, u, first, reading + step, Math.abs(batches), step);
    }
    held[cell] = sum - moved;
    reading += moved;
    full += 1;
    if (reading < lowest) lowest = reading;
    if (reading > highest) highest = reading;
    after[u] = reading;
    const from = u + 1;
    u = keep(stretch, updates, from);
    fillReadings(after, from, u, reading);
  }
  stretch.from = to;
  stretch.reading = reading;
  stretch.full = full;
  forgetKnown(readings);
  readings.lowest = Math.min(readings.lowest, lowest);
  readings.highest = Math.max(readings.highest, highest);
}

/** Whether a batch is a power of two, so that a shift divides by it, and errors of known ones on fit 32 bits. */
function isPowerOfTwo(n: number): boolean {
  return n <= 2 ** 16 && (n & (n - 1)) === 0;
}

/**
 * For cells that are often full, and not beyond the batch, a power of two as most are: an update waits for
 * the cell that another left, and a division takes long. Does without branches on what is drawn, and looks
 * itself whether a run's changes are news, which is rare. Stops before an update that is too large for 32 bits.
 */
export function applyOftenFull(
  stretch: CellStretch,
  { integers: rows, stride: ofPages }: UpdateColumns,
  readings: Readings,
): void {
  const { from, to, held, table, batch } = stretch;
  const { after, known } = readings;
  const low = known.low | 0;
  const high = known.high | 0;
  const cellAt = table === null ? null : table.cells;
  const shift = table === null ? 0 : table.shift;
  const ofKind = 3 * ofPages;
  const order = 31 - Math.clz32(batch);
  const rest = batch - 1;
  let { reading } = stretch;
  let lowest = Math.min(readings.lowest, reading);
  let error = known.error | 0;
  let full = 0;
  let u = from | 0;
  for (; u < to; u++) {
    const c = rows[u]!;
    const cell = cellAt === null ? c : cellAt[c >> shift]!;
    const before = held[cell]!;
    const sum = before + rows[(ofPages + u) | 0]!;
    if (sum !== (sum | 0)) break;
    const batches = (sum + ((sum >> 31) & rest)) >> order;
    // Masks of ones: kind 0 is a run of faults, and what is full holds a batch, or minus one.
    const isRun = (rows[(ofKind + u) | 0]! - 1) >> 31;
    const isFull = (batches | -batches) >> 31;
    const moved = ((batches << order) & isRun) | (sum & isFull & ~isRun);
    // In a run the error is furthest to either side when the cell is empty, and when one more would fill it.
    const sign = batches >> 31;
    const empty = (error + before) | 0;
    const almostFull = (empty - ((rest ^ sign) - sign)) | 0;
    const isNews =
      ((empty - low) | (high - empty) | (almostFull - low) | (high - almostFull)) >> 31;
    if ((isFull & isRun & isNews) !== 0) {
      const step = (batch ^ sign) - sign;
      const first = batch - ((before ^ sign) - sign);
      pushInner(readings, u, first, reading + step, (batches ^ sign) - sign, step);
    }
    error = (empty + moved - sum) | 0;
    held[cell] = sum - moved;
    reading += moved;
    full -= isFull;
    if (reading < lowest) lowest = reading;
    after[u] = reading;
  }
  stretch.from = u;
  stretch.reading = reading;
  stretch.full += full;
  known.error = error;
  readings.lowest = lowest;
  readings.highest = Number.POSITIVE_INFINITY;
}

interface BatchedCells {
  /** What each member's reading is, pages. */
  readonly shared: Float64Array;
  /** |cell| stays below this, in pages; a cell is compared with it only when it is updated. */
  batch(): number;
  setBatch(batch: number): void;
  /** Sets a member to where a kernel's stood, pages. */
  start(member: number, shared: number, held: ArrayLike<number>): void;
  /** The rows from `from` on, up to `to` (all of them, where none are named). */
  apply(updates: UpdateColumns, readings: Readings, from?: number, to?: number): void;
  /** Moves what one cell holds to the shared values, at update u. */
  fold(cell: number, readings: Readings, u: number): void;
  preciseSum(member: number): number;
  /** The cells of one member. */
  cells(member: number): Int32Array;
}

/** Each with its neighbour: 0 with 1, 2 with 3, … Loops, not callbacks: there may be a million. */
function areAlike(cells: Uint8Array): boolean {
  for (let i = 1; i < cells.length; i += 2) if (cells[i] !== cells[i - 1]) return false;
  return true;
}

function everySecond(cells: Uint8Array): Uint8Array {
  const half = new Uint8Array(Math.ceil(cells.length / 2));
  for (let i = 0; i < half.length; i++) half[i] = cells[2 * i]!;
  return half;
}

/**
 * The shortest table of a cell for each CPU. Nodes are mostly long ranges of CPUs, and an entry for
 * each of a million CPUs would miss the caches.
 */
export function cellTable(cellOf: Uint8Array): CellTable {
  let cells = cellOf;
  let shift = 0;
  while (cells.length > 1 && areAlike(cells)) {
    cells = everySecond(cells);
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

  function apply(updates: UpdateColumns, readings: Readings, from = 0, to = updates.length): void {
    const { cpu, kind, member } = updates;
    for (let u = from; u < to; ) {
      const end = Math.min(to, stretchEnd(updates, u));
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
      if (table === null) touch(stretch.held, cpu, u, end);
      if (oftenFull && !mayBeBeyond && isPowerOfTwo(stretch.batch))
        applyOftenFull(stretch, updates, readings);
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
