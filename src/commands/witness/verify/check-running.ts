/** The tree with updates in flight: against every state, or against schedules. */

import type { SchemeSpec } from '../../../kernel/scheme-spec.ts';
import { treeShape } from '../../../kernel/tree-shape.ts';
import { treeNumbers } from '../../../schemes/bound.ts';
import type { InFlight } from '../../../schemes/worst-case.ts';
import { adversaryOf, type Direction } from '../../../workload/adversary.ts';
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

type TreeSpec = Extract<SchemeSpec, { scheme: 'tree' }>;

/** Steps of each random schedule: a whole number of looks at the clock. */
const RANDOM_STEPS = 2 ** 20;

/** The pages that each CPU faults in the settled witness, by its place in the list. */
function fillOf({ spec, topology, pageSize, cpus, threads }: VerifyRequest): number[] {
  const fill = new Map<number, number>();
  const adversary = adversaryOf(spec, 'under', topology, pageSize, cpus, threads);
  for (const { cpu, pages } of adversary?.records() ?? []) fill.set(cpu, pages);
  return Array.from(cpus, (cpu) => fill.get(cpu) ?? 0);
}

/** For a tree that has levels. */
export async function checkRunning(
  request: VerifyRequest,
  spec: TreeSpec,
  inFlight: InFlight,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check> {
  const { topology, cpus, directions, seed } = request;
  const shape = treeShape(topology.nrCpuIds, spec);
  const numbers = treeNumbers(topology, spec, cpus);
  const bound = forms.running(request, inFlight);
  const limit = boundOn(bound, directions);
  const tree: InFlightTree = {
    shape,
    create: () => createTreeSteps(shape, spec.mapping),
    cpus,
    numbers,
    fill: fillOf(request),
    inFlight,
  };
  const attained = (side: Direction) =>
    directions.includes(side) ? attainInFlight(tree, side) : null;
  const witness = { under: attained('under'), over: attained('over') };
  const layout = treeLayout(shape, spec.mapping, numbers);
  const exhaustive = nrInFlightStates(layout, shape, inFlight) <= MOST_STATES;
  const { beyond, ...searched } = exhaustive
    ? await explore(treeInFlightGraph(layout, shape, inFlight, cpus), limit, clock)
    : await searchSchedules(tree, limit, seed, RANDOM_STEPS, clock);
  const better = directions.find((side) => (witness[side] ?? 0) > bound[side]);
  const stream = better === undefined ? beyond : (beyond ?? worstSteps(tree, better));
  return judge({ check: 'running', bound, witness, ...searched, stream, exhaustive }, directions);
}
