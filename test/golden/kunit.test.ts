/**
 * The tree series' own test suite (2026), re-expressed: two counters get the same increments by
 * different routes, and after each round everything a counter publishes must hold. Unlike the
 * kernel's, every random increment here comes from a seed.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_TREE, type TreeVersion } from '../../src/kernel/tree-shape.ts';
import {
  approximateAccuracyRange,
  approximateCompare,
  approximateCompareValue,
  approximateMinMaxRange,
  createPercpuCounterTree,
  type PercpuCounterTree,
  preciseCompare,
  preciseCompareValue,
} from '../../src/schemes/tree/percpu-counter-tree.ts';
import { below, type RandomState, seedRandom } from '../../src/workload/contract/random.ts';

type Version = 4 | 17 | '17-fixed' | 'mm-tree';

interface Pair {
  readonly counters: readonly [PercpuCounterTree, PercpuCounterTree];
  total: number;
}

function createPair(nrCpus: number, version: Version, batch: number): Pair {
  const make = () => createPercpuCounterTree(nrCpus, { ...DEFAULT_TREE, version, batch });
  return { counters: [make(), make()], total: 0 };
}

/** What check_counters() demands, as booleans so that a hot loop stays cheap. */
function holds({ counters: [a, b], total }: Pair): boolean {
  return (
    [a, b].every((counter) => {
      const approximate = counter.approximateSum();
      const { under, over } = counter.range;
      const { min, max } = approximateMinMaxRange(approximate, counter.range);
      return (
        counter.preciseSum() === total &&
        preciseCompareValue(counter, total) === 0 &&
        approximateCompareValue(counter, total) === 0 &&
        approximate >= total - under &&
        approximate <= total + over &&
        total >= min &&
        total <= max
      );
    }) &&
    preciseCompare(a, b) === 0 &&
    approximateCompare(a, b) === 0
  );
}

/** −(limit − 1) … limit − 1. */
function signedBelow(random: RandomState, limit: number): number {
  return below(random, 2 * limit - 1) - (limit - 1);
}

const MACHINES = [1, 2, 8, 250];
const VERSIONS: readonly Version[] = [4, 17];
const cases = VERSIONS.flatMap((version) => MACHINES.map((nrCpus) => ({ version, nrCpus })));

describe.each(cases)('version $version on $nrCpus CPUs', ({ version, nrCpus }) => {
  const random = seedRandom(nrCpus);
  const anyCpu = () => below(random, nrCpus);
  const first = () => 0;
  const increments: Record<string, () => number> = {
    'of one': () => 1,
    'of minus one': () => -1,
    'at random': () => signedBelow(random, 50_000),
  };
  const routes: Record<string, readonly [() => number, () => number]> = {
    hpcc_test_single_thread_first: [first, first],
    hpcc_test_single_thread_first_random: [first, anyCpu],
    hpcc_test_single_thread_random: [anyCpu, anyCpu],
  };

  for (const [name, [cpuOfA, cpuOfB]] of Object.entries(routes)) {
    it.each(Object.keys(increments))(`${name}: 10,000 increments %s`, (kind) => {
      const pair = createPair(nrCpus, version, 32);
      for (let round = 0; round < 10_000; round++) {
        const increment = increments[kind]!();
        pair.counters[0].add(cpuOfA(), increment);
        pair.counters[1].add(cpuOfB(), increment);
        pair.total += increment;
        if (!holds(pair)) expect.fail(`does not hold in round ${round}, seed ${nrCpus}`);
      }
      expect(holds(pair)).toBe(true);
    });
  }

  it('hpcc_test_multi_thread_batch_increment: every CPU against every route', () => {
    const others: Record<string, (cpu: number) => number> = {
      each: (cpu) => cpu,
      even: (cpu) => cpu & ~1,
      single: () => 0,
      random: anyCpu,
    };
    // As many increments a CPU as the kernel's on small machines; fewer where CPUs make up for them.
    const numbers = nrCpus > 8 ? [1, 8] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
    for (let order = 2; order < 10; order++) {
      for (const number of numbers) {
        for (let increment = 1; increment < 100_000; increment *= 10) {
          for (const [route, cpuOfB] of Object.entries(others)) {
            const pair = createPair(nrCpus, version, 2 ** order);
            for (let cpu = 0; cpu < nrCpus; cpu++) {
              const cpuB = cpuOfB(cpu);
              for (let i = 0; i < number; i++) {
                pair.counters[0].add(cpu, increment);
                pair.counters[1].add(cpuB, increment);
              }
              pair.total += number * increment;
            }
            if (!holds(pair)) {
              expect.fail(`batch ${2 ** order}, ${number} of ${increment}, route ${route}`);
            }
          }
        }
      }
    }
  });

  it('hpcc_test_multi_thread_random_walk: 100 walks of 1,000 steps', () => {
    for (let walk = 0; walk < 100; walk++) {
      const pair = createPair(nrCpus, version, 32);
      for (let step = 0; step < 1000; step++) {
        const increment = signedBelow(random, 512);
        const number = below(random, 1024);
        const cpus = [anyCpu(), anyCpu()] as const;
        // Equal increments on one CPU: their sum makes the same carries in the end (floors telescope).
        pair.counters[0].add(cpus[0], number * increment);
        pair.counters[1].add(cpus[1], number * increment);
        pair.total += number * increment;
      }
      if (!holds(pair)) expect.fail(`does not hold after walk ${walk}, seed ${nrCpus}`);
    }
  });

  it('hpcc_test_set: set v, add v, add −2v', () => {
    const magnitudes = [5, 100, 127, 128, 255, 256, 4095, 4096, 500_000];
    const tree = createPercpuCounterTree(nrCpus, { ...DEFAULT_TREE, version });
    const expectSum = (value: number) => {
      expect(tree.preciseSum()).toBe(value);
      expect(approximateCompareValue(tree, value)).toBe(0);
    };
    for (const v of [...magnitudes, 0, ...magnitudes.map((magnitude) => -magnitude)]) {
      tree.set(v);
      expectSum(v);
      tree.add(anyCpu(), v);
      expectSum(2 * v);
      tree.add(anyCpu(), -2 * v);
      expect(tree.preciseSum() === 0 && approximateCompareValue(tree, 0) === 0).toBe(true);
    }
  });
});

