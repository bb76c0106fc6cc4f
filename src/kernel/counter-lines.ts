/**
 * In which cache line of an mm_struct each shared word of its counters stands, where the array of the
 * four begins on a line: layouts of counter-layout.ts. A kernel's own offset follows its configuration.
 */
import {
  ATOMIC_LONG,
  CACHE_LINE,
  MM_PERNUMA_COUNTER,
  PERCPU_COUNTER,
  PERCPU_COUNTER_COUNT,
} from './counter-layout.ts';
import { NR_MEMBERS } from './rss-stat.ts';

const lineAt = (offset: number): number => Math.floor(offset / CACHE_LINE);

/** atomic_long_t for each member. */
export function atomicLongLine(member: number): number {
  return lineAt(member * ATOMIC_LONG);
}

/** The count of a member's percpu_counter, the lock before it. */
export function percpuCounterLine(member: number): number {
  return lineAt(member * PERCPU_COUNTER + PERCPU_COUNTER_COUNT);
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
