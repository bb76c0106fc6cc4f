/**
 * The cost of two-level counters: each add writes the CPU's own line; a spill is one atomic update of the
 * group's middle value; handing that on is an atomic exchange of it and an atomic update of the shared one.
 */
import { twoLevelSharedLine } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { type CreateCost, createCounts, createLines, flushOf, type RunOfFlushes } from '../cost.ts';
import { groupsOn } from '../cpu-groups.ts';
import type { TwoLevelParameters } from '../parameters.ts';

/** @throws InputError as groupsOn(). */
export const createCostCounters: CreateCost<TwoLevelParameters> = (
  topology,
  { batch, middle: middleBatch, group },
  distanceOf,
  counts = createCounts(['middle', 'shared']),
) => {
  const { own } = counts;
  const inMiddle = counts.shared[0]!;
  const inShared = counts.shared[1]!;
  const groupOf = groupsOn(topology, group);
  const nrGroups = Math.max(...new Set(groupOf)) + 1;
  const ownLines = createLines(topology.nrCpuIds, distanceOf);
  const middleLines = createLines(NR_MEMBERS * nrGroups, distanceOf);
  const sharedLines = createLines(twoLevelSharedLine(NR_MEMBERS) + 1, distanceOf);
  const shared = new Float64Array(NR_MEMBERS);
  const middles = new Float64Array(NR_MEMBERS * nrGroups);
  const cells = Array.from({ length: NR_MEMBERS }, () => new Int32Array(topology.nrCpuIds));
  const run: RunOfFlushes = { flushes: 0, left: 0 };
  const perFlush = Math.ceil(middleBatch / batch);

  /** Spills of `spilt` pages together into one middle value. @returns how often it was handed on. */
  function spill(m: number, at: number, spills: number, spilt: number): number {
    const before = middles[at]!;
    const sign = Math.sign(spilt);
    const each = Math.abs(spilt) / spills;
    // Spills of a run are all one batch; one update spills once.
    const first = Math.ceil((middleBatch - sign * before) / each);
    const handedOn = spills < first ? 0 : 1 + Math.floor((spills - first) / perFlush);
    const moved = handedOn === 0 ? 0 : before + sign * each * (first + (handedOn - 1) * perFlush);
    middles[at] = before + spilt - moved;
    shared[m]! += moved;
    return handedOn;
  }

  /** percpu_counter_cpu_dead(), with the cell alone: on a CPU that is not told. */
  function fold(cpu: number): void {
    for (let m = 0; m < NR_MEMBERS; m++) {
      shared[m]! += cells[m]![cpu]!;
      cells[m]![cpu] = 0;
      inShared.atomics += 1;
      sharedLines.touchUnseen(twoLevelSharedLine(m), inShared.transfers);
    }
    ownLines.forget(cpu);
  }

  function apply({ length, cpu, pages, kind, member }: UpdateColumns): void {
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      const c = cpu[u]!;
      if (k === KIND.cpuOffline) fold(c);
      if (k >= FIRST_KIND_WITHOUT_PAGES) continue;
      const delta = pages[u]!;
      const adds = addsOf(k, delta);
      if (adds === 0) continue;
      const m = member[u]!;
      const held = cells[m]![c]!;
      flushOf(k, held, delta, batch, run);
      cells[m]![c] = run.left;
      own.plain += adds;
      ownLines.touch(c, c, adds, own.transfers);
      if (run.flushes === 0) continue;
      const at = m * nrGroups + groupOf[c]!;
      const handedOn = spill(m, at, run.flushes, held + delta - run.left);
      inMiddle.atomics += run.flushes + handedOn;
      middleLines.touch(at, c, run.flushes + handedOn, inMiddle.transfers);
      inShared.atomics += handedOn;
      sharedLines.touch(twoLevelSharedLine(m), c, handedOn, inShared.transfers);
    }
  }

  const middlesOf = (m: number) => middles.subarray(m * nrGroups, (m + 1) * nrGroups);
  const sum = (values: Float64Array | Int32Array): number => {
    let total = 0;
    for (const value of values) total += value;
    return total;
  };
  return {
    apply,
    counts,
    reading: (member) => shared[member]!,
    preciseSum: (member) => shared[member]! + sum(middlesOf(member)) + sum(cells[member]!),
  };
};
