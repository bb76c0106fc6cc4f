/** How much of an error the clamp at zero lets a reader see. */
import type { Pages } from '../units.ts';
import type { WorstCase } from './worst-case.ts';

/**
 * What a reader can see of a process of so many pages: a negative counter reads 0, so a reading is
 * low by at most what is there. The over side is as it was: a counter that reads high is positive.
 */
export function seenThroughClamp({ under, over }: WorstCase, size: Pages): WorstCase {
  return { under: Math.min(under, size), over };
}
