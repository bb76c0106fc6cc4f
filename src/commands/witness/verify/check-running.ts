/** The tree with updates in flight: against every state, or against schedules. */

import type { InFlight } from '../../../schemes/bound.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import { type Direction, witnessStream } from '../witness-stream.ts';
import type { ClosedForms } from './closed-forms.ts';
import { explore } from './explore.ts';
import {
  attainInFlight,
  type InFlightTree,
  searchSchedules,
  worstSteps,
} from './in-flight-search.ts';
import type { Check } from './result.ts';
import type { SearchClock } from './search-clock.ts';
import { MOST_STATES } from './state-graph.ts';
import { nrInFlightStates, treeInFlightGraph } from './tree-in-flight-graph.ts';
import { treeLayout } from './tree-layout.ts';
import { createTreeSteps } from './tree-steps.ts';
import { boundOn, judge } from './verdict.ts';
import type { VerifyRequest } from './verify-request.ts';

type TreeHolding = Extract<Holding, { kind: 'tree' }>;

/** Steps of each random schedule: a whole number of looks at the clock. */
const RANDOM_STEPS = 2 ** 20;

/** The pages that each CPU faults in the settled witness, by its place in the list. */
function fillOf({ pageSize, cpus, threads }: VerifyRequest, holding: TreeHolding): number[] {
  const fill = new Map<number, number>();
  const stream = witnessStream(holding, 'under', pageSize, cpus, threads);
  for (const { cpu, pages } of stream?.records() ?? []) fill.set(cpu, pages);
  return Array.from(cpus, (cpu) => fill.get(cpu) ?? 0);
}

/** For a tree that has levels. */
export async function checkRunning(
  request: VerifyRequest,
  holding: TreeHolding,
  inFlight: InFlight,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check> {
  const { cpus, directions, seed } = request;
  const { shape, mapping, numbers } = holding;
  const bound = forms.running(request, inFlight);
  const limit = boundOn(bound, directions);
  const tree: InFlightTree = {
    shape,
    create: () => createTreeSteps(shape, mapping),
    cpus,
    numbers,
    fill: fillOf(request, holding),
    inFlight,
  };
  const attained = (side: Direction) =>
    directions.includes(side) ? attainInFlight(tree, side) : null;
  const witness = { under: attained('under'), over: attained('over') };
  const layout = treeLayout(shape, mapping, numbers);
  const exhaustive = nrInFlightStates(layout, shape, inFlight) <= MOST_STATES;
  const { beyond, ...searched } = exhaustive
    ? await explore(treeInFlightGraph(layout, shape, inFlight, cpus), limit, clock)
    : await searchSchedules(tree, limit, seed, RANDOM_STEPS, clock);
  const better = directions.find((side) => (witness[side] ?? 0) > bound[side]);
  const stream = better === undefined ? beyond : (beyond ?? worstSteps(tree, better));
  return judge({ check: 'running', bound, witness, ...searched, stream, exhaustive }, directions);
}
