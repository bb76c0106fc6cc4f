/** A machine of counters as a graph of states: what a search walks over. */

import type { WorstCase } from '../../../schemes/bound.ts';
import type { RecordedUpdate } from '../../../update/record.ts';

/**
 * A step of an update that can be stopped between two of them, which no recorded stream has: its
 * add at level 0 of a tree and each level that its carry is added to; or its three steps on one
 * per-NUMA slot, of which the later two are of what it saw.
 */
export type ScheduleStep =
  | { readonly begin: { readonly cpu: number; readonly pages: number } }
  | { readonly carry: { readonly level: number; readonly item: number; readonly pages: number } }
  | { readonly slot: { readonly step: SlotStepName; readonly pages: number } };

export type SlotStepName = 'start' | 'add' | 'move' | 'subtract';

export type StreamStep = RecordedUpdate | ScheduleStep;

export interface StateGraph<Step> {
  /** States are numbered from 0 to this, the start being 0; not all need be reachable. */
  readonly states: number;
  /** Moves are numbered too; some may be impossible in some states. */
  readonly moves: number;
  /** The state after a move, −1 where it is impossible. */
  step(state: number, move: number): number;
  /** Approximate − precise in a state, pages. */
  error(state: number): number;
  /** The move as a step of a stream. */
  tell(move: number): Step;
}

/** More states than this are not enumerated: the search takes 4 bytes for each. */
export const MOST_STATES = 2 ** 26;

/** Largest magnitudes below and above the truth. */
export interface Extremes extends WorstCase {
  under: number;
  over: number;
}

export function noteError(extremes: Extremes, error: number): void {
  if (-error > extremes.under) extremes.under = -error;
  if (error > extremes.over) extremes.over = error;
}
