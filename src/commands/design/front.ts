/** The Pareto front: what is dominated by nothing, every figure being the better the less it is. */

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

export interface Front<T> {
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
