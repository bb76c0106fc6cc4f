/** mm_init(): what is allocated for an mm, and the roll-back where one allocation fails. */
import { MEMBERS } from '../kernel/rss-stat.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';

/** An allocation that can fail, in the kernel's words. */
export type Allocation = string;

/** One percpu_counter_init() for each member, in the order of the members. */
const eachMember = (...parts: readonly string[]): Allocation[] =>
  MEMBERS.flatMap((member) => parts.map((part) => `rss_stat[${member}] ${part}`));

/**
 * The counters' allocations.
 * - per-thread, per-NUMA: none, they are in the mm_struct;
 * - per-CPU: one for each member from 6.2 on (commit f1a7941243c1), one for all of them since 6.6
 *   (percpu_counter_init_many(), commit 14ef95be6f55);
 * - tree: versions before 17 level 0 and then the items of each member (percpu_counter_tree_init();
 *   one CPU has no items), version 17 level 0 of all members at once, the items being in the
 *   mm_struct (percpu_counter_tree_init_many()).
 */
function counterAllocations(spec: SchemeSpec, nrCpuIds: number, grouped: boolean): Allocation[] {
  switch (spec.scheme) {
    case 'per-cpu':
      return grouped ? ['rss_stat counters'] : eachMember('counters');
    case 'tree':
      if (spec.version === 17) return ['rss_stat level0'];
      return nrCpuIds === 1 ? eachMember('level0') : eachMember('level0', 'items');
    default:
      return [];
  }
}

interface AllocationOptions {
  readonly nrCpuIds: number;
  /** Per-CPU counters of all members in one allocation: 6.6 and later. */
  readonly grouped: boolean;
}

/**
 * Everything that mm_init() allocates, in its order (kernel/fork.c): the page directory, the
 * architecture's context, since 6.4 concurrency ids, and the counters last.
 */
export function mmAllocations(
  spec: SchemeSpec,
  { nrCpuIds, grouped }: AllocationOptions,
): readonly Allocation[] {
  const counters = counterAllocations(spec, nrCpuIds, grouped);
  return ['pgd', 'context', ...(spec.scheme === 'per-thread' ? [] : ['cid']), ...counters];
}

type MmInit =
  | { readonly failed: null; readonly made: readonly Allocation[] }
  /** -ENOMEM: what had been made was undone, in this order. */
  | { readonly failed: Allocation; readonly undone: readonly Allocation[] };

/**
 * Makes the allocations in order; the one at place `failAt` (1 = the first; null: none) fails, as
 * fault injection (fail-nth) would have it. Then the ones before it are undone, last first.
 * @throws RangeError where there is no allocation at that place.
 */
export function mmInit(allocations: readonly Allocation[], failAt: number | null): MmInit {
  if (failAt === null) return { failed: null, made: allocations };
  const failed = allocations[failAt - 1];
  if (failed === undefined) {
    throw new RangeError(`allocation ${failAt} of ${allocations.length} cannot fail`);
  }
  return { failed, undone: allocations.slice(0, failAt - 1).reverse() };
}
