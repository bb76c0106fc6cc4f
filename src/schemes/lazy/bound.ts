/** How far lazy counters can be off: settled, a reader adds up both counts of the one thread. */
import { worstCaseUntilThreaded } from '../atomic-until-threaded/bound.ts';
import type { WorstCase } from '../bound.ts';

/**
 * None of the process's own updates and none of others' is missing from the sum of the two counts; only a
 * reader between two updates reads words of different times. From the second thread on the count begins
 * at that sum, as atomic-until-threaded's does.
 */
export function worstCaseLazy(threads: number, nrCpus: number, batch: number): WorstCase {
  return worstCaseUntilThreaded(threads, nrCpus, batch);
}
