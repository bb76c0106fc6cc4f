import { describe, expect, it } from 'vitest';
import { seedOfRun } from '../../../src/workload/contract/random.ts';

describe('seeds of runs', () => {
  it('begin with the seed itself, so that the first run is the one without --runs', () => {
    expect(seedOfRun(42, 1)).toBe(42);
  });

  it('are seeds, and no two alike over runs and neighbouring seeds', () => {
    const seeds = [0, 1, 2, Number.MAX_SAFE_INTEGER].flatMap((seed) =>
      Array.from({ length: 1000 }, (_, i) => seedOfRun(seed, i + 2)),
    );
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  });

  // Worked with 64-bit integers outside this program: the documented s(s(seed) + run) >> 11.
  it('are the documented ones', () => {
    expect(seedOfRun(1, 2)).toBe(8_415_756_547_337_877);
  });
});
