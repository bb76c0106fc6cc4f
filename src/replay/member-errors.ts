/**
 * Errors of each member and of their sum, the RSS, over many processes: extremes over every add and
 * whose they were, the distribution over operations. Knows nothing of how schemes count.
 */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../update/kinds.ts';
import type { Readings } from '../update/readings.ts';
import { countValue, createHistogram, type Histogram } from './histogram.ts';

/** Errors are kept for the members, in their order, and then for RSS. */
export const RSS = NR_MEMBERS;
export const NR_QUANTITIES = NR_MEMBERS + 1;

/** Whose counters are observed: the process's number, and the program that it runs. */
export interface Observee {
  readonly process: number;
  readonly program: string;
}

/** An extreme's magnitude in pages, whose it was, and in which of its operations (1 = the first). */
export interface Extreme {
  pages: number;
  /** Pages of the quantity that were resident then. */
  resident: number;
  of: Observee | null;
  operation: number;
}

/** The errors of one quantity, clamped or raw, of all processes. */
export interface QuantityErrors {
  readonly under: Extreme;
  readonly over: Extreme;
  /** Signed, over operations; `batchSum` is the part that is not yet in `sum`. */
  sum: bigint;
  batchSum: number;
  samples: number;
  readonly magnitudes: Histogram;
}

/** One scheme's errors over all processes. */
export interface MemberErrors {
  readonly clamped: readonly QuantityErrors[];
  readonly raw: readonly QuantityErrors[];
  /** Of all processes, where a reader saw 0 with pages resident. */
  readonly zeros: Zeros;
}

/** Spells in which RSS read 0 at the ends of operations while there were pages. */
export interface Zeros {
  /** Processes that had one. */
  processes: number;
  operations: number;
  /** The one of the most operations, the first of which is `since`; null: there was none. */
  longest: ZeroSpell | null;
}

export interface ZeroSpell {
  readonly of: Observee;
  readonly since: number;
  operations: number;
  /** At its largest. */
  resident: number;
}

/** One process under one scheme. */
export interface ObservedProcess {
  readonly of: Observee;
  /** What each member reads, pages, not clamped. */
  readonly readings: Float64Array;
  /** The largest clamped error of RSS so far, either side. */
  largest: number;
  /** The spell of 0 that it is in; null: it reads what is not 0, or has no pages. */
  zero: ZeroSpell | null;
  hasReadZero: boolean;
}

function createQuantity(): QuantityErrors {
  const none = (): Extreme => ({ pages: 0, resident: 0, of: null, operation: 0 });
  const magnitudes = createHistogram();
  return { under: none(), over: none(), sum: 0n, batchSum: 0, samples: 0, magnitudes };
}

export function createMemberErrors(): MemberErrors {
  const each = () => Array.from({ length: NR_QUANTITIES }, createQuantity);
  return { clamped: each(), raw: each(), zeros: { processes: 0, operations: 0, longest: null } };
}

/** A process of which nothing was observed yet; `readings` is what its members read now. */
export function observedProcess(of: Observee, readings: Float64Array): ObservedProcess {
  return { of, readings, largest: 0, zero: null, hasReadZero: false };
}

/** An operation has ended with RSS at 0 for a reader, and so many pages resident. */
function noteZero(zeros: Zeros, observed: ObservedProcess, operation: number, rss: number): void {
  if (!observed.hasReadZero) zeros.processes += 1;
  observed.hasReadZero = true;
  zeros.operations += 1;
  const spell = observed.zero ?? { of: observed.of, since: operation, operations: 0, resident: 0 };
  observed.zero = spell;
  spell.operations += 1;
  spell.resident = Math.max(spell.resident, rss);
  if (spell.operations > (zeros.longest?.operations ?? 0)) zeros.longest = spell;
}

function rssOf(pages: Float64Array): number {
  let rss = 0;
  for (let m = 0; m < NR_MEMBERS; m++) rss += pages[m]! * IN_RSS[m]!;
  return rss;
}

function noteExtreme(
  extreme: Extreme,
  pages: number,
  of: Observee,
  operation: number,
  resident: number,
): void {
  extreme.pages = pages;
  extreme.resident = resident;
  extreme.of = of;
  extreme.operation = operation;
}

function sample(errors: QuantityErrors, error: number): void {
  errors.batchSum += error;
  errors.samples += 1;
  countValue(errors.magnitudes, Math.abs(error));
}

