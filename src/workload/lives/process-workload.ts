/** A workload of many processes: short-lived jobs, long-lived servers, or both. */
import { InputError } from '../../errors.ts';
import { MOST_PAGES, type Pages } from '../../units.ts';
import { type MappingWorkload, MOST_THREADS } from '../workload.ts';
import type { Program } from './life-step.ts';

export interface ProcessWorkload extends MappingWorkload {
  /** Short-lived processes in all, and how many of them at once. */
  readonly processes: number;
  readonly jobs: number;
  /** Pages of heap that a short-lived process touches in its life: uniform from min to max. */
  readonly jobPages: { readonly min: Pages; readonly max: Pages };
  readonly servers: number;
  /** Threads, operations and pages of heap of each server. */
  readonly threads: number;
  readonly operations: number;
  readonly serverPages: Pages;
  /** Of a million operations of a server, before how many its pages are reclaimed. */
  readonly reclaimPerMillion: number;
  /** Of a million forks, how many fail in mm_init(). */
  readonly failPerMillion: number;
}

/** The programs; sizes are assumed, those of compilers and services of some tens of MiB. */
export const MAKE: Program = {
  name: 'make',
  stackPages: 4,
  textPages: 400,
  dataPages: 48,
  writtenPages: 24,
};

export const JOB: Program = {
  name: 'cc1',
  stackPages: 8,
  textPages: 1600,
  dataPages: 64,
  writtenPages: 48,
};

export const SERVER: Program = {
  name: 'server',
  stackPages: 8,
  textPages: 2400,
  dataPages: 160,
  writtenPages: 120,
};

/** Heap of the process that forks all others: what each child's fork copies. */
export const MAKE_HEAP_PAGES: Pages = 1500;

/** Shared memory that a server touches as it starts. */
export const SHARED_PAGES: Pages = 2048;

/** SWAP_CLUSTER_MAX (include/linux/swap.h): pages that reclaim takes at a time. */
export const RECLAIM_PAGES: Pages = 32;

export const PROCESS_PRESET_NAMES = ['fork-exec', 'server', 'mixed'] as const;

export type ProcessPresetName = (typeof PROCESS_PRESET_NAMES)[number];

/** What a preset settles; the seed and the CPUs are the run's own. */
type ProcessPreset = Omit<ProcessWorkload, 'seed' | 'cpus'>;

const COMMON = {
  jobPages: { min: 256, max: 8192 },
  serverPages: 25_600,
  mappingPages: { min: 1, max: 64 },
  hugePerMillion: 0,
  jobs: 16,
  threads: 64,
  operations: 200_000,
  reclaimPerMillion: 1000,
  failPerMillion: 0,
} as const;

/**
 * - fork-exec: "make test": a parent forks, the children exec, allocate and exit;
 * - server: a few long-lived processes of many threads;
 * - mixed: both on one machine.
 */
export const PROCESS_PRESETS: Record<ProcessPresetName, ProcessPreset> = {
  'fork-exec': {
    ...COMMON,
    processes: 2000,
    servers: 0,
    policy: { name: 'sticky', meanRun: 100 },
  },
  server: {
    ...COMMON,
    processes: 0,
    servers: 4,
    policy: { name: 'sticky', meanRun: 1000 },
  },
  mixed: {
    ...COMMON,
    processes: 1000,
    servers: 2,
    policy: { name: 'sticky', meanRun: 1000 },
  },
};

export const MOST_PARALLEL = 2 ** 16;
export const MOST_SERVERS = 2 ** 12;

/** Places of jobs: where there are fewer processes than may run at once, as many. */
export function placesOf({ processes, jobs }: ProcessWorkload): number {
  return Math.min(processes, jobs);
}

/** Tasks that the policy places: the parent, a job a place, the servers' threads. */
export function tasksOf(workload: ProcessWorkload): number {
  return 1 + placesOf(workload) + workload.servers * workload.threads;
}

/** Threads of the process that has the most. */
export function mostThreads({ servers, threads }: ProcessWorkload): number {
  return servers === 0 ? 1 : threads;
}

/** Steps of a life beside its work, about: fork, exec, text in windows, data, exit. */
const STEPS_AROUND = { job: 30, server: 75 } as const;

/** Of four operations on a job's heap one unmaps. */
const STEPS_A_MAPPING = 4 / 3;

const middle = ({ min, max }: { readonly min: Pages; readonly max: Pages }) => (min + max) / 2;

/** Steps of all lives, about: how long a job lives is drawn. */
export function likelySteps(workload: ProcessWorkload): number {
  const { processes, jobPages, mappingPages, servers, threads, operations } = workload;
  const ofJob = STEPS_AROUND.job + (STEPS_A_MAPPING * middle(jobPages)) / middle(mappingPages);
  const ofServer = STEPS_AROUND.server + 2 * threads + operations;
  return Math.ceil(processes * ofJob + servers * ofServer);
}

/** @throws InputError where the numbers do not go together. */
export function demandSoundLives(workload: ProcessWorkload): void {
  const { processes, servers, serverPages, jobPages, mappingPages } = workload;
  if (processes === 0 && servers === 0) {
    throw new InputError('--processes 0 and --servers 0: expected at least one process');
  }
  if (servers > 0 && workload.failPerMillion === 1_000_000) {
    throw new InputError('--failing-forks 100%: no server would ever be born: expected less');
  }
  if (tasksOf(workload) > MOST_THREADS) {
    throw new InputError(`${tasksOf(workload)} tasks at once: expected ${MOST_THREADS} at most`);
  }
  // Half of what a counter can tell: the last mapping, text, data and shared memory come on top.
  const most = Math.max(serverPages, jobPages.max) + mappingPages.max;
  if (most > MOST_PAGES / 2) {
    throw new InputError(
      `a heap of ${most} pages: expected ${Math.floor(MOST_PAGES / 2)} at most, mappings included`,
    );
  }
}
