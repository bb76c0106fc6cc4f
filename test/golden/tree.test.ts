/** The tree's table, witnesses, set() and compare functions against the vectors of the kernel's code. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_TREE, type TreeParameters, treeShape } from '../../src/kernel/tree-shape.ts';
import { statedTree, worstCaseTree } from '../../src/schemes/tree/bound.ts';
import {
  approximateCompare,
  approximateCompareValue,
  approximateSumPositive,
  createPercpuCounterTree,
  preciseCompare,
  preciseCompareValue,
} from '../../src/schemes/tree/percpu-counter-tree.ts';
import { readVector } from './vectors.ts';

const V17: TreeParameters = { ...DEFAULT_TREE, version: 17 };

function firstCpus(nrCpus: number): Int32Array {
  return Int32Array.from({ length: nrCpus }, (_, cpu) => cpu);
}

interface TableVector {
  readonly rows: readonly [
    number,
    number,
    number,
    number,
    number[],
    number,
    number,
    number,
    number,
    number,
  ][];
}

describe('golden-table', () => {
  const { rows } = readVector<TableVector>('golden-table');

  it('has the shape, the stated range and the exact worst case of every row', () => {
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const [nrCpuIds, order, levels, items, arityOrders, multiplier, under, over, exact] = row;
      const shape = treeShape(nrCpuIds, V17);
      const nrItems = shape.levelItems.reduce((sum, count) => sum + count, 0);
      const stated = statedTree(shape, V17);
      const worst = worstCaseTree(shape, V17, firstCpus(nrCpuIds));
      expect([
        nrCpuIds,
        shape.order,
        shape.nrLevels,
        nrItems,
        shape.arityOrders,
        shape.multiplier,
        stated.under,
        stated.over,
        worst.under,
        worst.over,
      ]).toEqual([nrCpuIds, order, levels, items, arityOrders, multiplier, under, over, exact, 0]);
    }
  });
});

interface WitnessVector {
  readonly cases: readonly {
    readonly cpus: number;
    readonly batch: number;
    readonly approx: number;
    readonly precise: number;
    readonly exactUnder: number;
    readonly v: readonly number[];
  }[];
}

describe('golden-witness', () => {
  const { cases } = readVector<WitnessVector>('golden-witness');

  it.each(cases)(
    '$cpus CPUs hide exactly $exactUnder pages',
    ({ cpus, batch, approx, precise, exactUnder, v }) => {
      const parameters = { ...DEFAULT_TREE, batch };
      expect(worstCaseTree(treeShape(cpus, parameters), parameters, firstCpus(cpus)).under).toBe(
        exactUnder,
      );
      const inOrder = v.map((pages, cpu) => ({ pages, cpu }));
      for (const order of [inOrder, inOrder.toReversed()]) {
        const tree = createPercpuCounterTree(cpus, parameters);
        for (const { pages, cpu } of order) tree.add(cpu, pages);
        expect(tree.approximateSum()).toBe(approx);
        expect(tree.preciseSum()).toBe(precise);
      }
      const pageByPage = createPercpuCounterTree(cpus, parameters);
      for (const { pages, cpu } of inOrder) {
        for (let page = 0; page < pages; page++) pageByPage.add(cpu, 1);
      }
      expect(pageByPage.approximateSum()).toBe(approx);
    },
  );
});

interface SetVector {
  readonly batch: number;
  readonly cases: readonly {
    readonly cpus: number;
    readonly steps: readonly {
      readonly op: 'set' | 'add';
      readonly cpu: number;
      readonly arg: number;
      readonly expect: number;
      readonly approx: number;
      readonly precise: number;
      readonly bias: number;
      readonly approxPositive: number;
      readonly approxCmp: number;
      readonly preciseCmp: number;
    }[];
  }[];
}

describe('golden-set', () => {
  const { batch, cases } = readVector<SetVector>('golden-set');

  it.each(cases)('set() moves the precise sum by a bias on $cpus CPUs', ({ cpus, steps }) => {
    const tree = createPercpuCounterTree(cpus, { ...V17, batch });
    for (const step of steps) {
      if (step.op === 'set') tree.set(step.arg);
      else tree.add(step.cpu, step.arg);
      expect({
        approx: tree.approximateSum(),
        precise: tree.preciseSum(),
        bias: tree.bias(),
        approxPositive: approximateSumPositive(tree),
        approxCmp: approximateCompareValue(tree, step.expect),
        preciseCmp: preciseCompareValue(tree, step.expect),
      }).toEqual({
        approx: step.approx,
        precise: step.precise,
        bias: step.bias,
        approxPositive: step.approxPositive,
        approxCmp: step.approxCmp,
        preciseCmp: step.preciseCmp,
      });
    }
  });
});

interface CompareVector {
  readonly cases: readonly {
    readonly cpus: number;
    readonly batchA: number;
    readonly batchB: number;
    readonly cpuA: readonly number[];
    readonly deltaA: readonly number[];
    readonly cpuB: readonly number[];
    readonly deltaB: readonly number[];
    readonly v: number;
    readonly approxA: number;
    readonly preciseA: number;
    readonly approxB: number;
    readonly preciseB: number;
    readonly approxCmp: number;
    readonly preciseCmp: number;
    readonly approxCmpValue: number;
    readonly preciseCmpValue: number;
  }[];
}

describe('golden-compare', () => {
  const { cases } = readVector<CompareVector>('golden-compare');

  function pairOf(c: (typeof cases)[number], version: 4 | 17) {
    const a = createPercpuCounterTree(c.cpus, { ...DEFAULT_TREE, version, batch: c.batchA });
    const b = createPercpuCounterTree(c.cpus, { ...DEFAULT_TREE, version, batch: c.batchB });
    c.deltaA.forEach((delta, i) => {
      a.add(c.cpuA[i]!, delta);
    });
    c.deltaB.forEach((delta, i) => {
      b.add(c.cpuB[i]!, delta);
    });
    return { a, b };
  }

  it('version 17 answers as the kernel does, its wrong answers included', () => {
    expect(cases.length).toBeGreaterThan(100);
    let wrong = 0;
    for (const c of cases) {
      const { a, b } = pairOf(c, 17);
      expect([a.approximateSum(), a.preciseSum(), b.approximateSum(), b.preciseSum()]).toEqual([
        c.approxA,
        c.preciseA,
        c.approxB,
        c.preciseB,
      ]);
      expect(approximateCompare(a, b)).toBe(c.approxCmp);
      expect(preciseCompare(a, b)).toBe(c.preciseCmp);
      expect(approximateCompareValue(a, c.v)).toBe(c.approxCmpValue);
      expect(preciseCompareValue(a, c.v)).toBe(c.preciseCmpValue);
      const answers = [
        [c.preciseCmp, Math.sign(c.preciseA - c.preciseB)],
        [c.preciseCmpValue, Math.sign(c.v - c.preciseA)],
      ];
      if (answers.some(([said, right]) => said !== right)) wrong += 1;
    }
    expect(wrong).toBe(4);
  });

  it('version 4 never says that the first of two counters is greater', () => {
    const answers = cases.map((c) => {
      const { a, b } = pairOf(c, 4);
      return [preciseCompare(a, b), Math.sign(a.preciseSum() - b.preciseSum())] as const;
    });
    expect(answers.some(([, right]) => right === 1)).toBe(true);
    expect(answers.some(([said]) => said === 1)).toBe(false);
    for (const [said, right] of answers) expect(said).toBe(right === 1 ? -1 : 0);
  });

  it('version 4 compares with a value by the sign of counter − value', () => {
    const tree = createPercpuCounterTree(8, DEFAULT_TREE);
    tree.add(0, 100_000);
    expect(preciseCompareValue(tree, 0)).toBe(1);
    expect(preciseCompareValue(tree, 200_000)).toBe(-1);
    expect(preciseCompareValue(tree, 100_000)).toBe(0);
    expect(approximateCompareValue(tree, 100_700)).toBe(0);
  });

  it('version 2 compares with values only', () => {
    const make = () => createPercpuCounterTree(8, { ...DEFAULT_TREE, version: 2 });
    expect(() => preciseCompare(make(), make())).toThrow(RangeError);
    expect(preciseCompareValue(make(), 1)).toBe(1);
  });
});

describe('a tree of 32-bit counters', () => {
  it('survives a CPU that drifts past 2^31 while the total stays small', () => {
    for (const version of [2, 4, 17] as const) {
      const tree = createPercpuCounterTree(250, { ...DEFAULT_TREE, version });
      const { under } = worstCaseTree(
        treeShape(250, { ...DEFAULT_TREE, version }),
        DEFAULT_TREE,
        Int32Array.of(3, 200),
      );
      for (let i = 0; i < 3000; i++) {
        tree.add(3, 1_000_000);
        tree.add(200, -1_000_000);
      }
      expect(tree.preciseSum()).toBe(0);
      expect(tree.approximateSum()).toBeLessThanOrEqual(0);
      expect(tree.approximateSum()).toBeGreaterThanOrEqual(-under);
      tree.add(3, 77);
      expect(tree.preciseSum()).toBe(77);
    }
  });

  it('wraps modulo 2^32 in versions 2 and 4, and not in 17', () => {
    const sums = ([2, 4, 17] as const).map((version) => {
      const tree = createPercpuCounterTree(250, { ...DEFAULT_TREE, version });
      for (let i = 0; i < 3; i++) tree.add(i, 2 ** 30);
      return [tree.preciseSum(), tree.approximateSum()];
    });
    expect(sums).toEqual([
      [3 * 2 ** 30 - 2 ** 32, 3 * 2 ** 30 - 2 ** 32],
      [3 * 2 ** 30 - 2 ** 32, 3 * 2 ** 30 - 2 ** 32],
      [3 * 2 ** 30, 3 * 2 ** 30],
    ]);
  });

  it('reads negative totals, clamped for a reader', () => {
    const tree = createPercpuCounterTree(8, DEFAULT_TREE);
    tree.add(1, -5000);
    expect(tree.preciseSum()).toBe(-5000);
    expect(tree.approximateSum()).toBeLessThanOrEqual(-5000);
    expect(approximateSumPositive(tree)).toBe(0);
  });

  it('covers 1,048,576 CPUs and no more', () => {
    const tree = createPercpuCounterTree(2 ** 20, DEFAULT_TREE);
    tree.add(2 ** 20 - 1, 2 ** 26);
    expect(tree.preciseSum()).toBe(2 ** 26);
    expect(tree.approximateSum()).toBe(2 ** 26);
    expect(() => treeShape(2 ** 20 + 1, DEFAULT_TREE)).toThrow(/nr_cpu_ids is 1048577/);
  });
});
