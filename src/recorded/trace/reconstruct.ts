/**
 * From the sizes that a kernel told to the updates it made: each change of a member's size is an
 * update on the event's CPU. What no CPU can be named for is an offset, and no update.
 */
import { MEMBER, MEMBERS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import type { RecordKind } from '../../update/record.ts';
import {
  createDeltaStatistics,
  type DeltaStatistics,
  isFirstHalf,
  kindOfDelta,
  movedPage,
  noteDelta,
} from './change.ts';
import type { ReplayedEvent, SizeEvent } from './event.ts';

/** Hears what events mean to their processes, in order. */
export interface TraceSteps<T> {
  /** An update of a member, by the task that made it. */
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
  /** The trace is at its end: what was held back, process by process, with pauses between. */
  finish(): Generator<void>;
}

/** Lives, and homes of tasks, that are found without a look at the table of all. */
const RECENT = 256;

interface Home<T> {
  readonly tid: number;
  readonly life: Life<T>;
  readonly comm: string;
}

/**
 * Tells `steps` what events mean; with `tellsMoments` also when threads begin and CPUs switch to another
 * process, which some schemes heed. A CPU runs a process from an update of its own there, or a switch to a
 * task of it, until the next of another process: the idle task and kernel threads keep the mm, and of a task
 * that no update has told of it is not known.
 */
export function createReconstruction<T>(
  pageSize: PageSize,
  steps: TraceSteps<T>,
  tellsMoments = false,
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
  const alive = new Map<number, Life<T>>();
  const recent: (Life<T> | undefined)[] = new Array(RECENT).fill(undefined);
  const livesOf = new Map<number, number>();
  /** mm_ids whose process was seen to end: who has one of these next began in the trace. */
  const free = new Set<number>();
  /** The process that a task last ran in, and its name there. */
  const homeOf = new Map<number, Home<T>>();
  const recentHomes: (Home<T> | undefined)[] = new Array(RECENT).fill(undefined);
  let losses = 0;

  function lifeOf({ mmId, line }: SizeEvent): Life<T> {
    const place = (mmId | 0) & (RECENT - 1);
    const last = recent[place];
    if (last !== undefined && last.mmId === mmId && !last.ended) return last;
    let life = alive.get(mmId);
    if (life === undefined) {
      const bornHere = free.delete(mmId);
      const ordinal = (livesOf.get(mmId) ?? 0) + 1;
      livesOf.set(mmId, ordinal);
      life = createLife<T>(counts.processes, mmId, ordinal, line, bornHere, losses);
      counts.processes += 1;
      if (bornHere) counts.reusedMmIds += 1;
      alive.set(mmId, life);
    }
    recent[place] = life;
    return life;
  }

  function flush(life: Life<T>): void {
    if (!life.waits) return;
    life.waits = false;
    steps.update(life, life.pending);
  }

  /** A thread that ends, or runs another mm, leaves nothing behind in its cache. */
  function leave(thread: number, cpu: number, line: number): void {
    const life = homeOf.get(thread)?.life;
    if (life === undefined) return;
    moveOut(thread);
    life.tasks.splice(life.tasks.indexOf(thread), 1);
    counts.threadExits += 1;
    flush(life);
    steps.update(life, { kind: 'thread-exit', member: MEMBER.anon, pages: 0, thread, cpu, line });
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
    homeOf.delete(tid);
    recentHomes[tid & (RECENT - 1)] = undefined;
  }

  function moveIn(tid: number, life: Life<T>, comm: string): void {
    homeOf.set(tid, { tid, life, comm });
    recentHomes[tid & (RECENT - 1)] = undefined;
  }

  function enterHome(life: Life<T>, { tid, comm, cpu, line }: SizeEvent): void {
    const place = tid & (RECENT - 1);
    const last = recentHomes[place];
    if (last !== undefined && last.tid === tid && last.life === life && last.comm === comm) return;
    const home = homeOf.get(tid);
    if (home?.life === life && home.comm === comm) {
      recentHomes[place] = home;
      return;
    }
    if (home?.life !== life) leave(tid, cpu, line);
    moveIn(tid, life, comm);
    if (life.tasks.length === 0) life.tasks = [tid];
    else life.tasks.push(tid);
    life.comm ??= comm;
    steps.named(life, comm, line);
  }

  /** The change since the member's last event; 0 where that is not known. */
  function changeOf(life: Life<T>, member: number, { sizePages, line }: SizeEvent): Pages {
    const change = sizePages - life.sizes[member]!;
    const known = life.knownAt[member] === losses;
    const seenBefore = ((life.seen >> member) & 1) === 1;
    life.sizes[member] = sizePages;
    life.knownAt[member] = losses;
    life.seen |= 1 << member;
    if (known) {
      if (change === 0) counts.zeroDeltas += 1;
      return change;
    }
    if (seenBefore) {
      counts.takenUpAgain += 1;
      counts.pagesUnseen += Math.abs(change);
    } else {
      counts.startsUnknown += 1;
    }
    if (change !== 0) {
      flush(life);
      steps.offset(life, member, change, line);
    }
    return 0;
  }

  function update(life: Life<T>, event: SizeEvent, pages: Pages): void {
    const { tid, cpu, member, curr, line } = event;
    const index = MEMBER[member];
    noteDelta(statistics, pages, curr, pageSize);
    const kind = kindOfDelta(pages, member, curr, life.hugeMapped?.[index] ?? 0, pageSize);
    if (kind === 'huge') mapHuge(life, index, 1);
    else if (kind === 'remote' && curr && pages < 0) mapHuge(life, index, -1);
    if (!curr) counts.remoteUpdates += 1;
    const { pending } = life;
    if (life.waits && pending.thread === tid && pending.cpu === cpu) {
      const moved = movedPage(pending.kind, kind, member, pages);
      if (moved !== null) {
        life.waits = false;
        pending.kind = moved;
        if (moved === 'swap-in') pending.member = MEMBER.swap;
        pending.pages = 1;
        pending.line = line;
        steps.update(life, pending);
        return;
      }
    }
    flush(life);
    pending.kind = kind;
    pending.member = index;
    pending.pages = pages;
    pending.thread = tid;
    pending.cpu = cpu;
    pending.line = line;
    if (isFirstHalf(kind, member, pages)) life.waits = true;
    else steps.update(life, pending);
  }

  /** Every process has a stack, so one without anonymous pages that no task runs on is gone. */
  function hasEnded(life: Life<T>, { curr }: SizeEvent): boolean {
    return (
      !curr &&
      ((life.seen >> MEMBER.anon) & 1) === 1 &&
      MEMBERS.every((_, member) => life.sizes[member] === 0)
    );
  }

  function end(life: Life<T>, line: number): void {
    flush(life);
    life.ended = true;
    alive.delete(life.mmId);
    free.add(life.mmId);
    for (const tid of life.tasks) moveOut(tid);
    steps.end(life, line);
  }

  function takeSize(event: SizeEvent): void {
    const life = lifeOf(event);
    life.lastLine = event.line;
    if (event.sizePages < 0) statistics.negativeSizes += 1;
    if (event.curr) enterHome(life, event);
    if (tellsMoments && event.curr) runOn(event.cpu, life, event.line);
    const pages = changeOf(life, MEMBER[event.member], event);
    if (pages !== 0) update(life, event, pages);
    if (event.sizePages === 0 && hasEnded(life, event)) end(life, event.line);
  }

  return {
    counts,
    statistics,
    take(event) {
      if (event.name === 'rss_stat') takeSize(event);
      else if (event.name === 'task-exit') leave(event.tid, event.cpu, event.line);
      else takeMoment(event);
    },
    *finish() {
      for (const life of alive.values()) {
        flush(life);
        steps.end(life, life.lastLine);
        yield;
      }
      alive.clear();
    },
  };
}

export interface Life<T = unknown> {
  /** 0 = the first process of the trace: an mm_id may be used again. */
  readonly index: number;
  readonly mmId: number;
  /** Of the processes that have had this mm_id, which one: 1 = the first. */
  readonly ordinal: number;
  readonly firstLine: number;
  lastLine: number;
  /** Name of the first task seen to run on the mm; null: none was. */
  comm: string | null;
  /** Last size of each member, pages. */
  readonly sizes: number[];
  /** A bit for each member that has been seen. */
  seen: number;
  /** Losses up to which each member's size is known; behind, it has to be taken up again. */
  readonly knownAt: number[];
  /** Huge pages of each member that are known to be mapped; null: none ever was. */
  hugeMapped: number[] | null;
  /** Tasks whose last own update was in this process. */
  tasks: number[];
  /** The last update; it `waits` where it may be half of one fault: a page that changes its member. */
  readonly pending: StepUpdate;
  waits: boolean;
  ended: boolean;
  /** What who hears the steps makes of it; null: nothing yet. */
  of: T | null;
}

/** "247315454", of the second process that has the mm_id "247315454#2". */
export function lifeName(mmId: number, ordinal: number): string {
  return ordinal === 1 ? `${mmId}` : `${mmId}#${ordinal}`;
}

/** So many huge pages of a member more are mapped. */
function mapHuge(life: Life<unknown>, member: number, change: number): void {
  life.hugeMapped ??= new Array<number>(NR_MEMBERS).fill(0);
  life.hugeMapped[member]! += change;
}

/** Of a process that began in the trace every member is known to be 0 at first. */
function createLife<T>(
  index: number,
  mmId: number,
  ordinal: number,
  line: number,
  bornHere: boolean,
  losses: number,
): Life<T> {
  // Small lists, not typed arrays: a trace may have many processes.
  const each = (value: number) => new Array<number>(NR_MEMBERS).fill(value);
  return {
    index,
    mmId,
    ordinal,
    firstLine: line,
    lastLine: line,
    comm: null,
    sizes: each(0),
    seen: 0,
    knownAt: each(bornHere ? losses : -1),
    hugeMapped: null,
    tasks: [],
    pending: { kind: 'fault', member: 0, pages: 0, thread: 0, cpu: 0, line },
    waits: false,
    ended: false,
    of: null,
  };
}
