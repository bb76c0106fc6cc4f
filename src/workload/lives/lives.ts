/** The lives of a workload's processes, woven into one order of steps. */
import { hugePagePages } from '../../kernel/page-table.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize } from '../../units.ts';
import { below, seedRandom } from '../contract/random.ts';
import { createPlace } from '../generate.ts';
import { jobs, parentEnd, parentStart } from './job.ts';
import { type LifeContext, PARENT } from './life-context.ts';
import type { LifeStep } from './life-step.ts';
import { demandSoundLives, type ProcessWorkload, placesOf, tasksOf } from './process-workload.ts';
import { server } from './server.ts';

function createContext(
  topology: Topology,
  workload: ProcessWorkload,
  pageSize: PageSize,
): LifeContext {
  const { policy, cpus, seed, mappingPages, hugePerMillion, processes } = workload;
  const random = seedRandom(seed);
  const { min, max } = mappingPages;
  return {
    workload,
    random,
    place: createPlace(topology, { policy, cpus, threads: tasksOf(workload) }, random),
    mappings: {
      random,
      min,
      sizes: max - min + 1,
      hugePerMillion,
      hugePages: hugePagePages(pageSize),
    },
    nextTask: PARENT + 1,
    jobsLeft: processes,
  };
}

/** A turn for each thread of a server and each place of a job: who has more threads runs more. */
function turnsOf(context: LifeContext): Generator<LifeStep>[] {
  const { servers, threads } = context.workload;
  const places = placesOf(context.workload);
  const ofJobs = Array.from({ length: places }, (_, place) => jobs(context, 1 + place));
  const ofServers = Array.from({ length: servers }, (_, i) =>
    server(context, 1 + places + i * threads),
  );
  return [...ofJobs, ...ofServers.flatMap((life) => new Array<typeof life>(threads).fill(life))];
}

/**
 * The parent starts; then each turn is drawn uniformly (the first draw of a step) and its process
 * does its next step, until all have exited; then the parent exits.
 * @throws InputError where the numbers do not go together, or not with the machine.
 */
export function* lives(
  topology: Topology,
  workload: ProcessWorkload,
  pageSize: PageSize,
): Generator<LifeStep> {
  demandSoundLives(workload);
  const context = createContext(topology, workload, pageSize);
  yield* parentStart(context);
  let turns = turnsOf(context);
  while (turns.length > 0) {
    const life = turns[below(context.random, turns.length)]!;
    const { value, done } = life.next();
    if (done === true) turns = turns.filter((other) => other !== life);
    else yield value;
  }
  yield* parentEnd(context);
}
