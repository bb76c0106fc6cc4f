/** How far the counter tree can be off (lib/percpu_counter_tree.c). */
import {
  type ItemMapping,
  itemMappings,
  type TreeParameters,
  type TreeShape,
} from '../kernel/tree-shape.ts';
import type { StatedBound, WorstCase } from './worst-case.ts';

/** Stated: v2 and v4 ± B × multiplier; later versions B × and (B − 1) × multiplier. */
export function statedTree(shape: TreeShape, { batch, version }: TreeParameters): StatedBound {
  const under = batch * shape.multiplier;
  return {
    under,
    over: version === 17 ? (batch - 1) * shape.multiplier : under,
    formula: `${batch} * ${shape.multiplier}`,
    source: `tree series v${version}, lib/percpu_counter_tree.c`,
  };
}

function distinctItems(numbers: Int32Array, { shift, mask }: ItemMapping): number {
  const seen = new Uint8Array(mask + 1);
  let distinct = 0;
  for (const number of numbers) {
    const item = (number >> shift) & mask;
    if (seen[item] === 0) distinct += 1;
    seen[item] = 1;
  }
  return distinct;
}

/**
 * under(S) = (B − 1)·|S| + Σ_{l=1}^{L−1} (distinct level-l items of S)·(B_l − B_{l−1}), over = 0,
 * for the CPUs S that were ever used, given by their numbers in the tree.
 *
 * Every carry is a floor division, so approximate = precise − Σ residues: a used CPU holds back 0
 * to B − 1, a used item of level l a multiple of B_{l−1} from 0 to B_l − B_{l−1}. Each item can be
 * filled by one of its CPUs, so the sum of the maxima is attained.
 */
export function worstCaseTree(
  shape: TreeShape,
  { mapping }: Pick<TreeParameters, 'mapping'>,
  numbers: Int32Array,
): WorstCase {
  const { levelBatches, nrLevels } = shape;
  if (nrLevels === 0) return { under: 0, over: 0 };
  let under = (levelBatches[0]! - 1) * numbers.length;
  const items = itemMappings(shape, mapping);
  for (let level = 1; level < nrLevels; level++) {
    const step = levelBatches[level]! - levelBatches[level - 1]!;
    under += distinctItems(numbers, items[level - 1]!) * step;
  }
  return { under, over: 0 };
}
