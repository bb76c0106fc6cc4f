/**
 * The stash: each CPU has cells for the process that runs there, one a member, which all go to the
 * process's shared values when the CPU switches to another. Others' updates go there at once.
 */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { pushInner, pushSide, type Readings, setReading } from '../../update/readings.ts';
import type { StashParameters } from '../parameters.ts';
import { createRunning } from '../running.ts';
import type { Counters } from '../scheme.ts';

/** What a member's counter is made of; `cells` has one count a CPU. Pages. */
interface StashState {
  readonly shared: Pages;
  readonly cells: readonly Pages[];
}

/** Counters at zero. */
export function createStashCounters(
  { nrCpuIds }: Pick<Topology, 'nrCpuIds'>,
  { read, cap }: StashParameters,
): Counters<StashState> {
  const readsCells = read === 'running';
  const full = cap ?? Number.POSITIVE_INFINITY;
  const running = createRunning(nrCpuIds);
  const shared = new Float64Array(NR_MEMBERS);
  /** Of all cells of a member. */
  const held = new Float64Array(NR_MEMBERS);
  const cells = Array.from({ length: NR_MEMBERS }, () => new Float64Array(nrCpuIds));

  const reading = (m: number) => (readsCells ? shared[m]! + held[m]! : shared[m]!);

  /** A member's pages go from a cell to the shared value. */
  function move(m: number, cpu: number, pages: Pages): void {
    cells[m]![cpu]! -= pages;
    held[m]! -= pages;
    shared[m]! += pages;
  }

  /** Empties a CPU's cells at update u. @returns whether the reading of the update's own member moved. */
  function flush(cpu: number, own: number, readings: Readings, u: number): boolean {
    let moved = false;
    for (let m = 0; m < NR_MEMBERS; m++) {
      const pages = cells[m]![cpu]!;
      if (pages === 0) continue;
      move(m, cpu, pages);
      if (readsCells) continue;
      if (m === own) moved = true;
      else pushSide(readings, u, m, shared[m]!);
    }
    return moved;
  }

  /** One add of any size. */
  function addOnce(m: number, cpu: number, pages: Pages): void {
    const cell = cells[m]!;
    cell[cpu]! += pages;
    held[m]! += pages;
    if (Math.abs(cell[cpu]!) >= full) move(m, cpu, cell[cpu]!);
  }

  /** A run of faults: the cell goes when it first is full, and then after every `full` pages. */
  function addRun(m: number, cpu: number, pages: Pages, readings: Readings, u: number): void {
    const sign = Math.sign(pages);
    const before = reading(m);
    const toFull = full - sign * cells[m]![cpu]!;
    const after = Math.abs(pages) - toFull;
    const fills = after < 0 ? 0 : 1 + Math.floor(after / full);
    if (readsCells) pushInner(readings, u, 1, before + sign, Math.abs(pages), sign);
    else if (fills > 0) pushInner(readings, u, toFull, before + sign * full, fills, sign * full);
    cells[m]![cpu]! += pages;
    held[m]! += pages;
    if (fills > 0) move(m, cpu, sign * full * fills);
  }

  /** An update of a thread's own, which may have come from another CPU. */
  function addOwn(updates: UpdateColumns, u: number, readings: Readings): void {
    const cpu = updates.cpu[u]!;
    const m = updates.member[u]!;
    const pages = updates.pages[u]!;
    const isRun = updates.kind[u] === KIND.fault;
    const sides = readings.side.length;
    const left = running.run(updates.thread[u]!, cpu);
    const flushed = left >= 0 && flush(left, m, readings, u);
    const isMoved = flushed || readings.side.length > sides;
    if (!isRun) {
      addOnce(m, cpu, pages);
      return;
    }
    // What the switch moved is read from the first add on, which may fill the cell too.
    const fillsAtOnce = Math.abs(cells[m]![cpu]! + Math.sign(pages)) >= full;
    if (isMoved && !fillsAtOnce) pushInner(readings, u, 1, shared[m]!, 1, Math.sign(pages));
    addRun(m, cpu, pages, readings, u);
  }

  /** Rows without pages. */
  function change(updates: UpdateColumns, u: number, readings: Readings): void {
    const k = updates.kind[u];
    const cpu = updates.cpu[u]!;
    const own = updates.member[u]!;
    if (k === KIND.threadExit) {
      const left = running.exit(updates.thread[u]!);
      if (left >= 0) flush(left, own, readings, u);
    } else if (k === KIND.switchOut || k === KIND.cpuOffline) {
      // Whoever ran on a CPU that goes is moved to another.
      running.switchOut(cpu);
      flush(cpu, own, readings, u);
    }
  }

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { length, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      const m = member[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) change(updates, u, readings);
      else if (k === KIND.remote) shared[m]! += pages[u]!;
      else if (addsOf(k, pages[u]!) > 0) addOwn(updates, u, readings);
      setReading(readings, u, reading(m));
    }
  }

  return {
    apply,
    preciseSum: (member) => shared[member]! + held[member]!,
    wraps: false,
    state: (member) => ({ shared: shared[member]!, cells: Array.from(cells[member]!) }),
  };
}
