/**
 * The states of a counter tree as graphs, settled and with updates stopped between two levels.
 *
 * A carry is the change of B_l·⌊value/B_l⌋, and ⌊(x + v)/B⌋ − ⌊x/B⌋ = ⌊(x mod B + v)/B⌋: what an
 * add does above a counter depends on that counter's residue alone. And as each level hands on
 * all but its residue, approximate = precise − Σ residues. So two trees of equal residues are
 * equally wrong, and stay so under every stream: the residues, as bits of one number, are the state.
 */
import { exponentOf, itemMappings, type TreeShape } from '../../../kernel/tree-shape.ts';
import type { InFlight } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import type { RecordedUpdate } from '../../../update/record.ts';
import type { ScheduleStep } from './result.ts';
import { FROM_REST, type StateGraph } from './search.ts';
import { oneAdd } from './settled-states.ts';
import type { TreeHolding } from './tree-schedules.ts';

/** The residue of one counter, in units of what it is given: 1 at level 0, B_{l−1} at level l. */
interface ResidueField {
  /** Of a level's counters that can be used: the CPU's place in the list, or the item. */
  readonly item: number;
  /** First bit, and how many: residues 0 … 2^width − 1. */
  readonly offset: number;
  readonly width: number;
  /** Pages of one unit. */
  readonly unit: Pages;
}

interface TreeLayout {
  readonly shape: TreeShape;
  readonly fields: readonly ResidueField[];
  /** For each CPU of the list the fields on its path, level 0 first. */
  readonly paths: readonly (readonly ResidueField[])[];
  readonly bits: number;
}

/** The layout for CPUs of these numbers in the tree. */
export function treeLayout({ shape, mapping, numbers }: Omit<TreeHolding, 'kind'>): TreeLayout {
  const { nrLevels, levelBatches, arityOrders } = shape;
  const fields: ResidueField[] = [];
  let bits = 0;
  function add(item: number, width: number, unit: Pages): ResidueField {
    const field = { item, offset: bits, width, unit };
    bits += width;
    fields.push(field);
    return field;
  }
  const items = itemMappings(shape, mapping);
  const paths: ResidueField[][] = Array.from(numbers, () => []);
  for (let level = 0; level < nrLevels; level++) {
    const ofItem = new Map<number, ResidueField>();
    paths.forEach((path, cpu) => {
      const { shift, mask } = items[level - 1] ?? { shift: 0, mask: 0 };
      const item = level === 0 ? cpu : (numbers[cpu]! >> shift) & mask;
      const field =
        ofItem.get(item) ??
        (level === 0
          ? add(item, exponentOf(levelBatches[0]!), 1)
          : add(item, arityOrders[level - 1]!, levelBatches[level - 1]!));
      ofItem.set(item, field);
      path.push(field);
    });
  }
  return { shape, fields, paths, bits };
}

/** Σ residues, pages. */
function residuesIn({ fields }: TreeLayout, residues: number): Pages {
  let sum = 0;
  for (const { offset, width, unit } of fields) {
    sum += unit * ((residues >>> offset) & ((1 << width) - 1));
  }
  return sum;
}

/** The number with a field's residue changed by so many units, and what the field carries up. */
function addToField(residues: number, { offset, width }: ResidueField, units: number) {
  const mask = (1 << width) - 1;
  const before = (residues >>> offset) & mask;
  const after = before + units;
  return {
    residues: residues ^ ((before ^ (after & mask)) << offset),
    carry: after >> width,
  };
}

/**
 * Moves are single pages added or taken on any CPU. An add of n pages leaves the residues that n
 * adds of one leave, as floors telescope: larger adds reach no other state. For layouts of at most 26
 * bits.
 */
export function settledTree(
  layout: TreeLayout,
  cpus: ArrayLike<number>,
): StateGraph<RecordedUpdate> {
  const { paths } = layout;
  return {
    ...FROM_REST,
    states: 2 ** layout.bits,
    moves: () => 2 * paths.length,
    step(state, move) {
      let residues = state;
      let carry = (move & 1) === 0 ? 1 : -1;
      for (const field of paths[move >> 1]!) {
        if (carry === 0) break;
        ({ residues, carry } = addToField(residues, field, carry));
      }
      return residues;
    },
    error: (state) => 0 - residuesIn(layout, state),
    tell: (_, move) => oneAdd(cpus[move >> 1]!, (move & 1) === 0 ? 1 : -1),
  };
}

/** A carry on its way into one counter, a whole number of units, and not 0. */
interface Carry {
  readonly target: Target;
  readonly units: number;
}

/** The counters above level 0; the sum is the one after the last level. */
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
  /** The carry of u units is number first + u + most, less one for u > 0. */
  readonly first: number;
}

/** All that can be held, numbered, and the counter above each CPU's own. */
interface Carries {
  readonly all: readonly Carry[];
  readonly aboveCpu: readonly Target[];
}

