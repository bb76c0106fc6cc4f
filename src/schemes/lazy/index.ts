/**
 * The lazy scheme: RFC of 27 November 2025 (Gabriel Krisman Bertazi; not merged). With one thread a plain
 * count of its own, and an atomic one for others' updates; a second thread makes all four per-CPU.
 */
import { untilThreaded } from '../atomic-until-threaded/index.ts';
import { worstCaseLazy } from './bound.ts';
import { createLazyCounters } from './counters.ts';

export const lazy = untilThreaded({
  name: 'lazy',
  createCounters: createLazyCounters,
  worstCase: worstCaseLazy,
  source: 'RFC of 27 November 2025',
  // The low bit of `remote`, which no pointer has, says lazy: the two share a word.
  header: 'include/linux/lazy_percpu_counter.h',
  statesText:
    "With one thread both counts are read; then each CPU's count is a state, and the error is minus their sum.",
  loadCost: () => import('./cost.ts'),
});
