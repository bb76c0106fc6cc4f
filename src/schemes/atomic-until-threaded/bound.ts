/** How far counters can be off that are exact until their process has a second thread. */
import { NEVER_OFF } from '../atomic/bound.ts';
import type { StatedBound, WorstCase } from '../bound.ts';
import { statedPerCpu, worstCasePerCpu } from '../per-cpu/bound.ts';

/** Stated: exact with one thread; then what is stated of per-CPU counters. */
export function statedUntilThreaded(
  threads: number,
  nrCpus: number,
  batch: number,
  source: string,
): StatedBound {
  if (threads < 2) return { ...NEVER_OFF, formula: '0', source };
  return { ...statedPerCpu(nrCpus, batch), source };
}

/**
 * With one thread each add is in what is read. When the second begins all cells are empty, and what
 * follows is any stream of per-CPU counters which begin at the process's size: their worst case holds
 * from any size, and a stream that attains it from zero attains it from there. Lazy counters are so too: of
 * the sum of their two counts none of the process's own updates is missing and none of others', and only a
 * reader between two updates reads words of different times.
 */
export function worstCaseUntilThreaded(threads: number, nrCpus: number, batch: number): WorstCase {
  return threads < 2 ? NEVER_OFF : worstCasePerCpu(nrCpus, batch);
}
