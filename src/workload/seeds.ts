/** Seeds of repeated runs, each from the first one and the number of the run. */
import { splitmix64 } from './random.ts';

/**
 * The seed of run 1, 2, …: run 1 has the seed itself, run r the upper 53 bits of s(s(seed) + r), s
 * being splitmix64's output function: neighbouring seeds and runs have nothing in common.
 */
export function seedOfRun(seed: number, run: number): number {
  if (run === 1) return seed;
  return Number(splitmix64(splitmix64(BigInt(seed)) + BigInt(run)) >> 11n);
}
