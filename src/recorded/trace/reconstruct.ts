/**
 * From the sizes that a kernel told to the updates it made: each change of a member's size is an
 * update on the event's CPU. What no CPU can be named for is an offset, and no update.
 */
import { MEMBER, MEMBERS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { PageSize, Pages } from '../../units.ts';
import type { RecordedUpdate } from '../../update/record.ts';
import {
  createDeltaStatistics,
  type DeltaStatistics,
  isFirstHalf,
  kindOfDelta,
  movedPage,
  noteDelta,
} from './change.ts';
import type { ReplayedEvent, SizeEvent } from './event.ts';

/** What an event means to its process, in order. */
export type TraceStep =
  /** An update; its `thread` is the task that made it, its `mm` the mm_id. */
  | { readonly step: 'update'; readonly life: Life; readonly record: RecordedUpdate; line: number }
  /** Pages that came or went unseen: before the first event, or in a loss. */
  | { readonly step: 'offset'; readonly life: Life; member: number; pages: Pages; line: number }
  /** A task of the process turned up, or has another name than before. */
  | { readonly step: 'named'; readonly life: Life; comm: string; line: number }
  /** All members are 0 and no task is left: the mm is gone. */
  | { readonly step: 'end'; readonly life: Life; line: number };

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
  /** Appends what an event means. */
  take(event: ReplayedEvent, steps: TraceStep[]): void;
  /** The trace is at its end: appends what was held back. */
  finish(steps: TraceStep[]): void;
}

export function createReconstruction(pageSize: PageSize): Reconstruction {
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
  const alive = new Map<number, Life>();
  const livesOf = new Map<number, number>();
  /** mm_ids whose process was seen to end: who has one of these next began in the trace. */
  const free = new Set<number>();
  /** The process that a task last ran in, and its name there. */
  const homeOf = new Map<number, { readonly life: Life; readonly comm: string }>();
  let losses = 0;

  function lifeOf({ mmId, line }: SizeEvent): Life {
    const known = alive.get(mmId);
    if (known !== undefined) return known;
    const bornHere = free.delete(mmId);
    const ordinal = (livesOf.get(mmId) ?? 0) + 1;
    livesOf.set(mmId, ordinal);
    const life = createLife(counts.processes, mmId, ordinal, line, bornHere, losses);
    counts.processes += 1;
    if (bornHere) counts.reusedMmIds += 1;
    alive.set(mmId, life);
    return life;
  }

  function flush(life: Life, steps: TraceStep[]): void {
    if (life.pending === null) return;
    steps.push({ step: 'update', life, ...life.pending });
    life.pending = null;
  }

  /** A thread that ends, or runs another mm, leaves nothing behind in its cache. */
  function leave(tid: number, cpu: number, line: number, steps: TraceStep[]): void {
    const life = homeOf.get(tid)?.life;
    if (life === undefined) return;
    homeOf.delete(tid);
    life.tasks.splice(life.tasks.indexOf(tid), 1);
    counts.threadExits += 1;
    flush(life, steps);
    const record: RecordedUpdate = {
      ...{ kind: 'thread-exit', thread: tid, cpu, pages: 0 },
      ...{ member: 'anon', mm: life.mmId, repeat: 1 },
    };
    steps.push({ step: 'update', life, record, line });
  }

  function enterHome(life: Life, event: SizeEvent, steps: TraceStep[]): void {
    const { tid, comm, cpu, line } = event;
    const home = homeOf.get(tid);
    if (home?.life === life && home.comm === comm) return;
    if (home?.life !== life) leave(tid, cpu, line, steps);
    homeOf.set(tid, { life, comm });
    if (life.tasks.length === 0) life.tasks = [tid];
    else life.tasks.push(tid);
    life.comm ??= comm;
    steps.push({ step: 'named', life, comm, line });
  }

  /** The change since the member's last event; null where that is not known. */
  function changeOf(life: Life, member: number, event: SizeEvent, steps: TraceStep[]): Pages {
    const { sizePages, line } = event;
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
      flush(life, steps);
      steps.push({ step: 'offset', life, member, pages: change, line });
    }
    return 0;
  }

  function update(life: Life, event: SizeEvent, pages: Pages, steps: TraceStep[]): void {
    const { tid, cpu, member, curr, line, mmId } = event;
    const index = MEMBER[member];
    noteDelta(statistics, pages, curr, pageSize);
    const kind = kindOfDelta(pages, member, curr, life.hugeMapped?.[index] ?? 0, pageSize);
    if (kind === 'huge') mapHuge(life, index, 1);
    else if (kind === 'remote' && curr && pages < 0) mapHuge(life, index, -1);
    if (!curr) counts.remoteUpdates += 1;
    const record: RecordedUpdate = { kind, thread: tid, cpu, pages, member, mm: mmId, repeat: 1 };
    const { pending } = life;
    const moved = pending === null ? null : movedPage(pending.record, record);
    if (moved !== null) {
      life.pending = null;
      steps.push({ step: 'update', life, record: moved, line });
      return;
    }
    flush(life, steps);
    if (isFirstHalf(record)) life.pending = { record, line };
    else steps.push({ step: 'update', life, record, line });
  }

  /** Every process has a stack, so one without anonymous pages that no task runs on is gone. */
  function hasEnded(life: Life, { curr }: SizeEvent): boolean {
    return (
      !curr &&
      ((life.seen >> MEMBER.anon) & 1) === 1 &&
      MEMBERS.every((_, member) => life.sizes[member] === 0)
    );
  }

  function end(life: Life, line: number, steps: TraceStep[]): void {
    flush(life, steps);
    life.ended = true;
    alive.delete(life.mmId);
    free.add(life.mmId);
    for (const tid of life.tasks) homeOf.delete(tid);
    steps.push({ step: 'end', life, line });
  }

  function takeSize(event: SizeEvent, steps: TraceStep[]): void {
    const life = lifeOf(event);
    life.lastLine = event.line;
    if (event.sizePages < 0) statistics.negativeSizes += 1;
    if (event.curr) enterHome(life, event, steps);
    const pages = changeOf(life, MEMBER[event.member], event, steps);
    if (pages !== 0) update(life, event, pages, steps);
    if (event.sizePages === 0 && hasEnded(life, event)) end(life, event.line, steps);
  }

  return {
    counts,
    statistics,
    take(event, steps) {
      if (event.name === 'rss_stat') takeSize(event, steps);
      else if (event.name === 'task-exit') leave(event.tid, event.cpu, event.line, steps);
      else {
        losses += 1;
        free.clear();
      }
    },
    finish(steps) {
      for (const life of alive.values()) {
        flush(life, steps);
        steps.push({ step: 'end', life, line: life.lastLine });
      }
      alive.clear();
    },
  };
}

export interface Life {
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
  /** An update that may be half of one fault: a page that leaves one member for another. */
  pending: { readonly record: RecordedUpdate; readonly line: number } | null;
  ended: boolean;
}

/** "247315454", of the second process that has the mm_id "247315454#2". */
export function lifeName(mmId: number, ordinal: number): string {
  return ordinal === 1 ? `${mmId}` : `${mmId}#${ordinal}`;
}

/** So many huge pages of a member more are mapped. */
function mapHuge(life: Life, member: number, change: number): void {
  life.hugeMapped ??= new Array<number>(NR_MEMBERS).fill(0);
  life.hugeMapped[member]! += change;
}

/** Of a process that began in the trace every member is known to be 0 at first. */
function createLife(
  index: number,
  mmId: number,
  ordinal: number,
  line: number,
  bornHere: boolean,
  losses: number,
): Life {
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
    pending: null,
    ended: false,
  };
}
