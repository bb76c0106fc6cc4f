/**
 * Lazy counters: with one thread a count of its own and an atomic one of others' updates, which every
 * reader adds up; from a second thread on per-CPU counters. So they read as atomic-until-threaded ones.
 */
import type { Topology } from '../../topology/topology.ts';
import {
  createUntilThreadedCounters,
  type UntilThreadedState,
} from '../atomic-until-threaded/counters.ts';
import type { BatchParameters } from '../parameters.ts';
import type { Counters } from '../scheme.ts';

/** Counters at zero; `shared` is the sum of both counts while there is one thread. */
export function createLazyCounters(
  topology: Pick<Topology, 'nrCpuIds' | 'online'>,
  parameters: BatchParameters,
): Counters<UntilThreadedState> {
  return createUntilThreadedCounters(topology, parameters);
}
