/**
 * The tree with updates stopped between two of its levels, as a state graph: residues, and the set
 * of carries that are held. A held carry is told by its level, its item there and its pages: items
 * nest, so the way on from an item is the same for every CPU below it.
 */

import type { TreeShape } from '../../../kernel/tree-shape.ts';
import type { InFlight } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import { nrPendingSets, pendingSets } from './pending-carries.ts';
import type { ScheduleStep, StateGraph } from './state-graph.ts';
import { addToField, type ResidueField, residueSums, type TreeLayout } from './tree-layout.ts';

/** Carries on their way into one counter; the sum is the counter after the last level. */
interface Target {
  readonly level: number;
  readonly item: number;
  /** Null: the approximate sum. */
  readonly field: ResidueField | null;
  /** The counter above this one. */
  readonly next: Target | null;
  /** Pages of one unit of a carry, and the most units: ⌈V / unit⌉. */
  readonly unit: Pages;
  readonly most: number;
  /** The type of a carry of u units is first + u + most, less one for u > 0. */
  readonly first: number;
}

interface Targets {
  /** The counter above each CPU's own. */
  readonly ofCpu: readonly Target[];
  readonly all: readonly Target[];
  /** Types of carries. */
  readonly types: number;
}

function targetsOf(layout: TreeLayout, shape: TreeShape, pages: Pages): Targets {
  const all: Target[] = [];
  let types = 0;
  const made = new Map<ResidueField | null, Target>();
  function targetOf(path: readonly ResidueField[], level: number): Target {
    const field = path[level] ?? null;
    const known = made.get(field);
    if (known !== undefined) return known;
    const next = field === null ? null : targetOf(path, level + 1);
    const unit = shape.levelBatches[level - 1]!;
    const most = Math.ceil(pages / unit);
    const target = { level, item: field?.item ?? 0, field, next, unit, most, first: types };
    types += 2 * most;
    all.push(target);
    made.set(field, target);
    return target;
  }
  const ofCpu = layout.paths.map((path) => targetOf(path, 1));
  return { ofCpu, all, types };
}

const typeOf = ({ first, most }: Target, units: number) =>
  first + units + most - (units > 0 ? 1 : 0);

/** Each type of carry: where it goes, and its units. */
function carryTypes(all: readonly Target[]): { target: Target; units: number }[] {
  return all.flatMap((target) =>
    Array.from({ length: 2 * target.most }, (_, i) => ({
      target,
      units: i < target.most ? i - target.most : i - target.most + 1,
    })),
  );
}

/** States of the graph below, which is made only where they are few enough; the tree has levels. */
export function nrInFlightStates(
  layout: TreeLayout,
  shape: TreeShape,
  { updates, pages }: InFlight,
): number {
  return 2 ** layout.bits * nrPendingSets(targetsOf(layout, shape, pages).types, updates);
}

/** At most so many updates at once, each adding or taking 1 … so many pages on one of the CPUs. */
export function treeInFlightGraph(
  layout: TreeLayout,
  shape: TreeShape,
  { updates, pages }: InFlight,
  cpus: ArrayLike<number>,
): StateGraph<ScheduleStep> {
  const { ofCpu, all, types } = targetsOf(layout, shape, pages);
  const carries = carryTypes(all);
  const sets = pendingSets(types, updates);
  const residuesOf = residueSums(layout);
  const trees = 2 ** layout.bits;
  const heldBySet = Float64Array.from({ length: sets.count }, (_, set) => heldPages(set));
  const begins = 2 * pages * layout.paths.length;
  const amountOf = (move: number) => {
    const i = move % (2 * pages);
    return i < pages ? i + 1 : pages - i - 1;
  };

  function heldPages(set: number): Pages {
    let sum = 0;
    for (let type = 0, rest = set; type < types; type++) {
      const { units, target } = carries[type]!;
      for (;;) {
        const fewer = sets.without[rest * types + type]!;
        if (fewer < 0) break;
        rest = fewer;
        sum += units * target.unit;
      }
    }
    return sum;
  }

  /** The state of a tree and a set, once a counter has handed a carry to the one above it. */
  function handOn(residues: number, set: number, carry: number, to: Target | null): number {
    if (carry === 0 || to === null) return set * trees + residues;
    return sets.withOne[set * types + typeOf(to, carry)]! * trees + residues;
  }

  return {
    states: sets.count * trees,
    moves: begins + types,
    step(state, move) {
      const set = Math.floor(state / trees);
      const tree = state - set * trees;
      if (move < begins) {
        if (sets.size[set] === updates) return -1;
        const cpu = Math.floor(move / (2 * pages));
        const { residues, carry } = addToField(tree, layout.paths[cpu]![0]!, amountOf(move));
        return handOn(residues, set, carry, ofCpu[cpu]!);
      }
      const fewer = sets.without[set * types + (move - begins)]!;
      if (fewer < 0) return -1;
      const { target, units } = carries[move - begins]!;
      if (target.field === null) return fewer * trees + tree;
      const { residues, carry } = addToField(tree, target.field, units);
      return handOn(residues, fewer, carry, target.next);
    },
    error(state) {
      const set = Math.floor(state / trees);
      return -residuesOf(state - set * trees) - heldBySet[set]!;
    },
    tell(move) {
      if (move < begins) {
        return { begin: { cpu: cpus[Math.floor(move / (2 * pages))]!, pages: amountOf(move) } };
      }
      const { target, units } = carries[move - begins]!;
      return { carry: { level: target.level, item: target.item, pages: units * target.unit } };
    },
  };
}
