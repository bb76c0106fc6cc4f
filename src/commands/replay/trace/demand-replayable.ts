/** What of a trace can be replayed: updates on CPUs of the machine, of as many pages as one moves. */
import { InputError } from '../../../errors.ts';
import { MOST_ROW_PAGES, type RecordedUpdate } from '../../../recorded/recorded.ts';
import type { Topology } from '../../../topology/topology.ts';

/**
 * @throws InputError (the function returned) where an update's CPU is not on-line, and where it is
 *   larger than any: 2^30 pages at once are a size that was misread or made up.
 */
export function demandReplayable({ name, nrCpuIds, online }: Topology, origin: string) {
  const isOnline = new Uint8Array(nrCpuIds);
  for (const cpu of online) isOnline[cpu] = 1;
  return ({ member, pages }: RecordedUpdate, cpu: number, line: number): void => {
    if (isOnline[cpu] !== 1) {
      throw new InputError(
        `${origin}: line ${line}: cpu is ${cpu}: ${name} has no such CPU on-line: choose a larger machine (--topology), or place the threads on this one (--spread)`,
      );
    }
    if (Math.abs(pages) > MOST_ROW_PAGES) {
      throw new InputError(
        `${origin}: line ${line}: ${member} changes by ${pages} pages at once: expected at most ${MOST_ROW_PAGES} either way`,
      );
    }
  };
}
