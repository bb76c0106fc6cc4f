/** A long-lived process of many threads over one heap, under some reclaim. */
import { below } from '../contract/random.ts';
import {
  addMapping,
  createHeap,
  dropMapping,
  type Heap,
  happens,
  type LifeContext,
  SHARED_REGION,
  startUp,
  touchAll,
  tryFork,
} from './life-context.ts';
import type { LifeStep } from './life-step.ts';
import { RECLAIM_PAGES, SERVER, SHARED_PAGES } from './process-workload.ts';

/** A server forks until a child is born, takes on its program, its shared memory and its threads. */
function* serverStart(context: LifeContext, firstTask: number): Generator<LifeStep, number> {
  let process: number | null = null;
  while (process === null) process = yield* tryFork(context);
  yield* startUp(context, process, firstTask, SERVER, 'exec');
  const shared = { region: SHARED_REGION, backing: 'shmem', pages: SHARED_PAGES } as const;
  yield* touchAll(context, { process, task: firstTask }, shared);
  for (let thread = 1; thread < context.workload.threads; thread++) {
    const task = context.nextTask;
    context.nextTask += 1;
    yield { does: 'clone', process, thread, cpu: context.place(firstTask), task };
  }
  return process;
}

/** Of the operations while pages are swapped out, one in so many touches them. */
const SWAP_IN_ONE_IN = 8;

/**
 * Reclaim takes pages of one mapping; of a huge page none. Draws: the mapping, and the CPU that
 * reclaim runs on. @returns the mapping's region, where pages went.
 */
function* reclaim(
  { random, workload }: LifeContext,
  process: number,
  { mappings }: Heap,
): Generator<LifeStep, number | null> {
  const { region, huge } = mappings[below(random, mappings.length)]!;
  if (huge) return null;
  const cpu = workload.cpus[below(random, workload.cpus.length)]!;
  yield { does: 'swap-out', process, thread: 0, cpu, region, pages: RECLAIM_PAGES };
  return region;
}

/**
 * Draws of an operation: whether pages are reclaimed before it (where there is a mapping), and then
 * what reclaim draws; the thread; its CPU; while pages are swapped out, whether it touches them; else
 * as `steady` of `compare`: a new mapping's size, or which mapping to unmap.
 */
export function* server(context: LifeContext, firstTask: number): Generator<LifeStep> {
  const { random, workload, place, mappings } = context;
  const process = yield* serverStart(context, firstTask);
  const heap = createHeap();
  let swapped: number | null = null;
  for (let operation = 0; operation < workload.operations; operation++) {
    if (heap.mappings.length > 0 && happens(context, workload.reclaimPerMillion)) {
      swapped = (yield* reclaim(context, process, heap)) ?? swapped;
    }
    const thread = below(random, workload.threads);
    const at = { process, thread, cpu: place(firstTask + thread) };
    if (swapped !== null && below(random, SWAP_IN_ONE_IN) === 0) {
      yield { does: 'swap-in', ...at, region: swapped, pages: RECLAIM_PAGES };
      swapped = null;
    } else if (heap.held < workload.serverPages) {
      yield { does: 'map', ...at, backing: 'anon', ...addMapping(heap, mappings) };
    } else {
      const { region } = dropMapping(heap, random);
      if (region === swapped) swapped = null;
      yield { does: 'unmap', ...at, region };
    }
  }
  for (let thread = workload.threads - 1; thread > 0; thread--) {
    yield { does: 'thread-exit', process, thread, cpu: place(firstTask + thread) };
  }
  yield { does: 'exit', process, thread: 0, cpu: place(firstTask) };
}
