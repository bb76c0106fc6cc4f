import { describe, expect, it } from 'vitest';
import { burnIn } from '../../../src/study/burn-in.ts';
import { nextUint32, seedRandom } from '../../../src/workload/random.ts';

const windowsOf = (means: readonly number[]) =>
  means.map((mean, i) => ({ operations: 100 * (i + 1), means: [0, mean] }));

/** Noise about a level. */
function noise(count: number, of: (i: number) => number): number[] {
  const random = seedRandom(3);
  return Array.from({ length: count }, (_, i) => of(i) + (nextUint32(random) % 21) - 10);
}

describe('burn-in', () => {
  it('is none where the mean is at rest from the start', () => {
    expect(burnIn(windowsOf(noise(64, () => -500)), 1)).toBe(0);
  });

  it('ends where a start that was far off ends', () => {
    const operations = burnIn(windowsOf(noise(64, (i) => (i < 12 ? -5000 + 400 * i : -500))), 1);
    expect(operations).toBeGreaterThanOrEqual(1200);
    expect(operations).toBeLessThan(1600);
  });

  it('is not over where the mean drifts to the end', () => {
    expect(burnIn(windowsOf(noise(64, (i) => 100 * i)), 1)).toBeNull();
  });

  it('cannot be told of a few windows', () => {
    expect(burnIn(windowsOf(noise(15, () => 0)), 1)).toBeNull();
  });
});
