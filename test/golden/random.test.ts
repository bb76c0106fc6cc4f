/** The generator against check values of xoshiro128** seeded by splitmix64. */
import { describe, expect, it } from 'vitest';
import { below, nextUint32, scale, seedRandom } from '../../src/workload/contract/random.ts';
import { readVector } from './vectors.ts';

interface PrngVector {
  readonly seeds: readonly {
    readonly seed: number;
    readonly state: readonly number[];
    readonly out: readonly number[];
    readonly nextBelow250: readonly number[];
  }[];
}

describe.each(readVector<PrngVector>('prng-check').seeds)('seed $seed', (vector) => {
  it('gives the state, the draws and the draws below 250', () => {
    const random = seedRandom(vector.seed);
    expect(Array.from(random.words, (word) => word >>> 0)).toEqual(vector.state);
    expect(vector.out.map(() => nextUint32(random))).toEqual(vector.out);
    expect(vector.nextBelow250.map(() => below(random, 250))).toEqual(vector.nextBelow250);
  });
});

describe('below()', () => {
  it.each([
    1,
    2,
    250,
    2 ** 16 - 1,
    2 ** 16,
    2 ** 16 + 1,
    2 ** 20,
    2 ** 21,
    2 ** 21 + 1,
    2 ** 31 - 1,
    2 ** 32 - 1,
    2 ** 32,
  ])('is ⌊u32 × %i / 2^32⌋ exactly', (n) => {
    const draws = seedRandom(7);
    const words = seedRandom(7);
    const exact = () => Number((BigInt(nextUint32(words)) * BigInt(n)) >> 32n);
    const drawn = Array.from({ length: 2000 }, () => below(draws, n));
    expect(drawn).toEqual(drawn.map(exact));
  });
});

describe('scale()', () => {
  it.each([1, 3, 2 ** 16, 2 ** 16 + 1, 2 ** 21, 2 ** 21 + 1, 2 ** 32])(
    'is exact at the ends of the draws for n = %i',
    (n) => {
      for (const u32 of [0, 1, 2 ** 16 - 1, 2 ** 16, 2 ** 31, 2 ** 32 - 2 ** 16, 2 ** 32 - 1]) {
        expect(scale(u32, n)).toBe(Number((BigInt(u32) * BigInt(n)) >> 32n));
      }
    },
  );

  it('is exact where a double would round the product up', () => {
    expect(scale(2 ** 31 + 1, 2 ** 31 - 1)).toBe(2 ** 30 - 1);
  });
});