/**
 * Observes one batch of a process: `meanwhile` is how the scheme's members read as it went by, `truth`
 * the pages of each member before it, which becomes those after it. Between two changes of a reading
 * errors are monotone, and in a run of changes the first and the last tell the extremes
 * (inner-errors.ts), so there it looks.
 * @returns the operations that ended.
 */
export function observeMembers(
  { clamped, raw, zeros }: MemberErrors,
  observed: ObservedProcess,
  updates: UpdateColumns,
  { after, inner, side }: Readings,
  truth: Float64Array,
  operationsBefore: number,
): number {
  const { of, readings } = observed;
  const { length, pages, kind, member, operationEnd } = updates;
  const rawNow = new Float64Array(NR_QUANTITIES);
  const clampedNow = new Float64Array(NR_QUANTITIES);
  let operation = operationsBefore + 1;

  function errorsNow(): void {
    rawNow[RSS] = 0;
    clampedNow[RSS] = 0;
    for (let m = 0; m < NR_MEMBERS; m++) {
      const reading = readings[m]!;
      rawNow[m] = reading - truth[m]!;
      clampedNow[m] = (reading < 0 ? 0 : reading) - truth[m]!;
      rawNow[RSS]! += rawNow[m]! * IN_RSS[m]!;
      clampedNow[RSS]! += clampedNow[m]! * IN_RSS[m]!;
    }
  }

  function note(extreme: Extreme, magnitude: number, q: number): void {
    if (magnitude <= extreme.pages) return;
    noteExtreme(extreme, magnitude, of, operation, q === RSS ? rssOf(truth) : truth[q]!);
  }

  function look(): void {
    errorsNow();
    for (let q = 0; q < NR_QUANTITIES; q++) {
      note(clamped[q]!.under, -clampedNow[q]!, q);
      note(clamped[q]!.over, clampedNow[q]!, q);
      note(raw[q]!.under, -rawNow[q]!, q);
      note(raw[q]!.over, rawNow[q]!, q);
    }
    observed.largest = Math.max(observed.largest, Math.abs(clampedNow[RSS]!));
  }

  let nextInner = 0;
  let nextSide = 0;
  for (let u = 0; u < length; u++) {
    const m = member[u]!;
    const delta = kind[u]! < FIRST_KIND_WITHOUT_PAGES ? pages[u]! : 0;
    const before = truth[m]!;
    const sign = Math.sign(delta);
    const enterSides = () => {
      for (; nextSide < side.length && side.update[nextSide] === u; nextSide++) {
        readings[side.member[nextSide]!] = side.reading[nextSide]!;
      }
    };
    const lookAfter = (add: number) => {
      truth[m] = before + sign * add;
      look();
    };
    for (; nextInner < inner.length && inner.update[nextInner] === u; nextInner++) {
      const add = inner.add[nextInner]!;
      const first = inner.reading[nextInner]!;
      const step = inner.step[nextInner]!;
      const further = inner.count[nextInner]! - 1;
      lookAfter(add - 1);
      enterSides();
      readings[m] = first;
      lookAfter(add);
      if (further === 0) continue;
      lookAfter(add + Math.abs(step) - 1);
      readings[m] = first + (further - 1) * step;
      lookAfter(add + further * Math.abs(step) - 1);
      readings[m] = first + further * step;
      lookAfter(add + further * Math.abs(step));
    }
    enterSides();
    readings[m] = after[u]!;
    truth[m] = before + delta;
    look();
    if (operationEnd[u] === 1) {
      for (let q = 0; q < NR_QUANTITIES; q++) {
        sample(clamped[q]!, clampedNow[q]!);
        sample(raw[q]!, rawNow[q]!);
      }
      // What is read is 0 where the error is all that is resident.
      const rss = clampedNow[RSS]! < 0 ? rssOf(truth) : 0;
      if (rss > 0 && rss === -clampedNow[RSS]!) noteZero(zeros, observed, operation, rss);
      else observed.zero = null;
      operation += 1;
    }
  }
  closeBatch(clamped);
  closeBatch(raw);
  return operation - 1 - operationsBefore;
}

/** Moves the batch's sums, exact in a double, to the exact ones. */
function closeBatch(quantities: readonly QuantityErrors[]): void {
  for (const errors of quantities) {
    errors.sum += BigInt(errors.batchSum);
    errors.batchSum = 0;
  }
}
