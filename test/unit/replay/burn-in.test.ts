import { describe, expect, it } from 'vitest';
import { burnIn } from '../../../src/replay/burn-in.ts';
import { nextUint32, seedRandom } from '../../../src/workload/contract/random.ts';

const windowsOf = (means: readonly number[], from = 0) => ({
  from,
  closed: means.map((mean, i) => ({ operations: from + 100 * (i + 1), means: [0, mean] })),
});

/** Noise about a level. */
function noise(count: number, of: (i: number) => number): number[] {
  const random = seedRandom(3);
  return Array.from({ length: count }, (_, i) => of(i) + (nextUint32(random) % 21) - 10);
}

describe('burn-in', () => {
  it('is none where the mean is at rest from the start', () => {
    expect(burnIn(windowsOf(noise(64, () => -500)), 1)).toBe(0);
  });

  it('ends with the tenth in which a start that was far off ends', () => {
    const means = noise(64, (i) => (i < 12 ? -5000 + 400 * i : -500));
    expect(burnIn(windowsOf(means), 1)).toBe(1200);
  });

  it('begins behind a warm-up', () => {
    expect(
      burnIn(
        windowsOf(
          noise(64, () => -500),
          777,
        ),
        1,
      ),
    ).toBe(777);
    const means = noise(64, (i) => (i < 12 ? -5000 + 400 * i : -500));
    expect(burnIn(windowsOf(means, 777), 1)).toBe(1977);
  });

  it('is none where a few windows are far off and nothing comes of it', () => {
    const means = noise(64, (i) => (i === 6 || i === 40 ? -1500 : -500));
    expect(burnIn(windowsOf(means), 1)).toBe(0);
  });

  it('is not over where the mean wanders', () => {
    // Windows of 16,384 operations of per-cpu on 250 CPUs, preset service, seed 1.
    const means = [
      [-42, 377, 156, 13, 743, 2010, 2284, 1559, 1270, 410, 423, 706, 444, 1242, 684, 938, 1150],
      [2896, 1962, 2413, 2512, 1675, 2223, 2441, 1979, 860, 252, -746, -1042, -1048, -1011, -20],
      [2664, 2458, 1688, 7, -1135, -1401, -643, -311, -987, -2227, -2342, -2299, -3592, -3364],
      [-2585, -2428, -2773, -2401, -2907, -2953, -3903, -5595, -6608, -7136, -6979, -6247, -7024],
      [-6985, -6580],
    ].flat();
    expect(burnIn(windowsOf(means), 1)).toBeNull();
  });

  it('is none where every window is the same, and their mean not quite', () => {
    expect(burnIn(windowsOf(new Array(61).fill(0.1)), 1)).toBe(0);
  });

  it('calls few series of independent windows unsettled, and most random walks', () => {
    const random = seedRandom(11);
    const nulls = (of: (draws: readonly number[]) => readonly number[]) =>
      Array.from({ length: 200 }, () =>
        of(Array.from({ length: 61 }, () => (nextUint32(random) % 2001) - 1000)),
      ).filter((means) => burnIn(windowsOf(means), 1) !== 0).length;
    // The test's own level is 5 %.
    expect(nulls((draws) => draws)).toBeLessThan(20);
    const walk = (draws: readonly number[]) => {
      let level = 0;
      return draws.map((draw) => {
        level += draw;
        return level;
      });
    };
    expect(nulls(walk)).toBeGreaterThan(180);
  });

  it('is not over where the mean drifts to the end', () => {
    expect(burnIn(windowsOf(noise(64, (i) => 100 * i)), 1)).toBeNull();
  });

  it('cannot be told of a few windows', () => {
    expect(burnIn(windowsOf(noise(15, () => 0)), 1)).toBeNull();
  });
});
