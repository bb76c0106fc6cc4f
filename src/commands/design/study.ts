/** Which counter to build: for each machine the front of its space, replays of it, and who dominates the others. */

import { describedNodes } from '../../render/compared-topology.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { formatScheme, rssBound, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { CompareRequest } from '../compare/compare.ts';
import {
  centredOf,
  type Figures,
  figureOf,
  figuresOf,
  isExact,
  type Objective,
  worstOf,
} from './objectives.ts';
import { observedOf, type ReplayRequest, replaysOf, type Sighting } from './replays.ts';
import type { Design, Observed, Search } from './result.ts';
import {
  createFront,
  dominates,
  type FrontPoint,
  findAll,
  findFront,
  isWithin,
  type Point,
  type SearchRequest,
} from './search.ts';
import { namedDesigns } from './space.ts';

/** One machine's search. */
export interface MachineRequest extends SearchRequest {
  readonly objectives: readonly Objective[];
  readonly replay: ReplayRequest;
}

/** Makes replays; the sightings are in the order of the requests. */
type MakeReplays = (
  requests: readonly CompareRequest[],
) => Promise<readonly (readonly Sighting[])[]>;

interface MachineFound {
  readonly search: Search;
  readonly designs: readonly Design[];
}

/** By the names of designs; empty where nothing is replayed. */
type Sightings = ReadonlyMap<string, Observed>;

async function seen(
  designs: readonly SchemeSpec[],
  { purpose, replay }: MachineRequest,
  makeReplays: MakeReplays,
): Promise<Sightings> {
  if (replay.operations === 0) return new Map();
  const all = (await makeReplays(replaysOf(designs, purpose, replay))).flat();
  const byName = new Map<string, Sighting[]>();
  for (const sighting of all) {
    byName.set(sighting.name, [...(byName.get(sighting.name) ?? []), sighting]);
  }
  return new Map(Array.from(byName, ([name, sightings]) => [name, observedOf(sightings)]));
}

function replayedFigure(
  objective: Objective,
  { under, over, atomics, moved, nanoseconds }: Observed,
) {
  switch (objective) {
    case 'observed':
      return Math.max(under, over);
    case 'atomics':
      return atomics;
    case 'moved':
      return moved;
    default:
      return nanoseconds ?? 0;
  }
}

function wholePoint(
  figures: Figures,
  observed: Observed | undefined,
  objectives: readonly Objective[],
): Point {
  return objectives.map((objective) =>
    isExact(objective) ? figureOf(figures, objective) : replayedFigure(objective, observed!),
  );
}

interface Searched {
  readonly points: readonly FrontPoint<SchemeSpec>[];
  readonly designs: number;
  readonly cut: number;
  readonly sightings: Sightings;
}

/** Where replays decide, every design is replayed. */
async function searched(
  request: MachineRequest,
  heartbeat: Heartbeat,
  makeReplays: MakeReplays,
): Promise<Searched> {
  const { objectives, purpose, space } = request;
  const named = namedDesigns(space, purpose.topology);
  const exact = objectives.filter(isExact);
  if (exact.length === objectives.length) {
    const found = await findFront(request, exact, heartbeat);
    const shown = [...found.points.map(({ designs }) => designs[0]!), ...named];
    return { ...found, sightings: await seen(uniqueOf(shown), request, makeReplays) };
  }
  const { candidates, ...walked } = await findAll(request, heartbeat);
  const specs = [...candidates.map(({ spec }) => spec), ...named];
  const sightings = await seen(uniqueOf(specs), request, makeReplays);
  const front = createFront<SchemeSpec>();
  for (const { spec, figures } of candidates) {
    front.add(wholePoint(figures, sightings.get(formatScheme(spec)), objectives), spec);
  }
  return { ...walked, points: front.points(), sightings };
}

function uniqueOf(specs: readonly SchemeSpec[]): SchemeSpec[] {
  return [...new Map(specs.map((spec) => [formatScheme(spec), spec])).values()];
}

interface RowContext {
  readonly request: MachineRequest;
  readonly names: ReadonlySet<string>;
  readonly front: readonly FrontPoint<SchemeSpec>[];
  readonly sightings: Sightings;
}

async function rowOf(
  spec: SchemeSpec,
  { request, names, front, sightings }: RowContext,
): Promise<Design> {
  const { purpose, limits, objectives } = request;
  const { topology, size, used } = purpose;
  const { scheme, ...parameters } = spec;
  const name = formatScheme(spec);
  const figures = await figuresOf(spec, purpose);
  const worst = worstOf(spec, purpose, topology.online);
  const observed = sightings.get(name);
  const own = front.find(({ designs }) => designs.some((each) => formatScheme(each) === name));
  const point = wholePoint(figures, observed, objectives);
  const { touches, busiest, memory, reads, inFlight } = figures;
  return {
    ...{
      onlineCpus: size.onlineCpus,
      nrCpuIds: size.nrCpuIds,
      numaNodes: describedNodes(topology),
    },
    ...{ scheme, name, parameters, isNamed: names.has(name), isOnFront: own !== undefined },
    isWithinLimits: isWithin(limits, spec, figures),
    same: (own?.designs ?? []).map(formatScheme).filter((other) => other !== name),
    dominatedBy: front
      .filter((other) => dominates(other.point, point))
      .map(({ designs }) => formatScheme(designs[0]!)),
    exact: { ...worst, rss: rssBound(scheme, worst) },
    exactUsed: used === null ? null : worstOf(spec, purpose, used),
    inFlight,
    centred: centredOf(worst),
    ...{ touches, busiest, memory, reads },
    preciseSum: schemeOf(spec).preciseSum(spec, topology),
    observed: observed ?? null,
  };
}

/**
 * Of one machine: the front, its first objective ascending, and behind it the schemes as they are that
 * are not on it.
 * @throws InputError where the machine and the schemes do not fit.
 */
export async function designFor(
  request: MachineRequest,
  heartbeat: Heartbeat,
  makeReplays: MakeReplays,
): Promise<MachineFound> {
  const { points, designs, cut, sightings } = await searched(request, heartbeat, makeReplays);
  const front = points.toSorted((a, b) => comparePoints(a.point, b.point));
  const named = namedDesigns(request.space, request.purpose.topology);
  const names = new Set(named.map(formatScheme));
  const context = { request, names, front, sightings };
  const onFront = new Set(front.flatMap((each) => each.designs.map(formatScheme)));
  const shown = [
    ...front.map((each) => each.designs[0]!),
    ...named.filter((spec) => !onFront.has(formatScheme(spec))),
  ];
  const rows: Design[] = [];
  for (const spec of shown) rows.push(await rowOf(spec, context));
  return {
    search: { onlineCpus: request.purpose.size.onlineCpus, designs, cut, onFront: front.length },
    designs: rows,
  };
}

function comparePoints(a: Point, b: Point): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
