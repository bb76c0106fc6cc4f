/** What a process's counters cost before its first page, and what one precise sum reads. */

import { NUMA_SLOTS } from '../../kernel/batches.ts';
import { CACHE_LINE } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Bytes } from '../../units.ts';

/** Bytes for the four members, by where they are. */
export interface SetupBytes {
  readonly mmStruct: Bytes;
  readonly perCpu: Bytes;
  readonly items: Bytes;
  readonly threads: Bytes;
}

const linesOf = (bytes: Bytes): number => Math.ceil(bytes / CACHE_LINE);

/**
 * Cache lines that initialising writes, at least: what is next to each other may begin in the middle
 * of a line. pcpu_alloc() (mm/percpu.c) zeroes its bytes on every possible CPU, copy_process() (6.1,
 * kernel/fork.c) those of each thread.
 */
export function initialisedLines(
  { mmStruct, perCpu, items, threads }: SetupBytes,
  possibleCpus: number,
  nrThreads: number,
): number {
  const perThread = nrThreads === 0 ? 0 : threads / nrThreads;
  return (
    linesOf(mmStruct) +
    possibleCpus * linesOf(perCpu / possibleCpus) +
    linesOf(items) +
    nrThreads * linesOf(perThread)
  );
}

/** Calls of allocators for the four members of one process. */
export interface Allocations {
  readonly perCpu: number;
  readonly slab: number;
}

/**
 * per-cpu: percpu_counter_init_many(), 6.6 and later. tree: percpu_counter_tree_init() for each member
 * in versions 2 and 4, with no items where there is one CPU; percpu_counter_tree_init_many() in 17.
 */
export function allocationsOf(spec: SchemeSpec, items: Bytes): Allocations {
  if (spec.scheme === 'per-cpu') return { perCpu: 1, slab: 0 };
  if (spec.scheme !== 'tree') return { perCpu: 0, slab: 0 };
  if (spec.version === 17) return { perCpu: 1, slab: 0 };
  return { perCpu: NR_MEMBERS, slab: items === 0 ? 0 : NR_MEMBERS };
}

/** What one precise sum of one member does. */
export interface PreciseSumCost {
  /** Counts read. */
  readonly reads: number;
  readonly locks: number;
}

/**
 * __percpu_counter_sum() walks the on-line CPUs under the lock, percpu_counter_tree_precise_sum() the
 * possible ones, the RFC's get_mm_counter_slow() all slots. Kernels with per-thread counting have none.
 */
export function preciseSumCost(spec: SchemeSpec, topology: Topology): PreciseSumCost | null {
  switch (spec.scheme) {
    case 'exact':
      return { reads: 1, locks: 0 };
    case 'per-thread':
      return null;
    case 'per-cpu':
      return { reads: 1 + topology.online.length, locks: 1 };
    case 'per-numa':
      return { reads: 1 + NUMA_SLOTS, locks: 0 };
    case 'tree':
      return { reads: topology.possible.length, locks: 0 };
  }
}
