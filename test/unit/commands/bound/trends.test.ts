import { describe, expect, it } from 'vitest';
import { fitCurve, growthOf } from '../../../../src/commands/bound/bound.ts';

const CPUS = Array.from({ length: 500 }, (_, i) => i + 8);

describe('a fitted curve', () => {
  it.each([
    ['N' as const, (n: number) => 7 * n, 7],
    ['N log2 N' as const, (n: number) => 11 * n * Math.log2(n), 11],
    ['N^2' as const, (n: number) => 2 * n * n, 2],
  ])('finds the coefficient of %s, and is the best of the three', (model, curve, coefficient) => {
    const worst = CPUS.map(curve);
    const fit = fitCurve(model, CPUS, worst);
    expect(fit.coefficient).toBeCloseTo(coefficient, 10);
    expect(fit.residual).toBeCloseTo(0, 10);
    expect(growthOf('subject', CPUS, worst, []).best).toBe(model);
  });

  it('has the residual worked out by hand', () => {
    // y = 1, 1 at N = 1, 2: a = (1 + 2) / (1 + 4) = 0.6; left over 0.4 and -0.2 of 1 and 1
    const { coefficient, residual } = fitCurve('N', [1, 2], [1, 1]);
    expect(coefficient).toBeCloseTo(0.6, 12);
    expect(residual).toBeCloseTo(Math.sqrt((0.16 + 0.04) / 2), 12);
  });

  it('leaves less than its neighbours: the least of the squares', () => {
    const worst = CPUS.map((n) => 3 * n + 40);
    const { coefficient, residual } = fitCurve('N', CPUS, worst);
    const left = (a: number) => CPUS.reduce((sum, n, i) => sum + (worst[i]! - a * n) ** 2, 0);
    const total = worst.reduce((sum, y) => sum + y * y, 0);
    expect(residual).toBeCloseTo(Math.sqrt(left(coefficient) / total), 12);
    expect(left(coefficient)).toBeLessThan(left(coefficient * 1.001));
    expect(left(coefficient)).toBeLessThan(left(coefficient * 0.999));
  });
});

describe('growth', () => {
  it('of what is always the same is constant', () => {
    const growth = growthOf(
      'per-numa',
      CPUS,
      CPUS.map(() => 62),
      [],
    );
    expect(growth).toMatchObject({ best: 'constant', fits: [], from: 8, to: 507, values: 500 });
  });
});
