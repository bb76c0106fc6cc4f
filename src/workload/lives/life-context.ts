/** Shared by all lives of a run: how each begins (fork, exec, text and data), and heaps. */
import type { Pages } from '../../units.ts';
import { drawMapping, type MappingSizes, pagesOf } from '../contract/pattern.ts';
import type { Place } from '../contract/policy.ts';
import { below, chance, nextUint32, type RandomState } from '../contract/random.ts';
import type { LifeStep, Program } from './life-step.ts';
import type { ProcessWorkload } from './process-workload.ts';

export interface LifeContext {
  readonly workload: ProcessWorkload;
  readonly random: RandomState;
  readonly mappings: MappingSizes;
  /** The next CPU of a task of the policy: 0 the parent, then the jobs' places, then servers. */
  readonly place: Place;
  /** Number of the next task to be born. */
  nextTask: number;
  /** Jobs that are still to be born. */
  jobsLeft: number;
}

/** The process that forks all others; tasks are numbered from it on. */
export const PARENT = 1000;

const TEXT_REGION = 1;
const DATA_REGION = 2;
export const SHARED_REGION = 3;

/** Pages of text that one operation touches: four windows of fault-around, of 4 KiB pages. */
const TEXT_PAGES_EACH: Pages = 64;

/** Whether something of so many in a million happens. Draws only where it can. */
export function happens({ random }: LifeContext, perMillion: number): boolean {
  return perMillion > 0 && chance(random, perMillion);
}

/**
 * The parent forks. Draws: the parent's CPU; whether the fork fails, and if it does where.
 * @returns the child's number, or null where there is none.
 */
export function* tryFork(context: LifeContext): Generator<LifeStep, number | null> {
  const process = context.nextTask;
  context.nextTask += 1;
  const cpu = context.place(0);
  const fails = happens(context, context.workload.failPerMillion);
  const failure = fails ? nextUint32(context.random) : null;
  yield { does: 'fork', process, parent: PARENT, thread: 0, cpu, failure };
  return fails ? null : process;
}

/** Touches a mapping from its start, so many pages an operation. */
export function* touchAll(
  { place }: LifeContext,
  at: { readonly process: number; readonly task: number },
  { region, backing, pages }: { region: number; backing: 'text' | 'shmem'; pages: Pages },
  pagesEach: Pages = TEXT_PAGES_EACH,
): Generator<LifeStep> {
  const { process, task } = at;
  for (let done = 0; done < pages; done += pagesEach) {
    const step = { process, thread: 0, cpu: place(task), region };
    const part = Math.min(pagesEach, pages - done);
    yield done === 0
      ? { does: 'map', ...step, backing, pages: part, huge: false }
      : { does: 'touch', ...step, pages: part };
  }
}

/** A program begins: exec (or the kernel's start), its text, its data, and what it writes of that. */
export function* startUp(
  context: LifeContext,
  process: number,
  task: number,
  program: Program,
  does: 'start' | 'exec',
): Generator<LifeStep> {
  const { place } = context;
  const { textPages, dataPages, writtenPages } = program;
  const at = () => ({ process, thread: 0, cpu: place(task) });
  yield { does, ...at(), program };
  const text = { region: TEXT_REGION, backing: 'text', pages: textPages } as const;
  yield* touchAll(context, { process, task }, text);
  const data = { region: DATA_REGION, backing: 'data', pages: dataPages, huge: false } as const;
  yield { does: 'map', ...at(), ...data };
  yield { does: 'write', ...at(), region: DATA_REGION, pages: writtenPages };
}

/** Regions from here on are mappings of the heap. */
export const FIRST_HEAP_REGION = 4;

interface HeapMapping {
  readonly region: number;
  readonly pages: Pages;
  readonly huge: boolean;
}

export interface Heap {
  /** Pages held now. */
  held: Pages;
  readonly mappings: HeapMapping[];
  nextRegion: number;
}

export function createHeap(): Heap {
  return { held: 0, mappings: [], nextRegion: FIRST_HEAP_REGION };
}

/** A new mapping. Draws: its size, as the patterns of `compare` do. */
export function addMapping(heap: Heap, sizes: MappingSizes): HeapMapping {
  const drawn = drawMapping(sizes);
  const mapping = { region: heap.nextRegion, pages: pagesOf(drawn), huge: drawn < 0 };
  heap.nextRegion += 1;
  heap.held += mapping.pages;
  heap.mappings.push(mapping);
  return mapping;
}

/** The mapping at a place goes; the last one moves there. */
export function dropMapping(heap: Heap, random: RandomState): HeapMapping {
  const place = below(random, heap.mappings.length);
  const mapping = heap.mappings[place]!;
  const last = heap.mappings.pop()!;
  if (last !== mapping) heap.mappings[place] = last;
  heap.held -= mapping.pages;
  return mapping;
}
