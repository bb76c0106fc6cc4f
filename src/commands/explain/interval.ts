/**
 * Intervals of true values behind figures that readers show, and how far two figures of one process can
 * be apart, all from the exact worst case of its counters. Pages throughout.
 */
import type { Reader, Sums } from '../../kernel/readers.ts';
import { seenThroughClamp, type WorstCase } from '../../schemes/bound.ts';
import type { Pages } from '../../units.ts';

/** Both ends included. */
export interface Interval {
  readonly low: Pages;
  readonly high: Pages;
}

/**
 * What a figure is made of:
 * - sum: the approximate sums as they stand, each member below 0 counted as 0;
 * - truth: the precise sums, or a walk of the page tables;
 * - mark: the highest approximate sum at moments that the kernel takes before pages go
 *   (update_hiwater_rss()), or what status shows now where that is higher (task_mem(), fs/proc/task_mmu.c);
 * - inherited: such a mark, or the approximate sum now (setmax_mm_hiwater_rss()); of earlier programs and,
 *   in a child, of its parent too;
 * - other: not of these counters.
 */
type Basis = 'sum' | 'truth' | 'mark' | 'inherited' | 'other';

export function basisOf({ name, isPeak }: Reader, sums: Sums): Basis {
  if (isPeak) return name === 'ru_maxrss' ? 'inherited' : 'mark';
  switch (sums) {
    case 'approximate':
    case 'raw':
      return 'sum';
    case 'precise':
    case 'walk':
      return 'truth';
    default:
      return 'other';
  }
}

/** A figure as a reader shows it. */
export interface Figure {
  readonly basis: Basis;
  readonly shown: Pages;
  /** What it may be of where a tool has rounded it, `shown` within; null: it is exact. */
  readonly rounded: Interval | null;
}

/** What the kernel may have told for a figure. */
const toldFor = ({ shown, rounded }: Figure): Interval => rounded ?? { low: shown, high: shown };

/** What of the kernel decides beside the figure. */
export interface Surroundings {
  /** How far the approximate sum of these members together can be off. */
  readonly error: WorstCase;
  /** What status shows now, and so the floor of VmHWM, is the precise sum. */
  readonly isStatusPrecise: boolean;
}

/** The truth behind sums of which each member was clamped at 0: a member that shows 0 hides its whole bound. */
function behindSum({ low, high }: Interval, { under, over }: WorstCase): Interval {
  return { low: Math.max(0, low - over), high: high + under };
}

/** What is resident now; null where the figure says nothing of it. */
export function residentNow(
  figure: Figure,
  { error, isStatusPrecise }: Surroundings,
): Interval | null {
  const told = toldFor(figure);
  switch (figure.basis) {
    case 'sum':
      return behindSum(told, error);
    case 'truth':
      return told;
    case 'mark':
      return { low: 0, high: isStatusPrecise ? told.high : behindSum(told, error).high };
    case 'inherited':
      return { low: 0, high: behindSum(told, error).high };
    case 'other':
      return null;
  }
}

/** The most that was resident; null where the figure is no mark. */
export function residentAtPeak(figure: Figure, { error }: Surroundings): Interval | null {
  return isMark(figure) ? behindSum(toldFor(figure), error) : null;
}

/** Of one figure minus another; null: no limit, a mark may be of long ago. */
interface Differences {
  readonly lowest: Pages | null;
  readonly highest: Pages | null;
}

/** Which sum a figure is, or is never below, at the moment that it is read. */
function floorOf(basis: Basis, isStatusPrecise: boolean): 'sum' | 'truth' {
  return basis === 'truth' || (basis === 'mark' && isStatusPrecise) ? 'truth' : 'sum';
}

const isMark = ({ basis }: Figure) => basis === 'mark' || basis === 'inherited';

/**
 * How far `first` can be above and below `second` where both are read of one process while nothing
 * changes, what either has rounded off included. Where both are the approximate sum they are equal.
 */
export function differencesAtOnce(
  first: Figure,
  second: Figure,
  { error, isStatusPrecise }: Surroundings,
): Differences {
  const [own, other] = [first, second].map(({ basis }) => floorOf(basis, isStatusPrecise));
  // A clamped sum is below the truth by no more than the truth.
  const [told, otherTold] = [toldFor(first), toldFor(second)];
  const { under, over } = seenThroughClamp(error, (own === 'truth' ? told : otherTold).high);
  const below = own === other ? 0 : own === 'sum' ? under : over;
  const above = own === other ? 0 : own === 'sum' ? over : under;
  const lowest = first.shown - told.high - below + otherTold.low - second.shown;
  const highest = first.shown - told.low + above + otherTold.high - second.shown;
  return {
    lowest: isMark(second) && !isMark(first) ? null : second.basis === 'inherited' ? null : lowest,
    highest: isMark(first) && !isMark(second) ? null : first.basis === 'inherited' ? null : highest,
  };
}

/** Whether a difference is one that the counters' errors, and marks of earlier, can make. */
export function isExplicable(difference: Pages, { lowest, highest }: Differences): boolean {
  return (lowest === null || difference >= lowest) && (highest === null || difference <= highest);
}

/**
 * The same where other things may have happened between two reads: VmHWM is then only its mark, made of
 * approximate sums, also where status is precise.
 */
export function differencesAcrossReads(
  first: Figure,
  second: Figure,
  { error }: Surroundings,
): Differences {
  return differencesAtOnce(first, second, { error, isStatusPrecise: false });
}

/** How much the truth may have changed between two figures of one reader. */
export function trueChange(first: Interval, second: Interval): Interval {
  return { low: second.low - first.high, high: second.high - first.low };
}
