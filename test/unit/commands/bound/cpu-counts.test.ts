import { describe, expect, it } from 'vitest';
import {
  allCounts,
  besidePowers,
  cpuCounts,
  printedCounts,
} from '../../../../src/commands/bound/cpu-counts.ts';

const parse = (text: string) => cpuCounts(1024).parse(text, '--cpus');

describe('numbers of CPUs', () => {
  it('are all computed, and the readable ones printed', () => {
    const counts = parse('6..20');
    expect(Array.from(allCounts(counts))).toEqual([...Array(15).keys()].map((i) => i + 6));
    expect(printedCounts(counts)).toEqual([6, 8, 9, 16, 17, 20]);
  });

  it('that are named are all printed, in ascending order', () => {
    const counts = parse('250,64,384');
    expect(Array.from(allCounts(counts))).toEqual([64, 250, 384]);
    expect(printedCounts(counts)).toEqual([64, 250, 384]);
  });

  it('may be ranges and numbers', () => {
    const counts = parse('1..3,100,7..9');
    expect(Array.from(allCounts(counts))).toEqual([1, 2, 3, 7, 8, 9, 100]);
    expect(printedCounts(counts)).toEqual([1, 2, 3, 7, 8, 9, 100]);
  });

  it('beside a power of two are a step where all three were computed', () => {
    expect(besidePowers(allCounts(parse('6..17')))).toEqual([7, 8, 9, 15, 16, 17]);
    expect(besidePowers(allCounts(parse('64,250,256')))).toEqual([]);
    expect(besidePowers(allCounts(parse('1..5')))).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ['', '""'],
    ['0..8', '"0..8"'],
    ['8..1025', '"8..1025"'],
    ['9..8', '"9..8"'],
    ['8-16', '"8-16"'],
    ['8,,16', '""'],
  ])('%j is refused', (text, part) => {
    expect(() => parse(text)).toThrow(
      `--cpus ${text}: ${part} is no number of CPUs from 1 to 1024 or range such as 8..8192`,
    );
  });

  it('that overlap are refused', () => {
    expect(() => parse('8..16,16')).toThrow('--cpus 8..16,16: 16 is there twice');
  });
});
