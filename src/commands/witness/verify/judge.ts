/** What is verified, the closed forms that it is held to, and what a search says of them. */
import {
  type InFlight,
  machineSize,
  SINGLE_PAGE_FAULTS,
  type WorstCase,
} from '../../../schemes/bound.ts';
import { slotAfterBurst, slotInBurst } from '../../../schemes/per-numa/bound.ts';
import { schemeOf } from '../../../schemes/registry.ts';
import type { Pages } from '../../../units.ts';
import type { WitnessRequest } from '../witness.ts';
import type { Direction } from '../witness-stream.ts';
import type { Check, Verdict, Verification } from './result.ts';

export interface VerifyRequest extends Omit<WitnessRequest, 'direction'> {
  /** The sides of the truth that are checked. */
  readonly directions: readonly Direction[];
  /** Also with so many updates at once; null: settled alone. */
  readonly inFlight: InFlight | null;
  readonly seed: number;
  /** The time limit, for the result; the clock keeps it. */
  readonly seconds: number;
}

/** A parameter of the verification, so that a wrong form can be seen to fail. */
export interface ClosedForms {
  settled(request: VerifyRequest): WorstCase;
  /** Of the tree, at most so many updates running. */
  running(request: VerifyRequest, inFlight: InFlight): WorstCase;
  /** Of one slot of the per-NUMA atomics: what a reader can lack, and the slot after a burst. */
  inBurst(batch: Pages, inFlight: InFlight): Pages;
  afterBurst(batch: Pages, inFlight: InFlight): Pages;
}

function settled({ spec, topology, cpus, threads }: VerifyRequest): WorstCase {
  return schemeOf(spec).worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS);
}

export const CLOSED_FORMS: ClosedForms = {
  settled,
  running(request, inFlight) {
    const { under, over } = settled(request);
    const { spec, topology } = request;
    const { running } = schemeOf(spec).inFlightExtra(spec, machineSize(topology), inFlight);
    const extra = running ?? Number.POSITIVE_INFINITY;
    return { under: under + extra, over: over + extra };
  },
  inBurst: slotInBurst,
  afterBurst: slotAfterBurst,
};

/** The bound on the sides asked for; the other side cannot be exceeded. */
export function boundOn(bound: WorstCase, directions: readonly Direction[]): WorstCase {
  const side = (name: Direction) =>
    directions.includes(name) ? bound[name] : Number.POSITIVE_INFINITY;
  return { under: side('under'), over: side('over') };
}

interface Judged extends Omit<Check, 'verdict'> {
  /** All reachable states were seen. */
  readonly exhaustive: boolean;
  /** The search went as far as was planned. */
  readonly complete: boolean;
}

function verdictOf(
  { exact, witness, found, exhaustive, complete }: Judged,
  directions: readonly Direction[],
): Verdict {
  const reached = (side: Direction) => Math.max(found[side], witness[side] ?? 0);
  const isAttained = (side: Direction) =>
    reached(side) >= exact[side] && (witness[side] ?? exact[side]) >= exact[side];
  if (directions.some((side) => reached(side) > exact[side])) return 'beaten';
  if (!complete) return 'cut-short';
  if (!directions.every(isAttained)) return 'not-attained';
  return exhaustive ? 'exhaustive' : 'attained';
}

export function judge(judged: Judged, directions: readonly Direction[]): Check {
  const { exhaustive: _e, complete: _c, ...check } = judged;
  return { ...check, verdict: verdictOf(judged, directions) };
}

/** A closed form that is exceeded, or not reached, is a finding. */
export function isSound({ checks }: Verification): boolean {
  return checks.every(({ verdict }) => verdict !== 'beaten' && verdict !== 'not-attained');
}
