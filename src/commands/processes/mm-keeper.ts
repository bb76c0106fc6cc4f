/** Where the updates of processes go, and the coming and going of their mms. */
import type { Pages } from '../../units.ts';
import type { Task } from './trace-lines.ts';

/** Who makes an update. */
export interface Running {
  readonly task: Task;
  readonly cpu: number;
  /** Of the process that the task belongs to, 0 = the first. */
  readonly thread: number;
  /** Whether the task runs on the mm that it updates (current->mm == mm). */
  readonly curr: boolean;
}

/** `Mm` is the keeper's own: those who carry steps out only pass it on. */
export interface MmKeeper<Mm> {
  /** mm_init() for a program of a process; null: it failed, as `failure` (see LifeStep) has it. */
  create(process: number, program: string, failure: number | null): Mm | null;
  add(mm: Mm, kind: number, member: number, pages: Pages, by: Running): void;
  /** What was added since the last call was one operation of the mm. */
  endOperation(mm: Mm): void;
  /** A task ends. */
  taskExit(task: Task, cpu: number): void;
  /** Nobody uses the mm any more; `task` was the last. */
  drop(mm: Mm, task: Task): void;
}
