/** How a comparison is divided into shares that know nothing of each other, and put together again. */
import type { CompareRequest } from './compare.ts';
import type { Comparison } from './result.ts';

/** Fewer operations than this are not worth a worker's start. */
const WORTH_A_WORKER = 4_000_000;

/**
 * The runs of a comparison, each in as many shares as there are workers to spare for it: a share
 * replays the run's stream through some of its schemes.
 */
export function sharesOf(
  runs: readonly CompareRequest[],
  workers: number,
): readonly (readonly CompareRequest[])[] {
  const operations = runs.reduce((sum, { workload }) => sum + workload.operations, 0);
  const spare = operations < WORTH_A_WORKER ? 1 : Math.floor(workers / runs.length);
  return runs.map((run) => {
    const count = Math.max(1, Math.min(spare, run.schemes.length));
    return Array.from({ length: count }, (_, share) => ({
      ...run,
      schemes: run.schemes.filter((__, index) => index % count === share),
    }));
  });
}

/** Whether shares are worth workers of their own at all. */
export function isWorthWorkers(shares: readonly (readonly CompareRequest[])[]): boolean {
  const all = shares.flat();
  const operations = all.reduce((sum, { workload }) => sum + workload.operations, 0);
  return all.length > 1 && operations >= WORTH_A_WORKER;
}

/** One run from its shares, its schemes in the order asked for. */
function joined(shares: readonly Comparison[]): Comparison {
  const [first] = shares;
  const count = shares.length;
  const total = shares.reduce((sum, { schemes }) => sum + schemes.length, 0);
  const schemes = Array.from(
    { length: total },
    (_, index) => shares[index % count]!.schemes[Math.floor(index / count)]!,
  );
  return { ...first!, schemes };
}

/** The runs from what became of all their shares, one after the other. */
export function joinedRuns(
  shares: readonly (readonly CompareRequest[])[],
  parts: readonly Comparison[],
): Comparison[] {
  let next = 0;
  return shares.map(({ length }) => {
    const first = next;
    next += length;
    return joined(parts.slice(first, next));
  });
}
