import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRollup, parseStat, parseStatm } from '../../../src/proc/figures.ts';
import { rollupText, statmText, statText } from '../../support/proc-tree.ts';

describe('stat', () => {
  it('of this kernel has what the test knows of itself', async () => {
    const { readFileSync } = await import('node:fs');
    const figures = parseStat(readFileSync('/proc/self/stat', 'utf8'))!;
    expect(figures).toMatchObject({ isKernelThread: false, hasExited: false, hasMemory: true });
    expect(figures.threads).toBeGreaterThan(1);
    expect(figures.resident).toBeGreaterThan(1000);
  });

  it('is read whatever the name of the command holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom(') S 1 (', 'a) Z 0', '((', '\n) R')),
        fc.nat(),
        fc.nat(),
        (command, approximate, faults) => {
          const text = statText({ pid: 7, command, approximate, faults, threads: 3, start: 11 });
          expect(parseStat(text)).toEqual({
            command,
            ...{ isKernelThread: false, hasExited: false, hasMemory: true },
            ...{ faults: faults + 7, threads: 3, startTicks: 11, resident: approximate },
          });
        },
      ),
    );
  });

  it.each([
    ['a kernel thread', { isKernelThread: true }, { isKernelThread: true, hasMemory: false }],
    ['a zombie', { state: 'Z' }, { hasExited: true, hasMemory: false }],
    ['a dead one', { state: 'X' }, { hasExited: true, hasMemory: false }],
  ])('tells %s', (_, process, expected) => {
    expect(parseStat(statText({ pid: 2, ...process }))).toMatchObject(expected);
  });

  it('is none with a figure below 0', () => {
    expect(parseStat(statText({ pid: 2, approximate: -3 }))).toBe(null);
  });

  it.each(['', 'x', '12 (sh', '12 (sh) S 1 2', '12 sh S 1 2 3'])('is not %j', (text) => {
    expect(parseStat(text)).toBe(null);
  });
});

describe('precise figures', () => {
  it('are read in pages', () => {
    expect(parseStatm(statmText(452))).toBe(452);
    expect(parseRollup(rollupText(548), 4096)).toBe(548);
    expect(parseRollup(rollupText(548), 16384)).toBe(137);
  });

  it('are not read from other texts', () => {
    expect(parseStatm('')).toBe(null);
    expect(parseStatm('12 99999999999999999999 3 0 0 0 0\n')).toBe(null);
    expect(parseStatm('12 x 3 0 0 0 0\n')).toBe(null);
    expect(parseRollup('', 4096)).toBe(null);
    expect(parseRollup('Pss: 12 kB\n', 4096)).toBe(null);
    // No whole pages.
    expect(parseRollup('Rss:   6 kB\n', 4096)).toBe(null);
  });
});
