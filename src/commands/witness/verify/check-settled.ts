/** The settled worst case: against every state, or against adversaries. */

import type { WorstCase } from '../../../schemes/bound.ts';
import { createCounters } from '../../../schemes/registry.ts';
import type { RecordedUpdate } from '../../../update/record.ts';
import { seedRandom } from '../../../workload/random.ts';
import {
  type Adversarial,
  greedy,
  type Holder,
  randomWalk,
  type Search,
} from './adversarial-search.ts';
import { attainSettled } from './attain.ts';
import type { ClosedForms } from './closed-forms.ts';
import { createDriver, type Driver } from './driver.ts';
import { explore } from './explore.ts';
import { recordedStream } from './recorded-stream.ts';
import type { Check } from './result.ts';
import type { SearchClock } from './search-clock.ts';
import { settledGraph } from './settled-graph.ts';
import { boundOn, judge } from './verdict.ts';
import { holdingOf, type VerifyRequest } from './verify-request.ts';

/** Updates of the random walk, and rounds of the greedy adversary on either side. */
const RANDOM_UPDATES = 1_000_000;
const GREEDY_ROUNDS = 2;

/** Updates between two looks at the clock and at the errors. */
const LOOK_EVERY = 16_384;

function holdersOf(request: VerifyRequest): readonly Holder[] {
  const { cpus, threads } = request;
  const holding = holdingOf(request);
  if (holding.kind === 'threads') {
    return Array.from({ length: threads }, (_, thread) => ({ cpu: cpus[0]!, thread }));
  }
  const holders = holding.kind === 'cells' ? holding.cpus : cpus;
  return Array.from(holders, (cpu) => ({ cpu, thread: 0 }));
}

function* searches(driver: Driver, request: VerifyRequest, bound: WorstCase): Search {
  const random = seedRandom(request.seed);
  const holders = holdersOf(request);
  const { kind } = holdingOf(request);
  const adversarial: Adversarial = {
    ...request,
    holders,
    preload: 4 * (bound.under + bound.over + holders.length),
    returns: kind === 'tree',
  };
  yield* greedy(driver, adversarial, 'under', GREEDY_ROUNDS, random);
  // A thread's cache is only ever taken from by a fault, which the closed form leaves out.
  if (kind !== 'threads') {
    yield* greedy(driver, adversarial, 'over', GREEDY_ROUNDS, random);
  }
  yield* randomWalk(driver, adversarial, RANDOM_UPDATES, random);
}

/** The first so many updates of the searches. */
function streamUpTo(request: VerifyRequest, bound: WorstCase, updates: number): RecordedUpdate[] {
  const stream: RecordedUpdate[] = [];
  const driver = driverOf(request, (record) => stream.push(record));
  for (const _ of searches(driver, request, bound)) if (stream.length >= updates) break;
  return stream.slice(0, updates);
}

function driverOf(request: VerifyRequest, tell: (record: RecordedUpdate) => void): Driver {
  const { spec, topology, threads } = request;
  return createDriver(createCounters(topology, spec), topology.nrCpuIds, threads, tell);
}

async function searchSettled(request: VerifyRequest, bound: WorstCase, clock: SearchClock) {
  const limit = boundOn(bound, request.directions);
  const driver = driverOf(request, () => {});
  const search = searches(driver, request, bound);
  let complete = false;
  let beyondAt: number | null = null;
  while (!complete && beyondAt === null && !clock.expired()) {
    for (let i = 0; i < LOOK_EVERY && !complete; i++) complete = search.next().done === true;
    const { under, over, underAtOperation, overAtOperation } = driver.observed();
    if (under > limit.under) beyondAt = underAtOperation;
    else if (over > limit.over) beyondAt = overAtOperation;
    const pause = clock.heartbeat(driver.updates());
    if (pause !== undefined) await pause;
  }
  const { under, over } = driver.observed();
  return {
    found: { under, over },
    states: null,
    transitions: driver.updates(),
    beyond: beyondAt === null ? null : streamUpTo(request, bound, beyondAt),
    complete,
  };
}

export async function checkSettled(
  request: VerifyRequest,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check> {
  const { directions } = request;
  const bound = forms.settled(request);
  const witness = await attainSettled(request, clock);
  const stream = (records: readonly RecordedUpdate[] | null) =>
    records === null ? null : recordedStream(request, records);
  const graph = settledGraph(request);
  if (graph === null) {
    const { beyond, ...searched } = await searchSettled(request, bound, clock);
    return judge(
      { check: 'settled', bound, witness, ...searched, stream: stream(beyond), exhaustive: false },
      directions,
    );
  }
  const { beyond, ...explored } = await explore(graph, boundOn(bound, directions), clock);
  return judge(
    { check: 'settled', bound, witness, ...explored, stream: stream(beyond), exhaustive: true },
    directions,
  );
}
