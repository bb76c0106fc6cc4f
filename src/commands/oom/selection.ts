/**
 * Three ways in which the OOM killer has chosen, or was to choose, from counters that are off: by
 * approximate sums (to 6.19), by precise sums (7.0, commit 5898aa8f9a0b), and in two passes (versions 10 to
 * 16 of the tree's series, December 2025 and January 2026).
 */

/** A process as the killer finds it, in order of creation; points are pages of badness. */
export interface Candidate {
  /** By the approximate sums, each member clamped at 0. */
  readonly approximate: number;
  readonly precise: number;
}

/** How far four counters of a process can be off together: percpu_counter_tree_approximate_accuracy_range(). */
export interface AccuracyRange {
  readonly under: number;
  readonly over: number;
}

export interface Selection {
  /** Index of the victim; null where there is no candidate. */
  readonly victim: number | null;
  /** Processes whose counters were summed precisely. */
  readonly preciseSums: number;
  /** Another candidate had as many points, so that age decided. */
  readonly tied: boolean;
}

/** `max_precise_badness_sums` (mm/oom_kill.c of the series, versions 10 to 16). */
export const MOST_PRECISE_SUMS = 16;

/**
 * select_bad_process(): in the list's order, which is that of creation; whoever has fewer points than the
 * chosen one is passed over, null is never chosen. Of equals the later is chosen, before 5.3 the earlier.
 */
export function highest(
  points: readonly (number | null)[],
  laterOfEquals = true,
): { readonly victim: number | null; readonly tied: boolean } {
  let victim: number | null = null;
  let chosen = Number.NEGATIVE_INFINITY;
  let tied = false;
  points.forEach((value, i) => {
    if (value === null || value < chosen) return;
    tied = victim !== null && value === chosen;
    if (tied && !laterOfEquals) return;
    victim = i;
    chosen = value;
  });
  return { victim, tied };
}

/** Kernels to 6.19. */
export function selectApproximate(candidates: readonly Candidate[]): Selection {
  return { ...highest(candidates.map(({ approximate }) => approximate)), preciseSums: 0 };
}

/** Kernels from 7.0. */
export function selectPrecise(candidates: readonly Candidate[]): Selection {
  return {
    ...highest(candidates.map(({ precise }) => precise)),
    preciseSums: candidates.length,
  };
}

/**
 * The first pass is selectApproximate(); the second goes over all once more. Whoever could be above the
 * chosen one, by the ranges, is summed precisely, the first 16 of them; then, and for those beyond the
 * 16 without another look, it takes the chosen one's place with the points just used, even if they are
 * fewer. The range test takes the candidate's over and the chosen one's under, as the code does, although
 * by the header's definition it should be the other way round.
 */
export function selectTwoPass(
  candidates: readonly Candidate[],
  { under, over }: AccuracyRange,
  mostPreciseSums = MOST_PRECISE_SUMS,
): Selection {
  const first = highest(candidates.map(({ approximate }) => approximate));
  if (first.victim === null) return { ...first, preciseSums: 0 };
  let victim = first.victim;
  let chosenPoints = candidates[victim]!.approximate;
  let chosenUnder = under;
  let preciseSums = 0;
  let tied = false;
  candidates.forEach(({ approximate, precise }, i) => {
    if (approximate + over + chosenUnder - chosenPoints < 0) return;
    let points = approximate;
    let ownUnder = under;
    if (preciseSums < mostPreciseSums) {
      preciseSums += 1;
      points = precise;
      ownUnder = 0;
      if (points + chosenUnder - chosenPoints < 0) return;
    }
    tied = i !== victim && points === chosenPoints;
    victim = i;
    chosenPoints = points;
    chosenUnder = ownUnder;
  });
  return { victim, preciseSums, tied };
}

/** Processes small enough to check by hand, in order of creation, and whom two passes kill of them. */
interface TwoPassWitness {
  /** Of the oldest, which is all counted on one CPU. */
  readonly largePages: number;
  /** Of the others, and how many there are. */
  readonly smallPages: number;
  readonly smallProcesses: number;
  readonly victimPages: number;
}

/**
 * The largest process of which the rule says that one of 1 page could have more, and as many of these
 * as make one sum too many; every count is right. Null where the rule kills the large one.
 */
export function twoPassWitness(range: AccuracyRange): TwoPassWitness | null {
  const exact = (points: number): Candidate => ({ approximate: points, precise: points });
  const largePages = 1 + range.over;
  const small = Array.from({ length: MOST_PRECISE_SUMS }, () => exact(1));
  const candidates = [exact(largePages), ...small];
  const { victim } = selectTwoPass(candidates, range);
  const victimPages = candidates[victim!]!.precise;
  if (victimPages === largePages) return null;
  return { largePages, smallPages: 1, smallProcesses: small.length, victimPages };
}
