import { describe, expect, it } from 'vitest';
import { formatDuration, formatMean } from '../../../../src/commands/compare/cost-amounts.ts';

describe('a mean', () => {
  it.each([
    [0, '0'],
    [0.00001, '<0.001'],
    [0.001, '0.001'],
    [0.5, '0.500'],
    [1, '1.00'],
    [16.7627, '16.8'],
    [123.4, '123'],
    [12345.6, '12,346'],
  ])('of %d is %s', (value, text) => {
    expect(formatMean(value, true)).toBe(text);
  });

  it('has no commas where none are wanted', () => {
    expect(formatMean(12345.6, false)).toBe('12346');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 ns'],
    [1, '1.00 ns'],
    [999, '999 ns'],
    [1000, '1.00 us'],
    [1_250_000, '1.25 ms'],
    [73_600_000, '73.6 ms'],
    [2e9, '2.00 s'],
    [5e12, '5,000 s'],
  ])('of %d nanoseconds is %s', (nanoseconds, text) => {
    expect(formatDuration(nanoseconds)).toBe(text);
  });
});
