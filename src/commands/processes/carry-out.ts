/** Carries the steps of lives out: each becomes updates of one mm, or of two. */
import { MEMBER } from '../../kernel/rss-stat.ts';
import {
  type AddressSpace,
  copyAddressSpace,
  copyOnWrite,
  createExecSpace,
  type Emit,
  exitMmap,
  mapRegion,
  regionOf,
  swapIn,
  swapOut,
  touchPages,
  unmapRegion,
} from '../../process/address-space.ts';
import type { PageSize, Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';
import type { LifeStep } from '../../workload/lives/life-step.ts';
import type { Task } from './trace-lines.ts';

interface LivingProcess<Mm> {
  readonly process: number;
  program: string;
  mm: Mm;
  space: AddressSpace;
  /** The number of each thread's task. */
  readonly tasks: number[];
}

/** The task that reclaims pages: none of the workload's. */
const KSWAPD: Task = { tid: 100, tgid: 100, comm: 'kswapd0' };

type StepOf<Does extends LifeStep['does']> = Extract<LifeStep, { does: Does }>;

/** Threads, processes and their mms as steps make and end them. The dead are forgotten. */
export function createLiving<Mm>(keeper: MmKeeper<Mm>, pageSize: PageSize) {
  const living = new Map<number, LivingProcess<Mm>>();

  function processOf(process: number): LivingProcess<Mm> {
    const found = living.get(process);
    if (found === undefined) throw new RangeError(`no process ${process} lives`);
    return found;
  }

  function taskOf({ process, program, tasks }: LivingProcess<Mm>, thread: number): Task {
    return { tid: tasks[thread]!, tgid: process, comm: program };
  }

  function emitTo(mm: Mm, by: Running): Emit {
    return (kind, member, pages) => keeper.add(mm, kind, member, pages, by);
  }

  /** A step of one thread on its own memory. */
  function onItself(step: Exclude<LifeStep, { does: 'start' | 'fork' }>): void {
    const owner = processOf(step.process);
    const { mm, space } = owner;
    const task = taskOf(owner, step.thread);
    const { thread, cpu } = step;
    const emit = emitTo(mm, { task, thread, cpu, curr: true });
    switch (step.does) {
      case 'map':
        touchPages(space, mapRegion(space, step.region, step.backing, step.huge), step.pages, emit);
        break;
      case 'touch':
        touchPages(space, regionOf(space, step.region), step.pages, emit);
        break;
      case 'write':
        copyOnWrite(regionOf(space, step.region), step.pages, emit);
        break;
      case 'swap-in':
        swapIn(regionOf(space, step.region), step.pages, emit);
        break;
      case 'swap-out': {
        const reclaim = emitTo(mm, { task: KSWAPD, thread: 0, cpu, curr: false });
        swapOut(regionOf(space, step.region), step.pages, reclaim);
        break;
      }
      case 'unmap':
        unmapRegion(space, step.region, emit);
        break;
      case 'clone':
        owner.tasks[step.thread] = step.task;
        keeper.add(mm, KIND.threadStart, MEMBER.file, 0, {
          ...{ task: taskOf(owner, step.thread), thread: step.thread, cpu, curr: true },
        });
        break;
      case 'thread-exit':
        leave(owner, step);
        break;
      case 'exec':
        exec(owner, step);
        return;
      case 'exit':
        leave(owner, step);
        end(owner, task, cpu);
        living.delete(owner.process);
        return;
    }
    keeper.endOperation(mm);
  }

  /** A thread lets go of its mm: what it held back is synced (sync_mm_rss, before 6.2). */
  function leave(owner: LivingProcess<Mm>, { thread, cpu }: { thread: number; cpu: number }): void {
    const task = taskOf(owner, thread);
    keeper.add(owner.mm, KIND.threadExit, MEMBER.file, 0, { task, thread, cpu, curr: true });
    keeper.taskExit(task, cpu);
  }

  /** exit_mmap() and the end of an mm that no thread is left on. */
  function end({ mm, space }: LivingProcess<Mm>, task: Task, cpu: number): void {
    exitMmap(space, emitTo(mm, { task, thread: 0, cpu, curr: false }));
    keeper.endOperation(mm);
    keeper.drop(mm, task);
  }

  /** The new mm is built by the task on its old one; then that is left (exec_mmap, fs/exec.c). */
  function exec(owner: LivingProcess<Mm>, { program, cpu, thread }: StepOf<'exec'>): void {
    const task = taskOf(owner, thread);
    const mm = newMm(owner.process, program.name);
    const emit = emitTo(mm, { task, thread: 0, cpu, curr: false });
    const space = createExecSpace(pageSize, program.stackPages, emit);
    keeper.endOperation(mm);
    keeper.add(owner.mm, KIND.threadExit, MEMBER.file, 0, { task, thread, cpu, curr: true });
    end(owner, task, cpu);
    Object.assign(owner, { mm, space, program: program.name });
  }

  function newMm(process: number, program: string): Mm {
    const mm = keeper.create(process, program, null);
    if (mm === null) throw new RangeError(`the mm of ${program} was not to fail`);
    return mm;
  }

  function start({ process, program, cpu }: StepOf<'start'>): void {
    const mm = newMm(process, program.name);
    const task = { tid: process, tgid: process, comm: program.name };
    const emit = emitTo(mm, { task, thread: 0, cpu, curr: false });
    const space = createExecSpace(pageSize, program.stackPages, emit);
    keeper.endOperation(mm);
    living.set(process, { process, program: program.name, mm, space, tasks: [process] });
  }

  /** dup_mm(): the parent's task fills the child's mm. */
  function fork({ process, parent, thread, cpu, failure }: StepOf<'fork'>): void {
    const forker = processOf(parent);
    const { program } = forker;
    const mm = keeper.create(process, program, failure);
    if (mm === null) return;
    const emit = emitTo(mm, { task: taskOf(forker, thread), thread: 0, cpu, curr: false });
    const space = copyAddressSpace(forker.space, emit);
    keeper.endOperation(mm);
    living.set(process, { process, program, mm, space, tasks: [process] });
  }

  /** @throws RangeError where a step is of a process or region that is not there. */
  return function carryOut(step: LifeStep): void {
    if (step.does === 'start') start(step);
    else if (step.does === 'fork') fork(step);
    else onItself(step);
  };
}

/** Who makes an update. */
interface Running {
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
