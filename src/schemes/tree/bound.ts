/** How far the counter tree can be off (lib/percpu_counter_tree.c). */
import {
  countOrder,
  countsInLongs,
  type ItemMapping,
  itemMappings,
  itemOf,
  type TreeParameters,
  type TreeShape,
  type TreeVersion,
  treeShape,
} from '../../kernel/tree-shape.ts';
import type { Pages } from '../../units.ts';
import type { InFlight, InFlightExtra, MachineSize, StatedBound, WorstCase } from '../bound.ts';

/** In the words of the series: "tree series v4". */
export function treeSource(version: TreeVersion): string {
  return version === 'mm-tree' ? 'tree series in the mm tree' : `tree series v${version}`;
}

/** Stated: v2 and v4 ± B × multiplier; later versions B × and (B − 1) × multiplier. */
export function statedTree(shape: TreeShape, { batch, version }: TreeParameters): StatedBound {
  const under = batch * shape.multiplier;
  return {
    under,
    over: countsInLongs(version) ? (batch - 1) * shape.multiplier : under,
    formula: `${batch} * ${shape.multiplier}`,
    source: `${treeSource(version)}, lib/percpu_counter_tree.c`,
  };
}

/**
 * What each CPU adds to the worst case where they come in this order: B − 1 of its own, and
 * B_l − B_{l−1} for each item that none before it shares.
 */
function heldBackByEach(
  shape: TreeShape,
  { mapping }: Pick<TreeParameters, 'mapping'>,
  numbers: Int32Array,
): Float64Array {
  const { levelBatches, nrLevels } = shape;
  const held = new Float64Array(numbers.length);
  if (nrLevels === 0) return held;
  held.fill(levelBatches[0]! - 1);
  const items = itemMappings(shape, mapping);
  for (let level = 1; level < nrLevels; level++) {
    addNewItems(held, numbers, items[level - 1]!, levelBatches[level]! - levelBatches[level - 1]!);
  }
  return held;
}

function addNewItems(
  held: Float64Array,
  numbers: Int32Array,
  mapping: ItemMapping,
  step: Pages,
): void {
  const seen = new Uint8Array(mapping.mask + 1);
  for (let i = 0; i < numbers.length; i++) {
    const item = itemOf(mapping, numbers[i]!);
    if (seen[item] === 0) held[i]! += step;
    seen[item] = 1;
  }
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
  parameters: Pick<TreeParameters, 'mapping'>,
  numbers: Int32Array,
): WorstCase {
  const held = heldBackByEach(shape, parameters, numbers);
  return { under: held.reduce((sum, pages) => sum + pages, 0), over: 0 };
}

/** under() of the first CPU, the first two, … all of them; pages. */
export function worstCaseTreePrefixes(
  shape: TreeShape,
  parameters: Pick<TreeParameters, 'mapping'>,
  numbers: Int32Array,
): Float64Array {
  let sum = 0;
  return heldBackByEach(shape, parameters, numbers).map((pages) => {
    sum += pages;
    return sum;
  });
}

/** worstCaseTree() of the numbers 0 … count − 1, of which level l has min(⌈count / 2^shift⌉, items). */
function worstCaseTreeFirst(
  shape: TreeShape,
  { mapping }: Pick<TreeParameters, 'mapping'>,
  count: number,
): WorstCase {
  const { levelBatches, nrLevels } = shape;
  if (nrLevels === 0) return { under: 0, over: 0 };
  let under = (levelBatches[0]! - 1) * count;
  const items = itemMappings(shape, mapping);
  for (let level = 1; level < nrLevels; level++) {
    const { shift, mask } = items[level - 1]!;
    const distinct = Math.min(Math.ceil(count / 2 ** shift), mask + 1);
    under += distinct * (levelBatches[level]! - levelBatches[level - 1]!);
  }
  return { under, over: 0 };
}

/**
 * worstCaseTreeFirst() of one dense machine after another. Machines of one order have one tree, so
 * that in an ascending range few have to be made.
 */
export function worstCaseTreeDense(parameters: TreeParameters): (size: MachineSize) => WorstCase {
  let shape: TreeShape | null = null;
  return ({ nrCpuIds, onlineCpus }) => {
    if (shape === null || countOrder(shape.nrCpuIds) !== countOrder(nrCpuIds)) {
      shape = treeShape(nrCpuIds, parameters);
    }
    return worstCaseTreeFirst(shape, parameters, onlineCpus);
  };
}

/**
 * P = B_{L−1}·⌈V / B_{L−1}⌉: the largest carry that an update of at most V pages can be holding
 * when it is preempted, just before the approximate sum. 0 where there are no levels.
 */
export function largestCarry({ levelBatches }: TreeShape, pages: Pages): Pages {
  const top = levelBatches.at(-1);
  return top === undefined ? 0 : top * Math.ceil(pages / top);
}

/**
 * With j updates preempted and the others done, approximate = precise − Σ residues − Σ carries held,
 * so both sides grow by up to j·P.
 */
export function treeStalled(shape: TreeShape, stalled: number, pages: Pages): Pages {
  return stalled * largestCarry(shape, pages);
}

/**
 * While at most C updates of at most V pages run: C − 1 of them hold a carry each while others
 * refill every residue behind them, and the last one has added its V pages at level 0 alone:
 * (C − 1)·P + V on both sides. test/unit/schemes/tree-in-flight.test.ts attains it on the full state
 * graphs of small trees.
 */
export function treeRunning(shape: TreeShape, { updates, pages }: InFlight): Pages {
  if (updates === 0 || shape.nrLevels === 0) return 0;
  return treeStalled(shape, updates - 1, pages) + pages;
}

/** What updates in flight add, at most so many running and with all but one of them stalled. */
export function treeInFlight(shape: TreeShape, inFlight: InFlight): InFlightExtra {
  return {
    running: treeRunning(shape, inFlight),
    stalled: treeStalled(shape, Math.max(inFlight.updates - 1, 0), inFlight.pages),
    burst: null,
  };
}
