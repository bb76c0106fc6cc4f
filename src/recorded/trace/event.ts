/** Events of a kernel's trace, whatever tool printed them, and what stood beside them, counted. */
import type { MemberName } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';

/** Tools whose text is read. */
export const TRACE_FORMS = ['perf-script', 'ftrace', 'trace-cmd'] as const;

export type TraceForm = (typeof TRACE_FORMS)[number];

/**
 * `kmem:rss_stat` (include/trace/events/kmem.h): the kernel added to a member of an mm, and this is
 * the size that it told afterwards.
 */
export interface RssStatEvent {
  readonly name: 'rss_stat';
  /** Seconds as printed ("1541.072139"), with as many decimals as there were; null: not printed. */
  readonly time: string | null;
  /** Where the add ran. */
  readonly cpu: number;
  /** The task that ran it, which need not be one of the mm's. */
  readonly tid: number;
  /** The task's thread group; null: not printed. */
  readonly tgid: number | null;
  readonly comm: string;
  /** Hash of the mm's address, 32 bits, unsigned: after a process's end another may have it. */
  readonly mmId: number;
  /** Whether the task ran on this mm: else it forked, built the mm in exec, reclaimed or exited. */
  readonly curr: boolean;
  readonly member: MemberName;
  /** What the kernel printed as bytes; approximate sizes may be negative. */
  readonly sizePages: Pages;
  /** The line of the file, 1 = the first. */
  readonly line: number;
}

/** A task ended: `sched_process_exit`, or a `sched_switch` away from a dead task. */
interface TaskExitEvent {
  readonly name: 'task-exit';
  readonly tid: number;
  readonly cpu: number;
  readonly line: number;
}

/** A CPU turned from one task to another: `sched_switch`, unless the one was dead. */
interface SwitchEvent {
  readonly name: 'switch';
  /** The task that runs from here on; 0: the CPU's idle task. */
  readonly tid: number;
  readonly cpu: number;
  readonly line: number;
}

/** `task_newtask` (include/trace/events/task.h) of clone() with CLONE_THREAD. */
interface ThreadStartEvent {
  readonly name: 'thread-start';
  readonly tid: number;
  /** The task that called clone(). */
  readonly by: number;
  readonly cpu: number;
  readonly line: number;
}

/** Events are missing here: what the sizes were is no longer known. */
interface LossEvent {
  readonly name: 'loss';
  readonly line: number;
}

/** What a line says. */
export type TraceEvent = RssStatEvent | TaskExitEvent | SwitchEvent | ThreadStartEvent | LossEvent;

/** What of an `rss_stat` is replayed. */
export type SizeEvent = Omit<RssStatEvent, 'time' | 'tgid'>;

export type ReplayedEvent = SizeEvent | Exclude<TraceEvent, RssStatEvent>;

/** How often, and the line it was first seen on (1 = the first). */
interface Sightings {
  count: number;
  firstLine: number | null;
}

export interface TraceCounts {
  lines: number;
  rssStatEvents: number;
  migrations: number;
  switches: number;
  /** Events of other names, and rss_stat of members that the model does not have. */
  otherEvents: number;
  /** rss_stat of members that the model does not have, which are other events too. */
  readonly unknownMembers: Sightings;
  /** CPUs of the machine, by the trace's header; null: it does not say. */
  cpus: number | null;
  /** Lines that are no event, no comment and no part of a call chain. */
  readonly unknownLines: Sightings;
  /** rss_stat events that cannot be read, a truncated last line among them: each is a loss. */
  readonly malformed: Sightings;
  /** Places where the tool says that events are missing. */
  readonly losses: Sightings;
  /** Events that the tool says are missing, as far as it gives a number. */
  lostEvents: number;
  /** Events that are earlier than the one before. */
  readonly outOfOrder: Sightings;
}

const none = (): Sightings => ({ count: 0, firstLine: null });

export function createTraceCounts(): TraceCounts {
  return {
    lines: 0,
    rssStatEvents: 0,
    migrations: 0,
    switches: 0,
    otherEvents: 0,
    unknownMembers: none(),
    cpus: null,
    unknownLines: none(),
    malformed: none(),
    losses: none(),
    lostEvents: 0,
    outOfOrder: none(),
  };
}

export function sight(sightings: Sightings, line: number): void {
  sightings.count += 1;
  sightings.firstLine ??= line;
}
