/**
 * Finds when a replay became stationary, by the procedure of Heidelberger and Welch (1983, "Simulation run
 * length control in the presence of an initial transient"): windows of operations, of which nothing,
 * then a tenth, two tenths … up to half is left out, until the means x_1 … x_n of the rest cannot be
 * told from independent draws about one mean. The test is Cramér and von Mises's of their cumulative
 * sums about the mean,
 *
 *   Σ_t (Σ_{i ≤ t} (x_i − mean))² / (n Σ_i (x_i − mean)²)
 *
 * A drift and a start that is far off make it large, and so do windows that hang together, as those
 * of a slow random walk; single outliers do not.
 */

/** A replay whose length is known is looked at in so many windows. */
const WINDOWS = 64;

/** Operations in each of a replay's windows; without end where its length is not known. */
export function operationsPerWindow(operations: number | null): number {
  return operations === null ? Number.POSITIVE_INFINITY : Math.ceil(operations / WINDOWS);
}

export interface WindowMeans {
  /** Operations from the start of the replay to the window's end. */
  readonly operations: number;
  /** Mean clamped error within the window, signed pages, in the order of the schemes. */
  readonly means: readonly number[];
}

export interface Windows {
  /** Operations before the first. */
  readonly from: number;
  readonly closed: WindowMeans[];
  /** Sums of the errors up to the last window's end. */
  readonly sums: bigint[];
}

export function createWindows(schemes: number, from: number): Windows {
  return { from, closed: [], sums: new Array(schemes).fill(0n) };
}

/** Ends a window after so many operations of the replay, with the sums of the errors in all windows. */
export function closeWindow(
  { from, closed, sums }: Windows,
  sumsNow: readonly bigint[],
  operations: number,
): void {
  const length = operations - (closed.at(-1)?.operations ?? from);
  const means = sumsNow.map((sum, i) => {
    const mean = Number(sum - sums[i]!) / length;
    sums[i] = sum;
    return mean;
  });
  closed.push({ operations, means });
}

/** Fewer windows tell nothing. */
const FEWEST_WINDOWS = 16;

/** Parts of the windows, and how many of them are left out at the most. */
const PARTS = 10;
const MOST_PARTS_OUT = 5;

/** The 95 % point of the statistic's limit (Kwiatkowski et al. 1992, table 1: level stationarity). */
const CRITICAL = 0.463;

/** Of means that move; 0 where they are all the same, whatever rounding makes of their own mean. */
function cumulativeStatistic(means: readonly number[]): number {
  if (means.every((value) => value === means[0])) return 0;
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  let cumulative = 0;
  let ofSums = 0;
  let squares = 0;
  for (const value of means) {
    cumulative += value - mean;
    ofSums += cumulative * cumulative;
    squares += (value - mean) * (value - mean);
  }
  return ofSums / (means.length * squares);
}

/**
 * Operations until the mean error of scheme `index` became stationary; null where it did not within
 * the first half of the windows, or where there are too few to tell.
 */
export function burnIn(
  { from, closed: windows }: Pick<Windows, 'from' | 'closed'>,
  index: number,
): number | null {
  if (windows.length < FEWEST_WINDOWS) return null;
  const means = windows.map((window) => window.means[index]!);
  for (let out = 0; out <= MOST_PARTS_OUT; out++) {
    const left = Math.floor((windows.length * out) / PARTS);
    if (cumulativeStatistic(means.slice(left)) <= CRITICAL) {
      return left === 0 ? from : windows[left - 1]!.operations;
    }
  }
  return null;
}
