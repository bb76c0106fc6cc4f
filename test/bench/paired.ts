/** Two things timed in turn: on a noisy machine only what ran side by side can be compared. */

/** Seconds, or a ratio of them. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Paired {
  readonly ours: Spread;
  readonly reference: Spread;
  /** How many times faster ours is: of each pair, reference seconds / our seconds. */
  readonly ratio: Spread;
}

/** Seconds that one run took. */
export type Timed = () => Promise<number> | number;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** A pair to warm up, then so many pairs, each time the other one first. */
export async function timePairs(ours: Timed, reference: Timed, pairs: number): Promise<Paired> {
  await ours();
  await reference();
  const seconds: [number, number][] = [];
  for (let i = 0; i < pairs; i++) {
    if (i % 2 === 0) {
      const first = await ours();
      seconds.push([first, await reference()]);
    } else {
      const first = await reference();
      seconds.push([await ours(), first]);
    }
  }
  return {
    ours: spreadOf(seconds.map(([mine]) => mine)),
    reference: spreadOf(seconds.map(([, other]) => other)),
    ratio: spreadOf(seconds.map(([mine, other]) => other / mine)),
  };
}
