/**
 * A counter tree whose updates advance one level at a time: full running values and floor
 * divisions, nothing of src/schemes. A carry that is held is in no counter.
 */
import { itemMappings, type TreeMapping, type TreeShape } from '../../../kernel/tree-shape.ts';
import type { Pages } from '../../../units.ts';

/** An update between two levels: its carry is yet to be added at `level` (1 … nrLevels). */
export interface HeldCarry {
  readonly number: number;
  readonly level: number;
  readonly pages: Pages;
}

export interface TreeSteps {
  /** Adds at level 0 of the CPU of this number; null: nothing is carried, the update is done. */
  begin(number: number, pages: Pages): HeldCarry | null;
  /** Adds a held carry to its level; null: the update is done. */
  advance(carry: HeldCarry): HeldCarry | null;
  approximateSum(): Pages;
  preciseSum(): Pages;
  item(level: number, number: number): number;
}

export function createTreeSteps(shape: TreeShape, mapping: TreeMapping): TreeSteps {
  const { nrLevels, levelBatches, levelItems, order } = shape;
  const items = itemMappings(shape, mapping);
  /** Level 0, the items of levels 1 … nrLevels − 1, and the approximate sum. */
  const counts = [2 ** order, ...levelItems].map((length) => new Float64Array(length));
  let precise = 0;

  function itemOf(level: number, number: number): number {
    if (level === 0) return number;
    const { shift, mask } = items[level - 1]!;
    return (number >> shift) & mask;
  }

  function addAt({ level, number, pages }: HeldCarry): HeldCarry | null {
    const counters = counts[level]!;
    const item = itemOf(level, number);
    const before = counters[item]!;
    counters[item] = before + pages;
    if (level === nrLevels) return null;
    const batch = levelBatches[level]!;
    const carry = batch * (Math.floor((before + pages) / batch) - Math.floor(before / batch));
    return carry === 0 ? null : { number, level: level + 1, pages: carry };
  }

  return {
    begin(number, pages) {
      precise += pages;
      return addAt({ number, level: 0, pages });
    },
    advance: addAt,
    approximateSum: () => counts[nrLevels]![0]!,
    preciseSum: () => precise,
    item: itemOf,
  };
}
