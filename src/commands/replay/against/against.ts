/** Real kernels as judges: what `rss-err replay --against` finds out. */
import { AGAINST_FORMAT, type Against, type JudgedRun } from './judged.ts';

/** The verdict over several runs. */
export function against(version: string, runs: readonly JudgedRun[]): Against {
  const total = (of: (run: JudgedRun) => number) => runs.reduce((sum, run) => sum + of(run), 0);
  return {
    format: AGAINST_FORMAT,
    program: { version },
    runs,
    total: {
      runs: runs.length,
      readings: total(({ readings }) => readings.compared),
      readingsDiffer: total(({ readings }) => readings.differ),
      rawValues: total(({ raw }) => raw.compared),
      rawDiffer: total(({ raw }) => raw.differ),
    },
    agrees: runs.every(({ agrees }) => agrees),
  };
}
