/**
 * The one source of randomness: xoshiro128** seeded by splitmix64 (Blackman and Vigna, public
 * domain). Integer draws only, so that a seed gives the same stream on every machine.
 */

/** The four 32-bit words of xoshiro128**. */
export type RandomState = Int32Array;

const MASK_64 = (1n << 64n) - 1n;

function splitmix64(state: bigint): bigint {
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

/** The state that two splitmix64 outputs of a seed (0 … 2^53 − 1) make, low words first. */
export function seedRandom(seed: number): RandomState {
  const step = 0x9e3779b97f4a7c15n;
  const a = splitmix64((BigInt(seed) + step) & MASK_64);
  const b = splitmix64((BigInt(seed) + 2n * step) & MASK_64);
  return Int32Array.from([a, a >> 32n, b, b >> 32n], (word) => Number(BigInt.asIntN(32, word)));
}

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** The next 32 bits, as an unsigned number. */
export function nextUint32(state: RandomState): number {
  const s0 = state[0]!;
  const s1 = state[1]!;
  const s2 = state[2]! ^ s0;
  const s3 = state[3]! ^ s1;
  state[1] = s1 ^ s2;
  state[0] = s0 ^ s3;
  state[2] = s2 ^ (s1 << 9);
  state[3] = rotateLeft(s3, 11);
  return Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
}

/** Up to here a 32-bit draw times n is exact in a double. */
const EXACT_PRODUCT = 2 ** 21;

/** ⌊u32 × n / 2^32⌋ for 1 ≤ n ≤ 2^32: a whole number from 0 to n − 1. */
export function below(state: RandomState, n: number): number {
  const u32 = nextUint32(state);
  if (n <= EXACT_PRODUCT) return (u32 * n * 2 ** -32) | 0;
  const high = (u32 >>> 16) * n;
  const low = Math.floor(((u32 & 0xffff) * n) / 2 ** 16);
  return Math.floor((high + low) / 2 ** 16);
}

/** True in so many of a million cases. */
export function chance(state: RandomState, perMillion: number): boolean {
  return below(state, 1_000_000) < perMillion;
}
