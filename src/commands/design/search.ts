/** Searches one machine's space for the designs that no other is better than: the Pareto front. */
import type { Heartbeat } from '../../replay/replay.ts';
import { formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { Bytes, Pages } from '../../units.ts';
import {
  type ExactObjective,
  type Figures,
  figureOf,
  figuresOf,
  type Purpose,
  rssOf,
} from './objectives.ts';
import { flatDesigns, namedDesigns, type Space, treeKinds } from './space.ts';
import { type TreeKind, treeKind, treesOf, visitTrees } from './trees.ts';

/** What a design may have at most. */
export interface Limits {
  /** Of RSS, larger side. */
  readonly errorPages: Pages | null;
  readonly memoryBytes: Bytes | null;
  /** A page of a process that grows. */
  readonly touches: number | null;
}

export function isWithin(
  { errorPages, memoryBytes, touches }: Limits,
  scheme: Pick<SchemeSpec, 'scheme'>,
  figures: Figures,
): boolean {
  return (
    (errorPages === null || rssOf(scheme, figures) <= errorPages) &&
    (memoryBytes === null || figures.memory <= memoryBytes) &&
    (touches === null || figures.touches <= touches)
  );
}

export interface SearchRequest {
  readonly purpose: Purpose;
  readonly space: Space;
  readonly limits: Limits;
}

interface Candidate {
  readonly spec: SchemeSpec;
  readonly figures: Figures;
}

/** Whether the design is one of those within the limits that stay. */
type Keep = (candidate: Candidate) => void;

interface Walk {
  /** No design with figures that are nowhere less is wanted. */
  readonly cuts: (least: Figures) => boolean;
  readonly keep: Keep;
}

interface Walked {
  readonly designs: number;
  readonly cut: number;
}

const isKind = (kind: TreeKind | null): kind is TreeKind => kind !== null;

function treesFor({ space, purpose }: SearchRequest): TreeKind[] {
  if (!space.families.includes('tree')) return [];
  return treeKinds(space)
    .map(({ batch, mapping }) => treeKind(batch, mapping, purpose))
    .filter(isKind);
}

/** Those that are no trees, each once, the schemes as they are first. */
function othersFor({ space, purpose }: SearchRequest): SchemeSpec[] {
  const all = [...namedDesigns(space, purpose.topology), ...flatDesigns(space, purpose.topology)];
  return [...new Map(all.map((spec) => [formatScheme(spec), spec])).values()];
}

/** Walks the whole space, the schemes as they are first, and the trees from those with few levels on. */
async function walk(
  request: SearchRequest,
  { cuts, keep }: Walk,
  heartbeat: Heartbeat,
): Promise<Walked> {
  const { purpose, space, limits } = request;
  let [designs, cut] = [0, 0];
  const take: Keep = (candidate) => {
    if (isWithin(limits, candidate.spec, candidate.figures)) keep(candidate);
  };
  for (const spec of othersFor(request)) {
    take({ spec, figures: await figuresOf(spec, purpose) });
    designs += 1;
    await heartbeat(designs);
  }
  for (const kind of treesFor(request)) {
    const passing = visitTrees(kind, space.mostLevels, {
      cuts,
      visit: (figures, spec) => take({ spec, figures }),
    });
    for (const { trees, isCut } of passing) {
      designs += trees;
      if (isCut) cut += trees;
      const wait = heartbeat(designs);
      if (wait !== undefined) await wait;
    }
  }
  return { designs, cut };
}

/** How many designs walk() passes. */
export function designsOf(request: SearchRequest): number {
  const trees = treesFor(request).map((kind) => treesOf(kind, request.space.mostLevels));
  return othersFor(request).length + trees.reduce((sum, some) => sum + some, 0);
}

interface Found extends Walked {
  readonly points: readonly FrontPoint<SchemeSpec>[];
}

/** A point of exact figures. */
export function pointOf(figures: Figures, objectives: readonly ExactObjective[]): Point {
  return objectives.map((objective) => figureOf(figures, objective));
}

/** The front of the whole space. */
export async function findFront(
  request: SearchRequest,
  objectives: readonly ExactObjective[],
  heartbeat: Heartbeat,
): Promise<Found> {
  const front = createFront<SchemeSpec>();
  const walked = await walk(
    request,
    {
      cuts: (least) => front.cuts(pointOf(least, objectives)) || exceeds(request.limits, least),
      keep: ({ spec, figures }) => void front.add(pointOf(figures, objectives), spec),
    },
    heartbeat,
  );
  return { ...walked, points: front.points() };
}

/** Of a tree: its members are off each for itself. */
function exceeds(limits: Limits, least: Figures): boolean {
  return !isWithin(limits, { scheme: 'tree' }, least);
}

/** Every design within the limits, for objectives that no figure of a beginning says anything of. */
export async function findAll(
  request: SearchRequest,
  heartbeat: Heartbeat,
): Promise<Walked & { readonly candidates: readonly Candidate[] }> {
  const candidates: Candidate[] = [];
  const walked = await walk(
    request,
    {
      cuts: (least) => exceeds(request.limits, least),
      keep: (candidate) => void candidates.push(candidate),
    },
    heartbeat,
  );
  return { ...walked, candidates };
}

/** Figures in the order of the objectives. */
export type Point = readonly number[];

/** Nowhere more, and somewhere less. */
export function dominates(a: Point, b: Point): boolean {
  let less = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > b[i]!) return false;
    if (a[i]! < b[i]!) less = true;
  }
  return less;
}

/** Of one point on the front: the designs that have it, in the order in which they came. */
export interface FrontPoint<T> {
  readonly point: Point;
  readonly designs: T[];
}

interface Front<T> {
  /** Whether the design stays, for now. */
  add(point: Point, design: T): boolean;
  /** Whether something here dominates all that is nowhere less than this. */
  cuts(least: Point): boolean;
  points(): readonly FrontPoint<T>[];
}

export function createFront<T>(): Front<T> {
  let front: FrontPoint<T>[] = [];
  const cuts = (point: Point) => front.some((other) => dominates(other.point, point));
  return {
    cuts,
    add(point, design) {
      const same = front.find((other) => other.point.every((value, i) => value === point[i]));
      if (same !== undefined) {
        same.designs.push(design);
        return true;
      }
      if (cuts(point)) return false;
      front = front.filter((other) => !dominates(point, other.point));
      front.push({ point, designs: [design] });
      return true;
    },
    points: () => front,
  };
}
