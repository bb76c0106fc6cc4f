/**
 * A cell a CPU, a middle value a group of CPUs, and the shared value above them:
 *
 *   cells        0 1 2 3   4 5 6 7     |cell| < B1; what reaches it goes up whole
 *                 \ | /     \ | /
 *   middle values   0         1        |middle| < B2; what reaches it goes up whole
 *                    \       /
 *   shared               0             what readers see
 *
 * A run of single-page adds spills B1 at a time, so that the middle value is handed on every ⌈B2 / B1⌉
 * spills: the reading moves in equal steps after the first.
 */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { pushInner, pushSide, type Readings, setReading } from '../../update/readings.ts';
import { groupsOn } from '../cpu-groups.ts';
import type { TwoLevelParameters } from '../parameters.ts';
import type { Counters } from '../scheme.ts';

/** What a member's counter is made of, pages; `middles` one for each group, `cells` one for each CPU. */
interface TwoLevelState {
  readonly shared: Pages;
  readonly middles: readonly Pages[];
  readonly cells: readonly Pages[];
}

interface Member {
  shared: Pages;
  readonly middles: Float64Array;
  readonly cells: Int32Array;
}

/** Counters at zero. @throws InputError as groupsOn(). */
export function createTwoLevelCounters(
  topology: Topology,
  { batch, middle: middleBatch, group }: TwoLevelParameters,
): Counters<TwoLevelState> {
  const groupOf = groupsOn(topology, group);
  const nrGroups = groupOf.reduce((most, g) => Math.max(most, g + 1), 1);
  const members: (Member | undefined)[] = new Array(NR_MEMBERS).fill(undefined);
  const spillsPerFlush = Math.ceil(middleBatch / batch);

  /** Members that never move take no memory. */
  function memberOf(m: number): Member {
    members[m] ??= {
      shared: 0,
      middles: new Float64Array(nrGroups),
      cells: new Int32Array(topology.nrCpuIds),
    };
    return members[m];
  }

  function addOne(member: Member, cpu: number, delta: Pages): void {
    const held = member.cells[cpu]! + delta;
    if (held < batch && held > -batch) {
      member.cells[cpu] = held;
      return;
    }
    member.cells[cpu] = 0;
    const group = groupOf[cpu]!;
    const sum = member.middles[group]! + held;
    const isFull = sum >= middleBatch || sum <= -middleBatch;
    member.middles[group] = isFull ? 0 : sum;
    if (isFull) member.shared += sum;
  }

  /** |delta| adds of one page. */
  function addRun(member: Member, cpu: number, delta: Pages, readings: Readings, u: number): void {
    const sign = delta < 0 ? -1 : 1;
    const held = member.cells[cpu]!;
    const sum = held + delta;
    if (sum < batch && sum > -batch) {
      member.cells[cpu] = sum;
      return;
    }
    const first = batch - sign * held;
    const further = delta * sign - first;
    const spills = 1 + Math.floor(further / batch);
    member.cells[cpu] = sign * (further % batch);
    const group = groupOf[cpu]!;
    const before = member.middles[group]!;
    const untilFlush = Math.ceil((middleBatch - sign * before) / batch);
    if (spills < untilFlush) {
      member.middles[group] = before + sign * spills * batch;
      return;
    }
    const rest = spills - untilFlush;
    const flushes = Math.floor(rest / spillsPerFlush);
    const step = sign * batch * spillsPerFlush;
    const reading = member.shared + before + sign * untilFlush * batch;
    pushInner(readings, u, first + (untilFlush - 1) * batch, reading, flushes + 1, step);
    const after = reading + flushes * step;
    member.middles[group] = before + sign * spills * batch - (after - member.shared);
    member.shared = after;
  }

  /** What a CPU held goes straight to the shared values when it goes off-line. */
  function fold(cpu: number, readings: Readings, u: number): void {
    for (const [m, member] of members.entries()) {
      const held = member?.cells[cpu] ?? 0;
      if (member === undefined || held === 0) continue;
      member.cells[cpu] = 0;
      member.shared += held;
      pushSide(readings, u, m, member.shared);
    }
  }

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { length, cpu, pages, kind } = updates;
    for (let u = 0; u < length; u++) {
      const member = memberOf(updates.member[u]!);
      const k = kind[u]!;
      if (k === KIND.fault) addRun(member, cpu[u]!, pages[u]!, readings, u);
      else if (k < FIRST_KIND_WITHOUT_PAGES) addOne(member, cpu[u]!, pages[u]!);
      else if (k === KIND.cpuOffline) fold(cpu[u]!, readings, u);
      setReading(readings, u, member.shared);
    }
  }

  return {
    apply,
    preciseSum(m) {
      const { shared, middles, cells } = memberOf(m);
      return cells.reduce(
        (sum, held) => sum + held,
        middles.reduce((sum, held) => sum + held, shared),
      );
    },
    wraps: false,
    state(m) {
      const { shared, middles, cells } = memberOf(m);
      return { shared, middles: Array.from(middles), cells: Array.from(cells) };
    },
  };
}
