import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadOf, studentT95 } from '../../../../src/commands/compare/repeat.ts';

describe('the spread of runs', () => {
  // Worked by hand: s² = 10/4, standard error √(2.5/5), t of 4 degrees of freedom 2.776.
  it('is mean, half width of its confidence interval, least and most', () => {
    const { mean, halfWidth95, min, max } = spreadOf([1, 2, 3, 4, 5]);
    expect({ mean, min, max }).toEqual({ mean: 3, min: 1, max: 5 });
    expect(halfWidth95).toBeCloseTo(2.776 * Math.sqrt(0.5), 10);
  });

  it('of runs that agree has no width', () => {
    expect(spreadOf([7, 7, 7])).toEqual({ mean: 7, halfWidth95: 0, min: 7, max: 7 });
  });

  // For normal values 95 of 100 intervals hold the true mean; sums of twelve draws are nearly normal.
  it('holds the true mean about 95 times in a hundred', () => {
    const draw = fc.integer({ min: -1000, max: 1000 });
    const normal = fc
      .array(draw, { minLength: 12, maxLength: 12 })
      .map((draws) => draws.reduce((sum, value) => sum + value, 0));
    const samples = fc.sample(fc.array(normal, { minLength: 6, maxLength: 6 }), {
      numRuns: 4000,
      seed: 1,
    });
    const holding = samples.filter((sample) => {
      const { mean, halfWidth95 } = spreadOf(sample);
      return Math.abs(mean) <= halfWidth95;
    });
    expect(holding.length / samples.length).toBeGreaterThan(0.93);
    expect(holding.length / samples.length).toBeLessThan(0.97);
  });
});

describe("Student's t", () => {
  it.each([
    [1, 12.706],
    [9, 2.262],
    [30, 2.042],
    [39, 2.042],
    [40, 2.021],
    [119, 2],
    [10_000, 1.98],
  ])('with %i degrees of freedom is %d, never less than the truth', (degrees, t) => {
    expect(studentT95(degrees)).toBe(t);
  });
});
