/**
 * The lives of a workload's processes, woven into one order of steps: short-lived ones, fork to exit, and
 * the parent that forks them; long-lived ones of many threads over one heap, under some reclaim.
 */
import { hugePagePages } from '../../kernel/page-table.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import { below, seedRandom } from '../contract/random.ts';
import { createPlace } from '../generate.ts';
import {
  addMapping,
  createHeap,
  dropMapping,
  FIRST_HEAP_REGION,
  type Heap,
  happens,
  type LifeContext,
  PARENT,
  SHARED_REGION,
  startUp,
  touchAll,
  tryFork,
} from './life-context.ts';
import type { LifeStep } from './life-step.ts';
import {
  demandSoundLives,
  JOB,
  MAKE,
  MAKE_HEAP_PAGES,
  type ProcessWorkload,
  placesOf,
  RECLAIM_PAGES,
  SERVER,
  SHARED_PAGES,
  tasksOf,
} from './process-workload.ts';

function createContext(
  topology: Topology,
  workload: ProcessWorkload,
  pageSize: PageSize,
): LifeContext {
  const { policy, cpus, seed, mappingPages, hugePerMillion, processes } = workload;
  const random = seedRandom(seed);
  const { min, max } = mappingPages;
  return {
    workload,
    random,
    place: createPlace(topology, { policy, cpus, threads: tasksOf(workload) }, random),
    mappings: {
      random,
      min,
      sizes: max - min + 1,
      hugePerMillion,
      hugePages: hugePagePages(pageSize),
    },
    nextTask: PARENT + 1,
    jobsLeft: processes,
  };
}

/** A turn for each thread of a server and each place of a job: who has more threads runs more. */
function turnsOf(context: LifeContext): Generator<LifeStep>[] {
  const { servers, threads } = context.workload;
  const places = placesOf(context.workload);
  const ofJobs = Array.from({ length: places }, (_, place) => jobs(context, 1 + place));
  const ofServers = Array.from({ length: servers }, (_, i) =>
    server(context, 1 + places + i * threads),
  );
  return [...ofJobs, ...ofServers.flatMap((life) => new Array<typeof life>(threads).fill(life))];
}

/**
 * The parent starts; then each turn is drawn uniformly (the first draw of a step) and its process
 * does its next step, until all have exited; then the parent exits.
 * @throws InputError where the numbers do not go together, or not with the machine.
 */
export function* lives(
  topology: Topology,
  workload: ProcessWorkload,
  pageSize: PageSize,
): Generator<LifeStep> {
  demandSoundLives(workload);
  const context = createContext(topology, workload, pageSize);
  yield* parentStart(context);
  let turns = turnsOf(context);
  while (turns.length > 0) {
    const life = turns[below(context.random, turns.length)]!;
    const { value, done } = life.next();
    if (done === true) turns = turns.filter((other) => other !== life);
    else yield value;
  }
  yield* parentEnd(context);
}

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
function* jobs(context: LifeContext, task: number): Generator<LifeStep> {
  while (context.jobsLeft > 0) {
    context.jobsLeft -= 1;
    yield* job(context, task);
  }
}

/** The parent's start. Its heap is one mapping, which every fork copies. */
function* parentStart(context: LifeContext): Generator<LifeStep> {
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
function* parentEnd(context: LifeContext): Generator<LifeStep> {
  yield { does: 'exit', process: PARENT, thread: 0, cpu: context.place(0) };
}

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
function* server(context: LifeContext, firstTask: number): Generator<LifeStep> {
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
