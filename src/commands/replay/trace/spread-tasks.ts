/** Places the tasks of a recording on CPUs of the machine by a migration policy. */
import type { Topology } from '../../../topology/topology.ts';
import { createPlace } from '../../../workload/generate.ts';
import { seedRandom } from '../../../workload/random.ts';
import type { Spread } from './trace-choices.ts';

/** Tasks that a policy tells apart, so that memory is bounded: later ones share with earlier ones. */
export const SPREAD_TASKS = 4096;

/** The CPU of a task's next update: an update is an operation of the policy. */
export type PlaceTask = (tid: number) => number;

/** @throws InputError where the machine does not describe what the policy needs. */
export function spreadTasks(topology: Topology, { policy, seed, cpus }: Spread): PlaceTask {
  const place = createPlace(topology, { policy, cpus, threads: SPREAD_TASKS }, seedRandom(seed));
  const threadOf = new Map<number, number>();
  return (tid) => {
    let thread = threadOf.get(tid);
    if (thread === undefined) {
      if (threadOf.size === SPREAD_TASKS) return place(tid % SPREAD_TASKS);
      thread = threadOf.size;
      threadOf.set(tid, thread);
    }
    return place(thread);
  };
}
