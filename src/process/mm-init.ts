/** mm_init(): what is allocated for an mm, and the roll-back where one allocation fails. */

import { MEMBERS } from '../kernel/rss-stat.ts';
import { type SchemeSpec, schemeOf } from '../schemes/registry.ts';

/** An allocation that can fail, in the kernel's words. */
export type Allocation = string;

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
  const { allocations, kernels } = schemeOf(spec);
  const parts = allocations(spec, nrCpuIds, grouped, 1);
  const ofMember = parts.filter(({ eachMember }) => eachMember);
  const ofAll = parts.filter(({ eachMember }) => !eachMember);
  return [
    'pgd',
    'context',
    ...(kernels === 'before 6.2' ? [] : ['cid']),
    ...MEMBERS.flatMap((member) => ofMember.map(({ what }) => `rss_stat[${member}] ${what}`)),
    ...ofAll.map(({ what }) => `rss_stat ${what}`),
  ];
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
