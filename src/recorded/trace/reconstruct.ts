/**
 * From the sizes that a kernel told to the updates it made: each change of a member's size is an
 * update on the event's CPU. What no CPU can be named for is an offset, and no update.
 */
import { MEMBER } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import { appendRow } from '../../update/columns.ts';
import { KIND } from '../../update/kinds.ts';
import { kindName, MOST_ROW_PAGES, type RecordKind } from '../../update/record.ts';
import { createDeltaStatistics, type DeltaStatistics, kindOfDelta } from './change.ts';
import { createDeltas, TRAITS, WAITS_SHIFT } from './deltas.ts';
import type { ReplayedEvent } from './event.ts';
import { createLife, hasEnded, type Life, mapHuge } from './life.ts';
import type { LineRows } from './parse-bytes.ts';

/** Hears what events mean to their processes, in order. */
export interface TraceSteps<T> {
  /** An update of a member, by the task that made it; those that went into the process's batch are not told. */
  update(life: Life<T>, update: StepUpdate): void;
  /** Pages that came or went unseen: before the first event, or in a loss. */
  offset(life: Life<T>, member: number, pages: Pages, line: number): void;
  /** A task of the process turned up, or has another name than before. */
  named(life: Life<T>, comm: string, line: number): void;
  /** All members are 0 and no task is left: the mm is gone. */
  end(life: Life<T>, line: number): void;
}

/** As a record of updates has it; only lent. */
export interface StepUpdate {
  kind: RecordKind;
  member: number;
  pages: Pages;
  thread: number;
  cpu: number;
  line: number;
}

interface ReconstructionCounts {
  /** Processes seen. */
  processes: number;
  /** Of these, how many had the mm_id of one that had ended. */
  reusedMmIds: number;
  /** Events that changed nothing: another CPU's add was printed with an earlier event. */
  zeroDeltas: number;
  /** Updates by tasks that did not run on the mm. */
  remoteUpdates: number;
  /** Members whose size at their first event was taken for what was there before. */
  startsUnknown: number;
  /** Members taken up again after a loss, and the pages that had come or gone. */
  takenUpAgain: number;
  pagesUnseen: Pages;
  /** Threads that ended, or left for another mm. */
  threadExits: number;
}

export interface Reconstruction {
  readonly counts: ReconstructionCounts;
  readonly statistics: DeltaStatistics;
  /** Tells what an event means. */
  take(event: ReplayedEvent): void;
  /** The same of rows that are all known, the first of which is in this line; names are seldom asked for. */
  takeSizes(
    rows: LineRows,
    from: number,
    to: number,
    firstLine: number,
    nameOf: (row: number) => string,
  ): void;
  /** The trace is at its end: what was held back, process by process, with pauses between. */
  finish(): Generator<void>;
}

interface ReconstructionOptions {
  /** Also when threads begin and CPUs switch to another process, which some schemes heed. */
  readonly tellsMoments?: boolean;
}

/** Lives, and homes of tasks, that are found without a look at the table of all. */
const RECENT = 256;
const RECENT_TASKS = 4096;

/** The process that a task runs in, and its name there. */
interface Home<T> {
  readonly life: Life<T>;
  readonly comm: string;
  /** The task is there no longer, or has another name. */
  left: boolean;
}

/**
 * Tells `steps` what events mean. A CPU runs a process from an update of its own there, or a switch to a
 * task of it, until the next of another process: the idle task and kernel threads keep the mm, and of a task
 * that no update has told of it is not known.
 */
