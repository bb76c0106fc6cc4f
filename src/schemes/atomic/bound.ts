/** Bounds of one shared counter: it is never off. */
import type { StatedBound, WorstCase } from '../bound.ts';

export const NEVER_OFF: WorstCase = { under: 0, over: 0 };

export const STATED_ATOMIC: StatedBound = {
  ...NEVER_OFF,
  formula: '0',
  source: 'one shared counter',
};
