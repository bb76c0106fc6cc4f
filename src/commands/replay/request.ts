/** What a replay is asked for: a recording, and what the user says of a kernel's trace. */
import { InputError } from '../../errors.ts';
import type { SeenUpdates } from '../../recorded/seen-updates.ts';
import { DEFAULT_SIZE_KIND, type SizeKind } from '../../recorded/trace/change.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { MOST_PAGES } from '../../units.ts';
import { seedRandom } from '../../workload/contract/random.ts';
import { createPlace } from '../../workload/generate.ts';
import type { Policy } from '../../workload/registry.ts';
import type { MeasureRequest, StreamFacts } from '../compare/measure.ts';

/** Threads run where a migration policy places them, not where they were recorded. */
export interface Placement {
  readonly policy: Policy;
  readonly seed: number;
  /** On-line CPUs. */
  readonly cpus: CpuIds;
}

export interface TraceChoices {
  /** What the user said; where nothing, precise. */
  readonly sizeIs: SizeKind;
  /** Only processes that a task of this name ran in; null: all. */
  readonly comm: string | null;
  /** Of the processes that had the mm_id asked for, only this one (1 = the first); null: all. */
  readonly life: number | null;
  readonly spread: Placement | null;
}

export interface ReplayRequest extends TraceRequest {
  readonly text: AsyncIterable<Buffer | string>;
}

/** Without what is read. */
export interface TraceRequest extends MeasureRequest {
  /** The recording's name in messages and results. */
  readonly name: string;
  /** The process to replay; null: there must be one only. */
  readonly mm: number | null;
  readonly trace: TraceChoices;
}

/** @throws InputError where recorded updates are given what only a trace can follow. */
export function demandNoTraceChoices(
  { sizeIs, comm, life, spread }: TraceChoices,
  name: string,
): void {
  const given = [
    ...(sizeIs === DEFAULT_SIZE_KIND ? [] : ['--size-is']),
    ...(comm === null ? [] : ['--comm']),
    ...(life === null ? [] : [`--mm with #${life}`]),
    ...(spread === null ? [] : ['--spread']),
  ];
  if (given.length === 0) return;
  throw new InputError(
    `${name}: ${given[0]} goes with a kernel's trace: these are recorded updates`,
  );
}

/** What the bounds have to know of a recording like this. */
export function factsOf(seen: SeenUpdates): StreamFacts {
  // Field by field: a trace may have many processes, and taking some out of an object is slow.
  return {
    pagesAddedPerFault: seen.pagesAddedPerFault,
    pagesTakenPerFault: seen.pagesTakenPerFault,
    rssMembers: seen.rssMembers,
    threads: null,
    boundsThreads: !seen.eventless,
    withinOnline: seen.mostCame === 0,
    fitsInt: seen.mostPages <= MOST_PAGES,
  };
}

/** Tasks that a policy tells apart, so that memory is bounded: later ones share with earlier ones. */
export const PLACED_TASKS = 4096;

/** The CPU of a task's next update: an update is an operation of the policy. */
export type PlaceTask = (tid: number) => number;

/** @throws InputError where the machine does not describe what the policy needs. */
export function placeTasks(topology: Topology, { policy, seed, cpus }: Placement): PlaceTask {
  const place = createPlace(topology, { policy, cpus, threads: PLACED_TASKS }, seedRandom(seed));
  const threadOf = new Map<number, number>();
  return (tid) => {
    let thread = threadOf.get(tid);
    if (thread === undefined) {
      if (threadOf.size === PLACED_TASKS) return place(tid % PLACED_TASKS);
      thread = threadOf.size;
      threadOf.set(tid, thread);
    }
    return place(thread);
  };
}
