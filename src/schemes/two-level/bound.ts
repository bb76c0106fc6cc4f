/**
 * How far cells with a middle value for each group of CPUs can be off. A sketch of March 2025 (docs/schemes/
 * two-level.md), which no patch has carried out: the steps are as that page says.
 */
import type { Pages } from '../../units.ts';
import type { InFlight, InFlightExtra, StatedBound, WorstCase } from '../bound.ts';
import type { TwoLevelBatches } from '../parameters.ts';

/**
 * The most that a middle value holds when it is settled. What spills into it is at least B1, so one whose
 * batch is no more passes everything on.
 */
export function mostInMiddle({ batch, middle }: TwoLevelBatches): Pages {
  return middle > batch ? middle - 1 : 0;
}

/** (B1 − 1) · CPUs + (B2 − 1) · groups, as it was sketched. */
export function statedTwoLevel(
  { batch, middle }: TwoLevelBatches,
  cpus: number,
  groups: number,
  groupsText: string,
): StatedBound {
  const pages = (batch - 1) * cpus + (middle - 1) * groups;
  return {
    under: pages,
    over: pages,
    formula: `${batch - 1} * CPUs + ${middle - 1} * ${groupsText}`,
    source: 'a sketch of March 2025 in review, no patch and no formula of its author',
  };
}

/**
 * A cell holds back up to B1 − 1 and a middle value up to mostInMiddle(), both ways. Every value in between
 * is reached: pages spill in B1 at a time, and B1 + e at a time where an update of e + 1 pages comes last.
 */
export function worstCaseTwoLevel(
  batches: TwoLevelBatches,
  cpus: number,
  groups: number,
): WorstCase {
  const pages = (batches.batch - 1) * cpus + mostInMiddle(batches) * groups;
  return { under: pages, over: pages };
}

/** A = B1 − 1 + V: the most that one update of at most V pages takes out of a cell. */
function largestSpill({ batch }: TwoLevelBatches, pages: Pages): Pages {
  return batch - 1 + pages;
}

/** What updates of at most V pages can fill a middle value with: single pages spill B1 at a time. */
function refilledMiddle(batches: TwoLevelBatches, pages: Pages): Pages {
  const { batch, middle } = batches;
  return pages > 1 ? mostInMiddle(batches) : batch * (Math.ceil(middle / batch) - 1);
}

/**
 * What updates in flight add. C that stand between their add to a middle value and its exchange have filled
 * it C · A beyond what stays; the first to exchange takes all of that away and is stalled, the next fills
 * with C − 1, and so on; others refill cell and middle value behind them:
 * Σ_{i=1}^{C−1} (M + (C − i + 1)·A), and V that the last one has taken out of a cell.
 */
export function twoLevelInFlight(
  batches: TwoLevelBatches,
  { updates, pages }: InFlight,
): InFlightExtra {
  if (updates === 0) return { running: 0, stalled: 0, burst: null };
  const spills = (updates * (updates + 1)) / 2 - 1;
  const stalled =
    (updates - 1) * refilledMiddle(batches, pages) + spills * largestSpill(batches, pages);
  return { running: stalled + pages, stalled, burst: null };
}