export function createReconstruction<T>(
  pageSize: PageSize,
  steps: TraceSteps<T>,
  { tellsMoments = false }: ReconstructionOptions = {},
): Reconstruction {
  const counts: ReconstructionCounts = {
    processes: 0,
    reusedMmIds: 0,
    zeroDeltas: 0,
    remoteUpdates: 0,
    startsUnknown: 0,
    takenUpAgain: 0,
    pagesUnseen: 0,
    threadExits: 0,
  };
  const statistics = createDeltaStatistics();
  const deltas = createDeltas(pageSize, statistics);
  const { kind: kindBits, isHuge } = TRAITS;
  const waits = TRAITS.waitsForSwap | TRAITS.waitsForAnon;
  const alive = new Map<number, Life<T>>();
  const recentMmIds = new Float64Array(RECENT).fill(-1);
  const recent = new Array<Life<T> | null>(RECENT).fill(null);
  const livesOf = new Map<number, number>();
  /** mm_ids whose process was seen to end: who has one of these next began in the trace. */
  const free = new Set<number>();
  /** The process that a task last ran in. */
  const homeOf = new Map<number, Home<T>>();
  /** By what a line says of its task: the parser's number of that. */
  const recentTasks = new Float64Array(RECENT_TASKS).fill(-1);
  const recentHomes = new Array<Home<T> | null>(RECENT_TASKS).fill(null);
  let losses = 0;
  let now = 0;

  function newLife(mmId: number): Life<T> {
    const bornHere = free.delete(mmId);
    const ordinal = (livesOf.get(mmId) ?? 0) + 1;
    livesOf.set(mmId, ordinal);
    const life = createLife<T>(mmId, ordinal, now, bornHere, losses);
    counts.processes += 1;
    if (bornHere) counts.reusedMmIds += 1;
    alive.set(mmId, life);
    return life;
  }

  function findLife(mmId: number): Life<T> {
    const life = alive.get(mmId) ?? newLife(mmId);
    const place = mmId & (RECENT - 1);
    recentMmIds[place] = mmId;
    recent[place] = life;
    return life;
  }

  function lifeOf(mmId: number): Life<T> {
    const place = mmId & (RECENT - 1);
    return recentMmIds[place] === mmId ? recent[place]! : findLife(mmId);
  }

  /** The last update is whole: nothing that comes now is its other half. */
  function flush(life: Life<T>): void {
    life.waitsFor = 0;
    if (!life.isHeld) return;
    life.isHeld = false;
    const { pending } = life;
    steps.update(life, { ...pending, kind: kindName(pending.kind) });
  }

  /** A thread that ends, or runs another mm, leaves nothing behind in its cache. */
  function leave(thread: number, cpu: number, line: number): void {
    const home = homeOf.get(thread);
    if (home === undefined) return;
    const { life } = home;
    moveOut(thread);
    life.tasks.splice(life.tasks.indexOf(thread), 1);
    counts.threadExits += 1;
    flush(life);
    tell(life, { kind: 'thread-exit', thread, cpu, line });
  }

  /** On each CPU the process that runs there. */
  const runningOn = new Map<number, Life<T>>();

  function tell(life: Life<T>, moment: Omit<StepUpdate, 'member' | 'pages'>): void {
    steps.update(life, { ...moment, member: MEMBER.anon, pages: 0 });
  }

  function runOn(cpu: number, life: Life<T> | undefined, line: number): void {
    const before = runningOn.get(cpu);
    if (life === undefined || before === life) return;
    runningOn.set(cpu, life);
    if (before === undefined || before.ended) return;
    tell(before, { kind: 'switch-out', thread: 0, cpu, line });
  }

  /** What is neither a size nor the end of a task. */
  function takeMoment(event: Exclude<ReplayedEvent, { name: 'rss_stat' | 'task-exit' }>): void {
    if (event.name === 'loss') {
      losses += 1;
      free.clear();
      runningOn.clear();
      return;
    }
    if (!tellsMoments) return;
    const { tid, cpu, line } = event;
    if (event.name === 'switch') {
      runOn(cpu, homeOf.get(tid)?.life, line);
      return;
    }
    const life = homeOf.get(event.by)?.life;
    if (life !== undefined) tell(life, { kind: 'thread-start', thread: tid, cpu, line });
  }

  function moveOut(tid: number): void {
    const home = homeOf.get(tid);
    if (home !== undefined) home.left = true;
    homeOf.delete(tid);
  }

  function moveIn(tid: number, life: Life<T>, comm: string): Home<T> {
    const before = homeOf.get(tid);
    if (before?.life === life) before.left = true;
    else if (life.tasks.length === 0) life.tasks = [tid];
    else life.tasks.push(tid);
    const home = { life, comm, left: false };
    homeOf.set(tid, home);
    life.comm ??= comm;
    steps.named(life, comm, now);
    return home;
  }

  function enterHome(life: Life<T>, tid: number, comm: string, cpu: number): Home<T> {
    const home = homeOf.get(tid);
    if (home?.life !== life) leave(tid, cpu, now);
    return home?.life === life && home.comm === comm ? home : moveIn(tid, life, comm);
  }

  /** The change since the member's last event; 0 where that is not known. */
  function changeOf(life: Life<T>, member: number, size: Pages): Pages {
    const change = size - life.sizes[member]!;
    const known = life.knownAt[member] === losses;
    life.sizes[member] = size;
    if (known) {
      if (change === 0) counts.zeroDeltas += 1;
      return change;
    }
    takeUp(life, member, change);
    return 0;
  }

  /** A member's first event, or the first one behind a loss. */
  function takeUp(life: Life<T>, member: number, change: Pages): void {
    life.knownAt[member] = losses;
    if (((life.seen >> member) & 1) === 1) {
      counts.takenUpAgain += 1;
      counts.pagesUnseen += Math.abs(change);
    } else {
      counts.startsUnknown += 1;
    }
    if (change === 0) return;
    flush(life);
    steps.offset(life, member, change, now);
  }

  /** Whether the last update, by a task on a CPU, and this one were one fault; then it is told. */
  function moves(life: Life<T>, traits: number, tid: number, cpu: number): boolean {
    const { batch, pending } = life;
    if (!life.isHeld) {
      const { columns } = batch!;
      const row = columns.length - 1;
      pending.thread = columns.thread[row]!;
      pending.cpu = columns.cpu[row]!;
      pending.member = columns.member[row]!;
    }
    if (pending.thread !== tid || pending.cpu !== cpu) return false;
    if (!life.isHeld) batch!.columns.length -= 1;
    life.waitsFor = 0;
    life.isHeld = false;
    const isSwapIn = (traits & TRAITS.leavesSwap) !== 0;
    const [kind, member] = isSwapIn
      ? (['swap-in', MEMBER.swap] as const)
      : (['cow', pending.member] as const);
    steps.update(life, { kind, member, pages: 1, thread: tid, cpu, line: now });
    return true;
  }

  /** The kind of an update of a page table's worth, which may map a huge page or unmap one. */
  function hugeKind(life: Life<T>, member: number, pages: Pages, curr: boolean): number {
    const kind = kindOfDelta(pages, member, curr, life.hugeMapped?.[member] ?? 0, pageSize);
    if (kind === KIND.huge) mapHuge(life, member, 1);
    else if (kind === KIND.remote && curr && pages < 0) mapHuge(life, member, -1);
    return kind;
  }

  /** Tells an update, unless it waits, of a process that has no batch, or where something is odd. */
  function holdOrTell(
    life: Life<T>,
    kind: number,
    member: number,
    pages: Pages,
    tid: number,
    cpu: number,
  ): void {
    const { pending } = life;
    pending.kind = kind;
    pending.member = member;
    pending.pages = pages;
    pending.thread = tid;
    pending.cpu = cpu;
    pending.line = now;
    life.isHeld = true;
    if (life.waitsFor === 0) flush(life);
  }

  function update(
    life: Life<T>,
    member: number,
    pages: Pages,
    tid: number,
    cpu: number,
    curr: boolean,
  ): void {
    const traits = deltas.take(pages, member, curr);
    if (!curr) counts.remoteUpdates += 1;
    const kind = (traits & isHuge) === 0 ? traits & kindBits : hugeKind(life, member, pages, curr);
    if ((traits & life.waitsFor) !== 0 && moves(life, traits, tid, cpu)) return;
    if (life.isHeld) flush(life);
    life.waitsFor = (traits & waits) << WAITS_SHIFT;
    const { batch } = life;
    if (
      batch === null ||
      batch.online[cpu] !== 1 ||
      pages > MOST_ROW_PAGES ||
      pages < -MOST_ROW_PAGES
    ) {
      holdOrTell(life, kind, member, pages, tid, cpu);
      return;
    }
    const { columns } = batch;
    if (columns.length === columns.cpu.length) batch.flush();
    appendRow(columns, tid, cpu, pages, kind, member, 1);
  }

  function end(life: Life<T>): void {
    flush(life);
    alive.delete(life.mmId);
    recentMmIds[life.mmId & (RECENT - 1)] = -1;
    free.add(life.mmId);
    for (const tid of life.tasks) moveOut(tid);
    life.ended = true;
    steps.end(life, now);
  }

  /** An event of a process, whose task is at home. */
  function takeSize(
    life: Life<T>,
    member: number,
    size: Pages,
    tid: number,
    cpu: number,
    curr: boolean,
  ): void {
    life.lastLine = now;
    if (size < 0) statistics.negativeSizes += 1;
    if (tellsMoments && curr) runOn(cpu, life, now);
    const pages = changeOf(life, member, size);
    life.seen |= 1 << member;
    if (pages !== 0) update(life, member, pages, tid, cpu, curr);
    if (size === 0 && !curr && hasEnded(life)) end(life);
  }

  return {
    counts,
    statistics,
    take(event) {
      now = event.line;
      if (event.name === 'rss_stat') {
        const { mmId, tid, comm, cpu, curr, member, sizePages } = event;
        const life = lifeOf(mmId);
        if (curr) enterHome(life, tid, comm, cpu);
        takeSize(life, MEMBER[member], sizePages, tid, cpu, curr);
      } else if (event.name === 'task-exit') leave(event.tid, event.cpu, event.line);
      else takeMoment(event);
    },
    takeSizes(rows, from, to, firstLine, nameOf) {
      const { task, tid, cpu, mmId, curr, member, pages } = rows;
      for (let row = from; row < to; row++) {
        now = firstLine + row - from;
        const life = lifeOf(mmId[row]!);
        const own = curr[row] === 1;
        if (own) {
          const place = task[row]! & (RECENT_TASKS - 1);
          const home = recentHomes[place];
          if (recentTasks[place] !== task[row] || home?.life !== life || home.left) {
            recentHomes[place] = enterHome(life, tid[row]!, nameOf(row), cpu[row]!);
            recentTasks[place] = task[row]!;
          }
        }
        takeSize(life, member[row]!, pages[row]!, tid[row]!, cpu[row]!, own);
      }
    },
    *finish() {
      for (const life of alive.values()) {
        flush(life);
        steps.end(life, life.lastLine);
        yield;
      }
      alive.clear();
      deltas.enter();
    },
  };
}
