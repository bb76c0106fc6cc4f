/** Sets of carries that preempted updates hold: sorted lists with repetition, numbered. */

export interface PendingSets {
  readonly count: number;
  /** How many carries a set has. */
  readonly size: Uint8Array;
  /** The set with one more carry of type t, at set × types + t; −1 where it is full. */
  readonly withOne: Int32Array;
  /** The set with one carry of type t less; −1 where it has none. */
  readonly without: Int32Array;
}

/** (types + most) choose most: the sets of at most so many carries. */
export function nrPendingSets(types: number, most: number): number {
  let count = 1;
  for (let i = 1; i <= most; i++) count = (count * (types + i)) / i;
  return count;
}

/** All sets of at most `most` carries of so many types; set 0 is empty. */
export function pendingSets(types: number, most: number): PendingSets {
  const sets: (readonly number[])[] = [[]];
  for (let from = 0, length = 1; length <= most; length++) {
    const to = sets.length;
    for (; from < to; from++) {
      const set = sets[from]!;
      for (let type = set.at(-1) ?? 0; type < types; type++) sets.push([...set, type]);
    }
  }
  const numberOf = new Map(sets.map((set, i) => [set.join(), i]));
  const withOne = new Int32Array(sets.length * types).fill(-1);
  const without = new Int32Array(sets.length * types).fill(-1);
  sets.forEach((set, i) => {
    if (set.length === most) return;
    for (let type = 0; type < types; type++) {
      const larger = numberOf.get([...set, type].sort((a, b) => a - b).join())!;
      withOne[i * types + type] = larger;
      without[larger * types + type] = i;
    }
  });
  return {
    count: sets.length,
    size: Uint8Array.from(sets, ({ length }) => length),
    withOne,
    without,
  };
}
