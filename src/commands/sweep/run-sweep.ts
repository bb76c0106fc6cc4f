/** Runs the points of a plan on workers, each as soon as one is free, and hands their lines over. */
import { eachPart, type Spreading } from '../../cli/jobs.ts';
import { InputError } from '../../errors.ts';
import { commandLine, type Plan, type PlannedPoint } from './plan.ts';
import { type PointPart, type PointPiece, pointing } from './point.ts';
import type { PointLine, SweepHead } from './result.ts';

/** Some of the points: those whose number is index modulo of. */
export type Shard = SweepHead['shard'];

export const isInShard = (point: number, shard: Shard) =>
  shard === null || (point - shard.index) % shard.of === 0;

/** How many of the grid's points are a shard's. */
export function pointsOfShard(points: number, shard: Shard): number {
  return shard === null ? points : Math.max(0, Math.floor((points - shard.index) / shard.of) + 1);
}

/** The points that are this run's. */
export function pointsOf({ points }: Plan, shard: Shard, done: ReadonlySet<number>) {
  return points.filter(({ point }) => isInShard(point, shard) && !done.has(point));
}

function lineOf({ grid, axes }: Plan, { point, values, words }: PlannedPoint, part: PointPart) {
  const result = 'json' in part ? (JSON.parse(part.json) as Record<string, unknown>) : null;
  const parameters = Object.fromEntries(axes.map((name) => [name, values.get(name)!]));
  const command = commandLine(grid, words);
  return { point, parameters, command, refused: 'refused' in part ? part.refused : null, result };
}

/**
 * @throws InputError where a point is refused and `skipRefused` does not say to go on; the signal's
 *   reason. Lines taken until then are good.
 */
export async function runPoints(
  plan: Plan,
  points: readonly PlannedPoint[],
  skipRefused: boolean,
  spreading: Spreading,
  take: (line: PointLine) => void | Promise<void>,
): Promise<void> {
  const { command } = plan.grid;
  const pieces = points.map(({ words }): PointPiece => ({ command, words }));
  await eachPart(pointing(), pieces, spreading, (part, index) => {
    const line = lineOf(plan, points[index]!, part);
    if (line.refused !== null && !skipRefused) {
      throw new InputError(`${line.command}: ${line.refused}`);
    }
    return take(line);
  });
}

/** Hands lines on in the order of the points, whatever order they come in. */
export function inOrder(
  points: readonly PlannedPoint[],
  give: (line: PointLine) => Promise<void>,
): (line: PointLine) => Promise<void> {
  const waiting = new Map<number, PointLine>();
  let next = 0;
  let giving: Promise<void> = Promise.resolve();
  async function giveReady(): Promise<void> {
    for (;;) {
      const number = points[next]?.point;
      const line = number === undefined ? undefined : waiting.get(number);
      if (line === undefined) return;
      waiting.delete(line.point);
      next += 1;
      await give(line);
    }
  }
  return (line) => {
    waiting.set(line.point, line);
    giving = giving.then(giveReady);
    return giving;
  };
}
