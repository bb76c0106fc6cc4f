/** A short-lived process, fork to exit, and the parent that forks it. */
import type { Pages } from '../../units.ts';
import { below } from '../contract/random.ts';
import {
  addMapping,
  createHeap,
  dropMapping,
  FIRST_HEAP_REGION,
  type LifeContext,
  PARENT,
  startUp,
  tryFork,
} from './life-context.ts';
import type { LifeStep } from './life-step.ts';
import { JOB, MAKE, MAKE_HEAP_PAGES } from './process-workload.ts';

/** Of a job's operations on its heap, one in so many unmaps. */
const UNMAP_ONE_IN = 4;

/**
 * One process on a place of the policy. Draws beside the CPUs: whether the fork fails; the pages that
 * it touches in its life; for each operation whether it unmaps (where it holds a mapping), and then
 * which one, or a new one's size.
 */
function* job(context: LifeContext, task: number): Generator<LifeStep> {
  const { random, workload, place, mappings } = context;
  const process = yield* tryFork(context);
  if (process === null) return;
  const { min, max } = workload.jobPages;
  const target = min + below(random, max - min + 1);
  yield* startUp(context, process, task, JOB, 'exec');
  const heap = createHeap();
  let touched: Pages = 0;
  while (touched < target) {
    const at = { process, thread: 0, cpu: place(task) };
    if (heap.mappings.length > 0 && below(random, UNMAP_ONE_IN) === 0) {
      yield { does: 'unmap', ...at, region: dropMapping(heap, random).region };
    } else {
      const mapping = addMapping(heap, mappings);
      touched += mapping.pages;
      yield { does: 'map', ...at, backing: 'anon', ...mapping };
    }
  }
  yield { does: 'exit', process, thread: 0, cpu: place(task) };
}

/** One place, taken by one process after the other until all have been born. */
export function* jobs(context: LifeContext, task: number): Generator<LifeStep> {
  while (context.jobsLeft > 0) {
    context.jobsLeft -= 1;
    yield* job(context, task);
  }
}

/** The parent's start. Its heap is one mapping, which every fork copies. */
export function* parentStart(context: LifeContext): Generator<LifeStep> {
  yield* startUp(context, PARENT, 0, MAKE, 'start');
  yield {
    does: 'map',
    process: PARENT,
    thread: 0,
    cpu: context.place(0),
    region: FIRST_HEAP_REGION,
    backing: 'anon',
    pages: MAKE_HEAP_PAGES,
    huge: false,
  };
}

/** The parent exits, when nothing is left to wait for. */
export function* parentEnd(context: LifeContext): Generator<LifeStep> {
  yield { does: 'exit', process: PARENT, thread: 0, cpu: context.place(0) };
}
