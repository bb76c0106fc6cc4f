/**
 * Sizes of the structures that hold a process's counters, in bytes, and in which cache line each of
 * their shared words stands: 64-bit kernels, no lock debugging, CONFIG_HOTPLUG_CPU=y as
 * distributions have it.
 */
import type { Bytes } from '../units.ts';
import { NUMA_SLOTS } from './batches.ts';
import { NR_MEMBERS } from './rss-stat.ts';
import type { TreeVersion } from './tree-shape.ts';

/** A field's size is its alignment too. */
const INT = 4;
const LONG = 8;
const POINTER = 8;

/** The size that a compiler gives a structure of these fields. */
export function structBytes(fields: readonly Bytes[]): Bytes {
  const align = (offset: Bytes, to: Bytes) => Math.ceil(offset / to) * to;
  const end = fields.reduce((offset, field) => align(offset, field) + field, 0);
  return align(end, Math.max(...fields));
}

/** ____cacheline_aligned_in_smp where L1_CACHE_BYTES is 64: x86-64 and arm64 (s390 has 256). */
export const CACHE_LINE: Bytes = 64;

/** One atomic_long_t a member. */
export const ATOMIC_LONG: Bytes = LONG;

/** include/linux/mm_types_task.h before 6.2: struct mm_rss_stat, in the mm_struct. */
export const MM_RSS_STAT: Bytes = structBytes(new Array<Bytes>(NR_MEMBERS).fill(LONG));

/** struct task_rss_stat, in each task_struct: the event counter and a count for each member. */
export const TASK_RSS_STAT: Bytes = structBytes([INT, ...new Array<Bytes>(NR_MEMBERS).fill(INT)]);

/** include/linux/percpu_counter.h, 6.2 and later: raw_spinlock_t, s64, list_head, s32 __percpu *. */
export const PERCPU_COUNTER: Bytes = structBytes([INT, LONG, POINTER, POINTER, POINTER]);

/** Where its count stands: behind the lock, at its own alignment. */
const PERCPU_COUNTER_COUNT: Bytes = structBytes([INT, LONG]) - LONG;

/** s32 for each possible CPU. */
export const PERCPU_COUNTER_LOCAL: Bytes = INT;

/** struct mm_pernuma_counter of the RFC: atomic64_t global and one for each slot, used or not. */
export const MM_PERNUMA_COUNTER: Bytes = structBytes(new Array<Bytes>(1 + NUMA_SLOTS).fill(LONG));

/** A counter of the two-level sketch as this program lays it out: shared value, cells, middle values, batches. */
export const TWO_LEVEL_COUNTER: Bytes = structBytes([LONG, POINTER, POINTER, INT, INT]);

interface TreeLayout {
  /** struct percpu_counter_tree, in the mm_struct. */
  readonly counter: Bytes;
  /** Level 0, for each possible CPU. */
  readonly level0: Bytes;
}

/** include/linux/percpu_counter_tree.h, version 17 and later: long all of them, two of an accuracy range. */
const TREE_OF_LONGS: TreeLayout = {
  counter: structBytes([POINTER, LONG, POINTER, LONG, POINTER, LONG, LONG, LONG]),
  level0: LONG,
};

/**
 * include/linux/percpu_counter_tree.h. Version 2: level0, level0_bit_mask, approx_sum, bias, items,
 * batch_size, inaccuracy, nr_levels, nr_cpus. Version 4: the same without the last two.
 */
export const TREE_LAYOUT: Readonly<Record<TreeVersion, TreeLayout>> = {
  2: {
    counter: structBytes([POINTER, INT, POINTER, INT, POINTER, INT, INT, INT, INT]),
    level0: INT,
  },
  4: { counter: structBytes([POINTER, INT, POINTER, INT, POINTER, INT, INT]), level0: INT },
  17: TREE_OF_LONGS,
  '17-fixed': TREE_OF_LONGS,
  'mm-tree': TREE_OF_LONGS,
};

/**
 * The line of an mm_struct at an offset into the array of the four counters, where that begins on a
 * line. A kernel's own offset follows its configuration.
 */
const lineAt = (offset: number): number => Math.floor(offset / CACHE_LINE);

/** atomic_long_t for each member. */
export function atomicLongLine(member: number): number {
  return lineAt(member * ATOMIC_LONG);
}

/** The count of a member's percpu_counter, the lock before it. */
export function percpuCounterLine(member: number): number {
  return lineAt(member * PERCPU_COUNTER + PERCPU_COUNTER_COUNT);
}

/** The per-CPU pointer of a member's percpu_counter, its last field. */
export function percpuCounterPointerLine(member: number): number {
  return lineAt((member + 1) * PERCPU_COUNTER - POINTER);
}

/** The shared value of a member's two-level counter. */
export function twoLevelSharedLine(member: number): number {
  return lineAt(member * TWO_LEVEL_COUNTER);
}

/** The global value of a member's mm_pernuma_counter. */
export function perNumaGlobalLine(member: number): number {
  return lineAt(member * MM_PERNUMA_COUNTER);
}

/** A slot of a member's mm_pernuma_counter: slots follow the global value. */
export function perNumaSlotLine(member: number, slot: number): number {
  return lineAt(member * MM_PERNUMA_COUNTER + (1 + slot) * ATOMIC_LONG);
}

/** Lines of the largest of the arrays. */
export const MOST_COUNTER_LINES = lineAt(NR_MEMBERS * MM_PERNUMA_COUNTER - 1) + 1;
