/**
 * The one source of randomness: xoshiro128** seeded by splitmix64 (Blackman and Vigna, public
 * domain). Integer draws only, so that a seed gives the same stream on every machine.
 */

/** Draws are made in blocks: a tight loop keeps the generator's words in registers. */
const DRAWS_PER_BLOCK = 1024;

/** A stream of 32-bit draws: xoshiro128**'s four words, and the draws that wait to be taken. */
export interface RandomState {
  readonly words: Int32Array;
  readonly draws: Uint32Array;
  /** The place of the next draw. */
  next: number;
}

const MASK_64 = (1n << 64n) - 1n;

/** The output function of splitmix64, modulo 2^64. */
export function splitmix64(state: bigint): bigint {
  let z = state & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

/** The state that two splitmix64 outputs of a seed (0 … 2^53 − 1) make, low words first. */
export function seedRandom(seed: number): RandomState {
  const step = 0x9e3779b97f4a7c15n;
  const a = splitmix64((BigInt(seed) + step) & MASK_64);
  const b = splitmix64((BigInt(seed) + 2n * step) & MASK_64);
  const words = Int32Array.from([a, a >> 32n, b, b >> 32n], (word) =>
    Number(BigInt.asIntN(32, word)),
  );
  return { words, draws: new Uint32Array(DRAWS_PER_BLOCK), next: DRAWS_PER_BLOCK };
}

/** Draws a block anew. */
function drawBlock(random: RandomState): void {
  const { words, draws } = random;
  let s0 = words[0]!;
  let s1 = words[1]!;
  let s2 = words[2]!;
  let s3 = words[3]!;
  const { length } = draws;
  for (let i = 0; i < length; i++) {
    // Rotations are spelt out: a call, even one that is inlined, is looked up at every draw.
    const product = Math.imul(s1, 5);
    draws[i] = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
  }
  words[0] = s0;
  words[1] = s1;
  words[2] = s2;
  words[3] = s3;
  random.next = 0;
}

/** The next 32 bits, as an unsigned number, which stay the next ones. */
function peekUint32(random: RandomState): number {
  if (random.next === DRAWS_PER_BLOCK) drawBlock(random);
  return random.draws[random.next]!;
}

/** The next 32 bits, as an unsigned number. */
export function nextUint32(random: RandomState): number {
  const draw = peekUint32(random);
  random.next += 1;
  return draw;
}

function scaleLarge(u32: number, n: number): number {
  const high = (u32 >>> 16) * n;
  const low = Math.floor(((u32 & 0xffff) * n) / 2 ** 16);
  return Math.floor((high + low) / 2 ** 16);
}

/** Up to this n a whole draw times n is exact in a double: ⌊u32 × (n / 2^32)⌋ is as it should be. */
export const MOST_IN_DOUBLE = 2 ** 21;

/** ⌊u32 × n / 2^32⌋. Integers where they do: a double's detour is long where the next draw waits. */
export function scale(u32: number, n: number): number {
  // Half a draw times n fits 32 bits.
  if (n <= 0x10000) {
    return (Math.imul(u32 >>> 16, n) + (Math.imul(u32 & 0xffff, n) >>> 16)) >>> 16;
  }
  return n <= MOST_IN_DOUBLE ? (u32 * n * 2 ** -32) | 0 : scaleLarge(u32, n);
}

/** ⌊u32 × n / 2^32⌋ for 1 ≤ n ≤ 2^32: a whole number from 0 to n − 1. */
export function below(random: RandomState, n: number): number {
  return scale(nextUint32(random), n);
}

/** What below() would draw; skip() then takes the draw. For code that must not branch on a draw. */
export function peekBelow(random: RandomState, n: number): number {
  return scale(peekUint32(random), n);
}

/** Takes 0 or 1 draws that peekBelow() has shown. */
export function skip(random: RandomState, draws: number): void {
  random.next += draws;
}

/** True in so many of a million cases. */
export function chance(random: RandomState, perMillion: number): boolean {
  return below(random, 1_000_000) < perMillion;
}

/**
 * The seed of run 1, 2, …: run 1 has the seed itself, run r the upper 53 bits of s(s(seed) + r), s
 * being splitmix64's output function: neighbouring seeds and runs have nothing in common.
 */
export function seedOfRun(seed: number, run: number): number {
  if (run === 1) return seed;
  return Number(splitmix64(splitmix64(BigInt(seed)) + BigInt(run)) >> 11n);
}
