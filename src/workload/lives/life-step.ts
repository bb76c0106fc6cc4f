/** What the processes of a workload do, one step after the other: plain data, no counters yet. */
import type { Backing } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';

/** A program as far as its pages tell it from others. */
export interface Program {
  /** What the kernel calls the task (comm), at most 15 characters. */
  readonly name: string;
  /** Arguments, environment and the first frames, written by exec. */
  readonly stackPages: Pages;
  /** Pages of its text and of its libraries', read. */
  readonly textPages: Pages;
  /** Pages of data that are read, and how many of them are written afterwards. */
  readonly dataPages: Pages;
  readonly writtenPages: Pages;
}

/** Where a step runs. */
interface Placed {
  /** The process's number: that of its first task. No two processes have the same. */
  readonly process: number;
  /** The thread of the process that runs it, 0 = the first. */
  readonly thread: number;
  readonly cpu: number;
}

interface OfRegion extends Placed {
  /** A number of the process's own; above 0, which is the stack. */
  readonly region: number;
  readonly pages: Pages;
}

export type LifeStep =
  /** The kernel starts the first program of all, without a fork. */
  | ({ readonly does: 'start'; readonly program: Program } & Placed)
  /**
   * `process` is the child; `thread` of `parent` runs it. Where `failure` is not null mm_init()
   * fails, at ⌊failure × n / 2^32⌋ + 1 of its n allocations, and there is no child.
   */
  | ({ readonly does: 'fork'; readonly parent: number; readonly failure: number | null } & Placed)
  | ({ readonly does: 'exec'; readonly program: Program } & Placed)
  /** A new thread; `task` is its number. */
  | ({ readonly does: 'clone'; readonly task: number } & Placed)
  /** A new mapping, of which the first pages are touched; a huge one is one huge page. */
  | ({ readonly does: 'map'; readonly backing: Backing; readonly huge: boolean } & OfRegion)
  /** The next pages of a mapping are touched. */
  | ({ readonly does: 'touch' } & OfRegion)
  /** Pages of a private file mapping are written. */
  | ({ readonly does: 'write' } & OfRegion)
  /** Another task (reclaim) swaps pages out; pages that were swapped out are touched. */
  | ({ readonly does: 'swap-out' } & OfRegion)
  | ({ readonly does: 'swap-in' } & OfRegion)
  | ({ readonly does: 'unmap' } & Omit<OfRegion, 'pages'>)
  | ({ readonly does: 'thread-exit' } & Placed)
  /** The last thread exits, and the address space goes. */
  | ({ readonly does: 'exit' } & Placed);
