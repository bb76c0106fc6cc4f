/** One event of a kernel's trace, whatever tool printed it. */
import type { MemberName } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';

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
export interface TaskExitEvent {
  readonly name: 'task-exit';
  readonly tid: number;
  readonly cpu: number;
  readonly line: number;
}

/** Events are missing here: what the sizes were is no longer known. */
export interface LossEvent {
  readonly name: 'loss';
  readonly line: number;
}

export type TraceEvent = RssStatEvent | TaskExitEvent | LossEvent;
