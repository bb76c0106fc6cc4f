import { describe, expect, it } from 'vitest';
import {
  chooseUnit,
  formatBytes,
  formatMagnitude,
  formatPagesAndBytes,
  formatRatio,
  formatSigned,
  groupDigits,
} from '../../../src/render/amounts.ts';

const style = (unit: 'pages' | 'KiB' | 'MiB', grouped = true) =>
  ({ unit, pageSize: 4096, grouped }) as const;

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
    expect(formatMagnitude(124_750, style('pages', false))).toBe('124750');
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
