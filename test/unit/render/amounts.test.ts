import { describe, expect, it } from 'vitest';
import {
  ASCII_NUMERALS,
  chooseUnit,
  formatBars,
  formatBytes,
  formatDuration,
  formatMagnitude,
  formatMean,
  formatPagesAndBytes,
  formatRatio,
  formatSides,
  formatSigned,
  groupDigits,
  NUMERALS,
} from '../../../src/render/amounts.ts';

const style = (unit: 'pages' | 'KiB' | 'MiB') => ({ unit, pageSize: 4096 }) as const;

const compact = { ...NUMERALS, grouped: false, plusMinus: '+-' };

describe('amounts', () => {
  it.each([
    ['1', '1'],
    ['999', '999'],
    ['1000', '1,000'],
    ['1234567', '1,234,567'],
    ['1234.5', '1,234.5'],
    ['0.12345', '0.12345'],
  ])('groups the digits of %s', (digits, grouped) => {
    expect(groupDigits(digits)).toBe(grouped);
  });

  it('has no decimals in pages and KiB, one in MiB', () => {
    expect(formatMagnitude(-22_086, style('pages'))).toBe('22,086');
    expect(formatMagnitude(22_086, style('KiB'))).toBe('88,344');
    expect(formatMagnitude(22_086, style('MiB'))).toBe('86.3');
    expect(formatMagnitude(124_750, style('pages'), compact)).toBe('124750');
  });

  it('scales bytes, not pages, with the base page', () => {
    expect(formatMagnitude(100, { ...style('KiB'), pageSize: 65536 })).toBe('6,400');
    expect(formatMagnitude(100, { ...style('pages'), pageSize: 65536 })).toBe('100');
  });

  it('gives a sign to what is not nothing', () => {
    expect(formatSigned(5, style('pages'))).toBe('+5');
    expect(formatSigned(-5.4, style('pages'))).toBe('-5');
    expect(formatSigned(-0.3, style('pages'))).toBe('0');
    expect(formatSigned(-1, style('MiB'))).toBe('0.0');
  });

  it('chooses MiB from 10 MiB on', () => {
    expect(chooseUnit('auto', 2559, 4096)).toBe('KiB');
    expect(chooseUnit('auto', 2560, 4096)).toBe('MiB');
    expect(chooseUnit('pages', 10 ** 9, 4096)).toBe('pages');
  });

  it('names bytes beside pages', () => {
    expect(formatPagesAndBytes(25_600, 4096)).toBe('25,600 pages (100.0 MiB)');
    expect(formatPagesAndBytes(1, 65536)).toBe('1 page (64 KiB)');
    expect(formatBytes(1000 * 4096)).toBe('3.9 MiB');
  });

  it('has ratios of two significant digits, and none without a denominator', () => {
    expect(formatRatio(487.3, 86.3)).toBe('5.6');
    expect(formatRatio(12, 1)).toBe('12');
    expect(formatRatio(13_888.4, 1)).toBe('13,888');
    expect(formatRatio(1, 0)).toBe('N/A');
  });
});

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
    expect(formatMean(value)).toBe(text);
  });

  it('has no commas where none are wanted', () => {
    expect(formatMean(12345.6, compact)).toBe('12346');
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

describe('the sides of a bound', () => {
  it.each([
    [{ under: 0, over: 0 }, '0'],
    [{ under: 1062, over: 1062 }, '±1,062'],
    [{ under: 330, over: 0 }, '-330/0'],
    [{ under: 0, over: 7 }, '0/+7'],
  ])('of %j are %s', (sides, text) => {
    expect(formatSides(sides, style('pages'))).toBe(text);
  });
});

describe('bars', () => {
  const shares = [0, 1e-9, 1 / 8, 0.126, 0.5, 0.875, 0.876, 1];

  it('are eighths of the highest, rounded up; nothing is a dot', () => {
    expect(formatBars(shares, NUMERALS)).toBe('·▁▁▂▄▇██');
    expect(formatBars([0, 0], NUMERALS)).toBe('··');
  });

  it('are digits where the output is ASCII', () => {
    expect(formatBars(shares, ASCII_NUMERALS)).toBe('.1124788');
  });
});