/** Batch 32, sum 0: what the boundary tests of the fixed compare functions demand. */
describe.each([2, 8, 250, 384])('the boundaries of the compare functions on %i CPUs', (nrCpus) => {
  const make = (version: TreeVersion) =>
    createPercpuCounterTree(nrCpus, { ...DEFAULT_TREE, version, batch: 32 });
  const range = { under: 0, over: 0 };
  approximateAccuracyRange(make('17-fixed'), range);
  const { under, over } = range;
  const values = [under, -over, under + 1, -over - 1, over + 1, over, 0];

  it('hpcc_test_compare_value_boundaries', () => {
    const tree = make('17-fixed');
    tree.set(0);
    expect(under).toBeGreaterThan(over);
    expect(values.map((v) => approximateCompareValue(tree, v))).toEqual([0, 0, 1, -1, 0, 0, 0]);
    expect(values.map((v) => preciseCompareValue(tree, v))).toEqual([1, -1, 1, -1, 1, 1, 0]);
  });

  it.each([17, 'mm-tree'] as const)(
    'version %s tests over where it should test under',
    (version) => {
      const tree = make(version);
      expect(values.map((v) => approximateCompareValue(tree, v))).toEqual([1, 0, 1, 0, 1, 0, 0]);
      // The precise sum of an untouched counter is what it reads, so the answer is still right.
      expect(values.map((v) => preciseCompareValue(tree, v))).toEqual([1, -1, 1, -1, 1, 1, 0]);
    },
  );

  it('hpcc_test_compare_counter_boundaries', () => {
    const combined = under + over;
    const pairs: [number, number][] = [
      [combined, 0],
      [0, combined],
      [combined + 1, 0],
      [0, combined + 1],
      [42, 42],
    ];
    const answers = pairs.map(([first, second]) => {
      const [a, b] = [make('17-fixed'), make('17-fixed')];
      a.set(first);
      b.set(second);
      return [approximateCompare(a, b), preciseCompare(a, b)];
    });
    expect(answers).toEqual([
      [0, 1],
      [0, -1],
      [1, 1],
      [-1, -1],
      [0, 0],
    ]);
  });
});

describe('the answers about a counter at its worst', () => {
  // 15, 15, 7, 7, 1, 1, 1, 1, 1 pages: the approximate sum is 0 and the precise one 49, over is 48.
  const pages = [15, 15, 7, 7, 1, 1, 1, 1, 1];
  it.each([
    [17, 1],
    ['mm-tree', 1],
    ['17-fixed', 0],
  ] as const)('version %s compares 49 with itself as %i', (version, answer) => {
    const tree = createPercpuCounterTree(9, { ...DEFAULT_TREE, version, batch: 2 });
    for (const [cpu, n] of pages.entries()) tree.add(cpu, n);
    expect([tree.approximateSum(), tree.preciseSum()]).toEqual([0, 49]);
    expect(approximateCompareValue(tree, 49)).toBe(answer);
    expect(preciseCompareValue(tree, 49)).toBe(answer);
  });

  it('the range of RSS adds up over its counters', () => {
    const range = { under: 0, over: 0 };
    for (const version of [17, '17-fixed', 'mm-tree'] as const) {
      approximateAccuracyRange(createPercpuCounterTree(250, { ...DEFAULT_TREE, version }), range);
    }
    expect(range).toEqual({ under: 3 * 32 * 768, over: 3 * 31 * 768 });
  });

  it('two counters of one machine have a.under + b.over = a.over + b.under, whatever their batches', () => {
    const at = (version: TreeVersion, batch: number, approximate: number) => {
      const tree = createPercpuCounterTree(2, { ...DEFAULT_TREE, version, batch });
      tree.set(approximate);
      return tree;
    };
    // Under is over plus the multiplier, 2, in both: 64 and 62, 4 and 2.
    const answers = ([17, '17-fixed', 'mm-tree'] as const).map((version) =>
      [66, 67, -66, -67].map((d) => approximateCompare(at(version, 32, d), at(version, 2, 0))),
    );
    expect(answers).toEqual([
      [0, 1, 0, -1],
      [0, 1, 0, -1],
      [0, 1, 0, -1],
    ]);
  });
});
