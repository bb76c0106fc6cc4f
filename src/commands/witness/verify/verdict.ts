/** What a search says of a closed form. */
import type { WorstCase } from '../../../schemes/bound.ts';
import type { Direction } from '../witness-stream.ts';
import type { Check, Verdict, Verification } from './result.ts';

export interface Judged extends Omit<Check, 'verdict'> {
  /** All reachable states were seen. */
  readonly exhaustive: boolean;
  /** The search went as far as was planned. */
  readonly complete: boolean;
}

function verdictOf(
  { bound, witness, found, exhaustive, complete }: Judged,
  directions: readonly Direction[],
): Verdict {
  const largest = (side: Direction) => Math.max(found[side], witness[side] ?? 0);
  if (directions.some((side) => largest(side) > bound[side])) return 'beaten';
  if (!complete) return 'cut-short';
  if (directions.some((side) => largest(side) < bound[side])) return 'not-attained';
  if (directions.some((side) => witness[side] !== null && witness[side] < bound[side])) {
    return 'not-attained';
  }
  return exhaustive ? 'exhaustive' : 'attained';
}

export function judge(judged: Judged, directions: readonly Direction[]): Check {
  const { exhaustive: _e, complete: _c, ...check } = judged;
  return { ...check, verdict: verdictOf(judged, directions) };
}

/** The bound on the sides asked for; the other side cannot be exceeded. */
export function boundOn(bound: WorstCase, directions: readonly Direction[]): WorstCase {
  const side = (name: Direction) =>
    directions.includes(name) ? bound[name] : Number.POSITIVE_INFINITY;
  return { under: side('under'), over: side('over') };
}

/** A closed form that is exceeded, or not reached, is a finding. */
export function isSound({ checks }: Verification): boolean {
  return checks.every(({ verdict }) => verdict !== 'beaten' && verdict !== 'not-attained');
}
