/** From one counter to the resident set size: file + anon + shmem, each counted and clamped alone. */
import { IN_RSS } from '../kernel/rss-stat.ts';
import type { SchemeName } from '../kernel/scheme-spec.ts';
import type { WorstCase } from './worst-case.ts';

/** Members that get_mm_rss() adds up. */
export const RSS_MEMBERS = IN_RSS.filter((isInRss) => isInRss === 1).length;

/**
 * The bound of RSS over so many members, pages, from that of one. The members of a tree, of per-CPU
 * and of per-NUMA counters are independent, so each can be at its worst at once. A thread's cache
 * is not: one event counter serves all members, so what it holds back of all of them together is
 * what it can hold back of one.
 */
export function rssBound(
  scheme: SchemeName,
  { under, over }: WorstCase,
  members = RSS_MEMBERS,
): WorstCase {
  const times = scheme === 'per-thread' ? Math.min(members, 1) : members;
  return { under: times * under, over: times * over };
}
