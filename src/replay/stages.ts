/** The stages of a replay: a warm-up, and what is observed behind it, as one or in buckets of a series. */
import type { Ledger } from './ledger.ts';
import {
  addObserved,
  clampedSum,
  createObserver,
  type Observer,
  observedExtremes,
  takenOver,
} from './observer.ts';
import { type Bucket, bucketEnds, bucketObserver, bucketOf } from './series.ts';
import type { Extremes } from './tally.ts';
import type { WarmUp } from './warm-up.ts';

/** What is wanted; absent: neither. */
export interface Stages {
  readonly warmUp?: WarmUp | undefined;
  /** Buckets that what is observed is cut into, of a replay whose length is known. */
  readonly buckets?: number | undefined;
  /** Whether the quantiles of QUANTILES are told too. */
  readonly distribution?: true | undefined;
}

/** What was seen before the rest was observed. */
export interface WarmedUp {
  /** Operations of the warm-up. */
  readonly operations: number;
  /** In the order of the counters. */
  readonly observed: readonly { readonly clamped: Extremes; readonly raw: Extremes }[];
}

/** A replay, and who looks at it now. */
export interface Observed {
  readonly ledger: Ledger;
  /** In the order of the schemes. */
  observers: readonly Observer[];
}

interface Staged {
  /** Null before it has ended. */
  readonly warmedUp: WarmedUp | null;
  /** All that is observed, but for the bucket under way. */
  whole: readonly Observer[];
  /** In the order of the schemes. */
  readonly series: readonly Bucket[][];
}

/**
 * `begin` is told when the observation begins, with the operations before it.
 * @returns where the stage under way ends, what is to be done there, and what becomes of all.
 */
export function stage(
  observed: Observed,
  operations: number | null,
  { warmUp, buckets }: Stages,
  begin: (operations: number) => void,
) {
  const { ledger } = observed;
  const staged: Staged & { warmedUp: WarmedUp | null } = {
    warmedUp: null,
    whole: observed.observers,
    series: observed.observers.map(() => []),
  };
  /** The ends of the buckets that are to come. */
  let ends: number[] = [];

  function observeBy(observerOf: (index: number) => Observer): void {
    observed.observers = observed.observers.map((own, i) =>
      takenOver(own, observerOf(i), ledger.rss),
    );
  }

  function start(): void {
    begin(ledger.operations);
    if (buckets === undefined || operations === null) return;
    ends = bucketEnds(buckets, ledger.operations, operations);
    if (ends.length > 0) observeBy((i) => bucketObserver(staged.whole[i]!));
  }

  function endWarmUp(): void {
    const leftOut = observed.observers.map(observedExtremes);
    staged.warmedUp = { operations: ledger.operations, observed: leftOut };
    observeBy(createObserver);
    staged.whole = observed.observers;
    start();
  }

  function endBucket(): void {
    const to = ends.shift()!;
    observed.observers.forEach((observer, i) => {
      const buckets = staged.series[i]!;
      const from = buckets.at(-1)?.toOperation ?? staged.warmedUp?.operations ?? 0;
      buckets.push(bucketOf(observer, from + 1, to, ledger.rss));
      addObserved(staged.whole[i]!, observer);
    });
    observeBy((i) => (ends.length > 0 ? bucketObserver(staged.whole[i]!) : createObserver()));
  }

  if (warmUp === undefined) start();
  const isWarmingUp = () => warmUp !== undefined && staged.warmedUp === null;
  return {
    end: (): WarmUp | null => {
      if (isWarmingUp()) return warmUp!;
      return ends.length === 0 ? null : { operations: ends[0]! };
    },
    atEnd: () => (isWarmingUp() ? endWarmUp() : endBucket()),
    /** Sums of the clamped errors that have been observed. */
    sums: () =>
      staged.whole.map((observer, i) => {
        const now = observed.observers[i]!;
        return clampedSum(observer) + (now === observer ? 0n : clampedSum(now));
      }),
    staged,
  };
}
