/** Makes claims of figures: what a stated bound, and what the exact worst case says of it. */
import type { Claim, Figure, Verdict } from './result.ts';

export function pages(of: string, value: number): Figure {
  return { of, value, unit: 'pages' };
}

/** A stated bound against an exact worst case. */
export function verdictOfBound(stated: number, exact: number): Verdict {
  if (exact > stated) return 'does not hold as stated';
  return exact === stated ? 'holds' : 'holds as an upper bound';
}

/**
 * A claim that a bound of so many pages is not exceeded; the largest exact figure decides. Figures
 * beside those are shown, and decide nothing.
 */
export function boundClaim(
  fields: Pick<Claim, 'id' | 'claim' | 'where'>,
  claimed: Figure,
  exact: readonly Figure[],
  beside: readonly Figure[] = [],
): Claim {
  const found = [...exact, ...beside];
  const largest = Math.max(...exact.map(({ value }) => value));
  return {
    ...fields,
    method: 'bound',
    claimed,
    found,
    verdict: verdictOfBound(claimed.value, largest),
    factor: largest / claimed.value,
    seed: null,
    operations: null,
  };
}
