/** The result of a verification: plain data, in pages and counts, as JSON carries it. */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import type { RecordedUpdate } from '../../../update/record.ts';
import type { ComparedTopology } from '../../compare/result.ts';
import type { Direction } from '../witness-stream.ts';

export const VERIFY_FORMAT = 'rss-err/verify@1';

/**
 * settled: every update done before the next. running: at most C updates at once, in a tree. burst
 * and after-burst: C updates that meet on one per-NUMA slot, what a reader can then lack of it, and
 * what the slot holds at the end.
 */
export const CHECK_NAMES = ['settled', 'running', 'burst', 'after-burst'] as const;

export const VERDICTS = [
  /** All reachable states were seen: the closed form is the largest error among them. */
  'exhaustive',
  /** A stream reaches the closed form, and a search of the planned length found none beyond. */
  'attained',
  /** The time limit ended the search: none beyond was found until then. */
  'cut-short',
  /** No stream reaches the closed form, though all states were seen, or its own witness does not. */
  'not-attained',
  /** A stream goes beyond the closed form. */
  'beaten',
] as const;

export type Verdict = (typeof VERDICTS)[number];

export type SlotStepName = 'start' | 'add' | 'move' | 'subtract';

/**
 * A step of an update that can be stopped between two of them, which no recorded stream has: its
 * add at level 0 of a tree and each level that its carry is added to; or its three steps on one
 * per-NUMA slot, of which the later two are of what it saw.
 */
export type ScheduleStep =
  | { readonly begin: { readonly cpu: number; readonly pages: number } }
  | { readonly carry: { readonly level: number; readonly item: number; readonly pages: number } }
  | { readonly slot: { readonly step: SlotStepName; readonly pages: number } };

export type StreamStep = RecordedUpdate | ScheduleStep;

export interface Check {
  readonly check: (typeof CHECK_NAMES)[number];
  /** The closed form. */
  readonly bound: WorstCase;
  /** What the witness reaches, replayed; null where there is none to replay. */
  readonly witness: { readonly under: Pages | null; readonly over: Pages | null };
  /** Largest magnitudes that the search saw. */
  readonly found: WorstCase;
  /** Distinct states reached, null where the search does not count them. */
  readonly states: number | null;
  /** Moves between states tried; in a random search updates made, or steps of them. */
  readonly transitions: number;
  readonly verdict: Verdict;
  /** The stream that goes beyond the closed form. */
  readonly stream: readonly StreamStep[] | null;
}

export interface Verification {
  readonly format: typeof VERIFY_FORMAT;
  readonly program: { readonly version: string };
  readonly topology: ComparedTopology;
  readonly scheme: string;
  /** The CPUs used, a cpulist. */
  readonly cpus: string;
  readonly threads: number;
  readonly directions: readonly Direction[];
  readonly inFlight: InFlight | null;
  readonly seed: number;
  readonly seconds: number;
  readonly checks: readonly Check[];
  /**
   * The largest magnitude of a slot after one burst, two, …, over every interleaving; null: there
   * are none, or they are too many.
   */
  readonly bursts: readonly Pages[] | null;
}
