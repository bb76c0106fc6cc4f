/** A statement that was made about RSS accounting, and what the program finds of it. */

export const VERDICTS = [
  'holds',
  'holds as an upper bound',
  'does not hold as stated',
  'cannot be tested by this model',
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What a figure counts. */
export const FIGURE_UNITS = ['pages', 'CPUs', 'residual', 'levels'] as const;

export interface Figure {
  readonly of: string;
  readonly value: number;
  readonly unit: (typeof FIGURE_UNITS)[number];
}

/** A claim about an amount, or about something else than an amount: then `claimed` is null. */
export interface Claim {
  readonly id: string;
  readonly claim: string;
  readonly where: string;
  /** What the finding rests on: closed forms, a replay, or running the functions themselves. */
  readonly method: 'bound' | 'replay' | 'execution' | 'none';
  readonly claimed: Figure | null;
  readonly found: readonly Figure[];
  readonly verdict: Verdict;
  /** The deciding figure over the claimed one; null where there is no such ratio. */
  readonly factor: number | null;
  readonly seed: number | null;
  readonly operations: number | null;
}

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
