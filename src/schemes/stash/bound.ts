/** How far the stash can be off: what the cells of the CPUs hold that run the process right now. */
import { NEVER_OFF } from '../atomic/bound.ts';
import type { StatedBound, WorstCase } from '../bound.ts';
import type { StashParameters } from '../parameters.ts';

/** Each thread runs on one CPU at a time, and each CPU one thread. */
export function mostRunning(nrCpus: number, threads: number): number {
  return Math.min(nrCpus, threads);
}

/**
 * A CPU that does not run the process has empty cells: the switch emptied them, and others' updates
 * pass cells by. So none is missed where the cells of the running CPUs are read too. Where they are not,
 * each holds back up to cap − 1 pages either way, or any number where no cap lets go of them; so many
 * threads, each on a CPU of its own, fill their cells and are read before any is switched out.
 */
export function worstCaseStash(
  { read, cap }: StashParameters,
  nrCpus: number,
  threads: number,
): WorstCase {
  const most = mostRunning(nrCpus, threads);
  if (read === 'running' || most === 0) return NEVER_OFF;
  const each = cap === null ? Number.POSITIVE_INFINITY : cap - 1;
  const pages = each * most;
  return { under: pages, over: pages };
}

/** The thread gives no number; a cell may stay as long as its process runs. */
export function statedStash(
  { read, cap }: StashParameters,
  nrCpus: number,
  threads: number,
): StatedBound {
  const source = 'RFC of 28 July 2022: cells are emptied at the switch to another process';
  if (read === 'running') return { ...NEVER_OFF, formula: '0', source };
  if (cap === null) {
    const unbounded = Number.POSITIVE_INFINITY;
    return { under: unbounded, over: unbounded, formula: 'no bound', source };
  }
  const pages = cap * mostRunning(nrCpus, threads);
  return { under: pages, over: pages, formula: `${cap} * running CPUs`, source };
}