/** Items nest, so the way on from an item is the same for every CPU below it. */
function carriesOf({ paths, shape }: TreeLayout, pages: Pages): Carries {
  const all: Carry[] = [];
  const made = new Map<ResidueField | null, Target>();
  function targetOf(path: readonly ResidueField[], level: number): Target {
    const field = path[level] ?? null;
    const known = made.get(field);
    if (known !== undefined) return known;
    const next = field === null ? null : targetOf(path, level + 1);
    const unit = shape.levelBatches[level - 1]!;
    const most = Math.ceil(pages / unit);
    const item = field?.item ?? 0;
    const target = { level, item, field, next, unit, most, first: all.length };
    for (let units = -most; units <= most; units++) if (units !== 0) all.push({ target, units });
    made.set(field, target);
    return target;
  }
  const aboveCpu = paths.map((path) => targetOf(path, 1));
  return { all, aboveCpu };
}

const numberOf = ({ first, most }: Target, units: number) =>
  first + units + most - (units > 0 ? 1 : 0);

/** Sets of carries that stopped updates hold: sorted lists with repetition, numbered; 0 is empty. */
interface HeldSets {
  readonly count: number;
  /** Carries, and their pages together, of each set. */
  readonly size: Uint8Array;
  readonly pages: Float64Array;
  /** The set with carry c too, at set × carries + c; −1 where it is full. */
  readonly withOne: Int32Array;
  /** The set with one carry c less; −1 where it has none. */
  readonly without: Int32Array;
}

/** All sets of at most so many. */
function heldSets(all: readonly Carry[], most: number): HeldSets {
  const sets: (readonly number[])[] = [[]];
  for (let from = 0, length = 1; length <= most; length++) {
    for (const to = sets.length; from < to; from++) {
      const set = sets[from]!;
      for (let carry = set.at(-1) ?? 0; carry < all.length; carry++) sets.push([...set, carry]);
    }
  }
  const numbers = new Map(sets.map((set, i) => [set.join(), i]));
  const withOne = new Int32Array(sets.length * all.length).fill(-1);
  const without = new Int32Array(sets.length * all.length).fill(-1);
  sets.forEach((set, i) => {
    if (set.length === most) return;
    for (let carry = 0; carry < all.length; carry++) {
      const larger = numbers.get([...set, carry].sort((a, b) => a - b).join())!;
      withOne[i * all.length + carry] = larger;
      without[larger * all.length + carry] = i;
    }
  });
  const pagesOf = (carry: number) => all[carry]!.units * all[carry]!.target.unit;
  return {
    count: sets.length,
    size: Uint8Array.from(sets, ({ length }) => length),
    pages: Float64Array.from(sets, (set) => set.reduce((sum, carry) => sum + pagesOf(carry), 0)),
    withOne,
    without,
  };
}

/** States of the graph below, which is made only where they are few enough; the tree has levels. */
export function nrInFlightStates(layout: TreeLayout, { updates, pages }: InFlight): number {
  const types = carriesOf(layout, pages).all.length;
  // (types + updates) choose updates: the sets of at most so many carries.
  let sets = 1;
  for (let i = 1; i <= updates; i++) sets = (sets * (types + i)) / i;
  return 2 ** layout.bits * sets;
}

/**
 * The states are the residues and the set of carries that are held. Moves: at most so many updates at
 * once, each adding or taking 1 … so many pages on one of the CPUs; and a held carry's next level.
 */
export function inFlightTree(
  layout: TreeLayout,
  { updates, pages }: InFlight,
  cpus: ArrayLike<number>,
): StateGraph<ScheduleStep> {
  const { all, aboveCpu } = carriesOf(layout, pages);
  const sets = heldSets(all, updates);
  const trees = 2 ** layout.bits;
  const begins = 2 * pages * layout.paths.length;
  const amountOf = (move: number) => {
    const i = move % (2 * pages);
    return i < pages ? i + 1 : pages - i - 1;
  };

  /** The state of a tree and a set, once a counter has handed a carry to the one above it. */
  function handOn(residues: number, set: number, carry: number, to: Target | null): number {
    if (carry === 0 || to === null) return set * trees + residues;
    return sets.withOne[set * all.length + numberOf(to, carry)]! * trees + residues;
  }

  return {
    ...FROM_REST,
    states: sets.count * trees,
    moves: () => begins + all.length,
    step(state, move) {
      const set = Math.floor(state / trees);
      const tree = state - set * trees;
      if (move < begins) {
        if (sets.size[set] === updates) return -1;
        const cpu = Math.floor(move / (2 * pages));
        const { residues, carry } = addToField(tree, layout.paths[cpu]![0]!, amountOf(move));
        return handOn(residues, set, carry, aboveCpu[cpu]!);
      }
      const fewer = sets.without[set * all.length + (move - begins)]!;
      if (fewer < 0) return -1;
      const { target, units } = all[move - begins]!;
      if (target.field === null) return fewer * trees + tree;
      const { residues, carry } = addToField(tree, target.field, units);
      return handOn(residues, fewer, carry, target.next);
    },
    error(state) {
      const set = Math.floor(state / trees);
      return 0 - residuesIn(layout, state - set * trees) - sets.pages[set]!;
    },
    tell(_, move) {
      if (move < begins) {
        return { begin: { cpu: cpus[Math.floor(move / (2 * pages))]!, pages: amountOf(move) } };
      }
      const { target, units } = all[move - begins]!;
      return { carry: { level: target.level, item: target.item, pages: units * target.unit } };
    },
  };
}
