/**
 * The residues of a counter tree as bits of one number: all that decides a settled tree's error.
 *
 * A carry is the change of B_l·⌊value/B_l⌋, and ⌊(x + v)/B⌋ − ⌊x/B⌋ = ⌊(x mod B + v)/B⌋: what an
 * add does above a counter depends on that counter's residue alone. And as each level hands on
 * all but its residue, approximate = precise − Σ residues. So two trees of equal residues are
 * equally wrong, and stay so under every stream.
 */
import {
  exponentOf,
  itemMappings,
  type TreeMapping,
  type TreeShape,
} from '../../../kernel/tree-shape.ts';
import type { Pages } from '../../../units.ts';

/** The residue of one counter, in units of what it is given: 1 at level 0, B_{l−1} at level l. */
export interface ResidueField {
  readonly level: number;
  /** Of a level's counters that can be used: the CPU's place in the list, or the item. */
  readonly item: number;
  /** First bit, and how many: residues 0 … 2^width − 1. */
  readonly offset: number;
  readonly width: number;
  /** Pages of one unit. */
  readonly unit: Pages;
}

export interface TreeLayout {
  readonly nrLevels: number;
  readonly fields: readonly ResidueField[];
  /** For each CPU of the list the fields on its path, level 0 first. */
  readonly paths: readonly (readonly ResidueField[])[];
  readonly bits: number;
}

/** The layout for CPUs of these numbers in the tree. */
export function treeLayout(
  shape: TreeShape,
  mapping: TreeMapping,
  numbers: ArrayLike<number>,
): TreeLayout {
  const { nrLevels, levelBatches, arityOrders } = shape;
  const fields: ResidueField[] = [];
  let bits = 0;
  function add(level: number, item: number, width: number, unit: Pages): ResidueField {
    const field = { level, item, offset: bits, width, unit };
    bits += width;
    fields.push(field);
    return field;
  }
  if (nrLevels === 0) return { nrLevels, fields, paths: Array.from(numbers, () => []), bits };

  const paths = Array.from(numbers, (_, cpu) => [add(0, cpu, exponentOf(levelBatches[0]!), 1)]);
  const items = itemMappings(shape, mapping);
  for (let level = 1; level < nrLevels; level++) {
    const { shift, mask } = items[level - 1]!;
    const ofItem = new Map<number, ResidueField>();
    paths.forEach((path, cpu) => {
      const item = (numbers[cpu]! >> shift) & mask;
      const field =
        ofItem.get(item) ?? add(level, item, arityOrders[level - 1]!, levelBatches[level - 1]!);
      ofItem.set(item, field);
      path.push(field);
    });
  }
  return { nrLevels, fields, paths, bits };
}

/** The number with a field's residue changed by so many units, and what the field carries up. */
export function addToField(
  residues: number,
  { offset, width }: ResidueField,
  units: number,
): { residues: number; carry: number } {
  const mask = (1 << width) - 1;
  const before = (residues >>> offset) & mask;
  const after = before + units;
  return {
    residues: residues ^ ((before ^ (after & mask)) << offset),
    carry: after >> width,
  };
}

/** Bits of one of the tables below. */
const TABLE_BITS = 13;

/** Σ residues in pages, by tables of 13 bits each: for layouts of up to 26 bits. */
export function residueSums({ fields }: TreeLayout): (residues: number) => Pages {
  const weightOf = new Float64Array(2 * TABLE_BITS);
  for (const { offset, width, unit } of fields) {
    for (let bit = 0; bit < width; bit++) weightOf[offset + bit] = unit * 2 ** bit;
  }
  const tableFrom = (first: number) => {
    const table = new Float64Array(2 ** TABLE_BITS);
    for (let i = 1; i < table.length; i++) {
      const lowest = exponentOf(i & -i);
      table[i] = table[i & (i - 1)]! + weightOf[first + lowest]!;
    }
    return table;
  };
  const low = tableFrom(0);
  const high = tableFrom(TABLE_BITS);
  const mask = 2 ** TABLE_BITS - 1;
  return (residues) => low[residues & mask]! + high[residues >>> TABLE_BITS]!;
}
