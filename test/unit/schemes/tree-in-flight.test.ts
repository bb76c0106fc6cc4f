/** The in-flight forms of the tree, attained on the full state graphs of small trees. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_TREE, type TreeShape, treeShape } from '../../../src/kernel/tree-shape.ts';
import {
  largestCarry,
  treeRunning,
  treeStalled,
  worstCaseTree,
} from '../../../src/schemes/tree/bound.ts';

interface Carry {
  readonly cpu: number;
  readonly level: number;
  readonly pages: number;
}

/** Residues of level 0 and of each level's items, and the carries that updates are holding. */
interface State {
  readonly residues: readonly (readonly number[])[];
  readonly held: readonly Carry[];
}

function withResidue(state: State, level: number, item: number, residue: number) {
  return state.residues.map((items, l) =>
    l === level ? items.map((old, i) => (i === item ? residue : old)) : items,
  );
}

/** Adds to one counter of a level; what it carries goes on as the held carry of the next level. */
function add(shape: TreeShape, state: State, { cpu, level, pages }: Carry): State {
  const batch = shape.levelBatches[level]!;
  const item = level === 0 ? cpu : cpu & (shape.levelItems[level - 1]! - 1);
  const after = state.residues[level]![item]! + pages;
  const carry = batch * Math.floor(after / batch);
  return {
    residues: withResidue(state, level, item, after - carry),
    held: carry === 0 ? state.held : [...state.held, { cpu, level: level + 1, pages: carry }],
  };
}

function keyOf(shape: TreeShape, { residues, held }: State): string {
  const carries = held.map(({ cpu, level, pages }) => {
    const items = shape.levelItems[level - 1] ?? 1;
    return `${level}.${cpu & (items - 1)}.${pages}`;
  });
  return `${residues.join('|')};${carries.sort().join(' ')}`;
}

function errorOf({ residues, held }: State): number {
  const resident = residues.flat().reduce((sum, residue) => sum + residue, 0);
  return -held.reduce((sum, { pages }) => sum + pages, resident);
}

function successors(
  shape: TreeShape,
  state: State,
  cpus: readonly number[],
  updates: number,
  most: number,
): State[] {
  const begun =
    state.held.length === updates
      ? []
      : cpus.flatMap((cpu) =>
          Array.from({ length: most }, (_, i) => [i + 1, -i - 1])
            .flat()
            .map((pages) => add(shape, state, { cpu, level: 0, pages })),
        );
  const advanced = state.held.map((carry, i) => {
    const rest = { ...state, held: state.held.filter((_, j) => j !== i) };
    return carry.level === shape.nrLevels ? rest : add(shape, rest, carry);
  });
  return [...begun, ...advanced];
}

/** The extremes of the error over all reachable states, and over those with `stalled` carries held. */
function extremes(
  nrCpus: number,
  batch: number,
  cpus: readonly number[],
  updates: number,
  pages: number,
) {
  const shape = treeShape(nrCpus, { ...DEFAULT_TREE, batch });
  const items = [nrCpus, ...shape.levelItems.slice(0, shape.nrLevels - 1)];
  const start: State = {
    residues: items.map((length) => new Array<number>(length).fill(0)),
    held: [],
  };
  const seen = new Set([keyOf(shape, start)]);
  const open = [start];
  const running = { under: 0, over: 0 };
  const stalled = { under: 0, over: 0 };
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const error = errorOf(state);
    const sides = state.held.length < updates ? [running, stalled] : [running];
    for (const side of sides) {
      side.under = Math.max(side.under, -error);
      side.over = Math.max(side.over, error);
    }
    for (const next of successors(shape, state, cpus, updates, pages)) {
      const key = keyOf(shape, next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return { shape, running, stalled, states: seen.size };
}

const ALL = (n: number) => Array.from({ length: n }, (_, cpu) => cpu);

describe('the tree with updates in flight', () => {
  it.each([
    { nrCpus: 2, batch: 2, cpus: ALL(2), updates: 1, pages: 1 },
    { nrCpus: 2, batch: 2, cpus: ALL(2), updates: 3, pages: 1 },
    { nrCpus: 2, batch: 4, cpus: ALL(2), updates: 2, pages: 5 },
    { nrCpus: 3, batch: 2, cpus: ALL(3), updates: 2, pages: 1 },
    { nrCpus: 3, batch: 4, cpus: ALL(3), updates: 2, pages: 3 },
    { nrCpus: 4, batch: 2, cpus: ALL(4), updates: 2, pages: 1 },
    { nrCpus: 4, batch: 2, cpus: ALL(4), updates: 3, pages: 1 },
    { nrCpus: 4, batch: 2, cpus: ALL(4), updates: 2, pages: 5 },
    { nrCpus: 4, batch: 2, cpus: [0], updates: 2, pages: 1 },
    { nrCpus: 4, batch: 2, cpus: [1, 3], updates: 2, pages: 2 },
    { nrCpus: 5, batch: 2, cpus: ALL(5), updates: 2, pages: 1 },
    { nrCpus: 8, batch: 2, cpus: [0, 1, 4], updates: 2, pages: 1 },
  ])('$nrCpus CPUs, batch $batch, $updates at once of $pages pages, used $cpus', (row) => {
    const { nrCpus, batch, cpus, updates, pages } = row;
    const { shape, running, stalled } = extremes(nrCpus, batch, cpus, updates, pages);
    const settled = worstCaseTree(shape, DEFAULT_TREE, Int32Array.from(cpus));
    const more = treeRunning(shape, { updates, pages });
    expect(running).toEqual({ under: settled.under + more, over: more });
    const held = treeStalled(shape, updates - 1, pages);
    expect(stalled).toEqual({ under: settled.under + held, over: held });
  });

  it('is the settled one where nothing runs and nothing stalls', () => {
    for (const nrCpus of [1, 2, 64, 250, 8192]) {
      const shape = treeShape(nrCpus, DEFAULT_TREE);
      expect(treeRunning(shape, { updates: 0, pages: 1 })).toBe(0);
      expect(treeStalled(shape, 0, 512)).toBe(0);
    }
  });

  it('has nothing to hold back on one CPU', () => {
    expect(treeRunning(treeShape(1, DEFAULT_TREE), { updates: 8, pages: 512 })).toBe(0);
  });

  it('holds 2,048 pages at 250 CPUs, and more where an update brings more', () => {
    const shape = treeShape(250, DEFAULT_TREE);
    expect(largestCarry(shape, 1)).toBe(2048);
    expect(largestCarry(shape, 2048)).toBe(2048);
    expect(largestCarry(shape, 2049)).toBe(4096);
    expect(22_086 + treeRunning(shape, { updates: 2, pages: 1 })).toBe(24_135);
  });
});
