/** What a report says of figures: the sign test, paired differences, who is lowest. */
import { describe, expect, it } from 'vitest';
import {
  combine,
  type Measured,
  overallOf,
  signTest,
} from '../../../../src/commands/sweep/read-report.ts';

/** Figures of two schemes at the same seeds. */
function measured(values: Readonly<Record<string, readonly number[]>>): Measured[] {
  return Object.entries(values).flatMap(([scheme, all]) =>
    all.map((value, seed) => ({ parameters: {}, keys: {}, seed: `${seed}`, scheme, value })),
  );
}

describe('signTest', () => {
  // Sums of binomial coefficients over 2^n by hand: 2 (1 + 10 + 45) / 1024, and 2 / 2^20.
  it.each([
    [2, 8, 112 / 1024],
    [8, 2, 112 / 1024],
    [5, 5, 1],
    [0, 1, 1],
    [0, 20, 2 / 2 ** 20],
    // By Python's math.comb and fractions: 2^-1075 is no double.
    [505, 570, 0.05088986211593994],
    [1446, 1554, 0.050737100404009215],
    [49_690, 50_310, 0.05029405735466363],
  ])('%i lower, %i higher', (lower, higher, p) => {
    expect(signTest(lower, higher)).toBeCloseTo(p, 12);
  });

  it('has nothing to say of no difference', () => {
    expect(signTest(0, 0)).toBe(null);
  });
});

describe('combine', () => {
  it('pairs seed by seed: a difference that is always there decides, whatever the spread', () => {
    const rows = measured({ one: [1, 100, 10_000], two: [2, 101, 10_001.5] });
    const [combination] = combine(rows, 'one');
    expect(combination!.best).toEqual({ scheme: 'one', decided: true });
    const [, two] = combination!.schemes;
    expect(two!.paired).toMatchObject({ lower: 0, higher: 3, equal: 0, p: 0.25 });
    expect(two!.paired!.mean).toBeCloseTo(3.5 / 3, 12);
    // By hand: deviations -1/6, -1/6, 1/3; t of 2 degrees 4.303.
    expect(two!.paired!.halfWidth95).toBeCloseTo(4.303 * Math.sqrt(1 / 6 / 2 / 3), 9);
  });

  it('leaves open what differs by chance, and what one seed says', () => {
    const [open] = combine(measured({ one: [1, 9, 2], two: [2, 3, 9] }), 'one');
    expect(open!.best).toEqual({ scheme: 'one', decided: false });
    const [single] = combine(measured({ one: [1], two: [2] }), 'one');
    expect(single!.best).toEqual({ scheme: 'one', decided: false });
    const [equal] = combine(measured({ one: [1, 2], two: [2, 1] }), 'one');
    expect(equal!.best).toEqual({ scheme: null, decided: false });
  });

  it('counts over all combinations', () => {
    const rows = [1, 2].flatMap((threads) =>
      measured({ one: [1, 2], two: [threads, 2] }).map((row) => ({
        ...row,
        parameters: { threads: `${threads}` },
      })),
    );
    expect(overallOf(combine(rows, 'one'))).toEqual([
      { name: 'one', best: 1, lower: 0, higher: 0, equal: 0, p: null },
      { name: 'two', best: 0, lower: 0, higher: 1, equal: 3, p: 1 },
    ]);
  });
});
