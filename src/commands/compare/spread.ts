/** What several runs say together of one figure. */

/** Of independent runs of one workload; in the figure's own unit. */
export interface Spread {
  readonly mean: number;
  /** Half the width of the 95 % confidence interval of the mean, by Student's t. */
  readonly halfWidth95: number;
  readonly min: number;
  readonly max: number;
}

/** Two-sided 95 % points of Student's t for 1, 2, … degrees of freedom, to three decimals. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
] as const;

/** Further points; between two of them the one of fewer degrees is taken, which is on the safe side. */
const T_95_BEYOND = [
  [40, 2.021],
  [60, 2],
  [120, 1.98],
] as const;

/** The two-sided 95 % point of Student's t, rounded up where the table has gaps. */
export function studentT95(degreesOfFreedom: number): number {
  const exact = T_95[degreesOfFreedom - 1];
  if (exact !== undefined) return exact;
  return T_95_BEYOND.findLast(([degrees]) => degrees <= degreesOfFreedom)?.[1] ?? T_95.at(-1)!;
}

/** Of two values or more. */
export function spreadOf(values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return {
    mean,
    halfWidth95: studentT95(n - 1) * Math.sqrt(squares / (n - 1) / n),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
