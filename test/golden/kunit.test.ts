/**
 * The tree series' own test suite (2026), re-expressed: two counters get the same increments by
 * different routes, and after each round everything a counter publishes must hold. Unlike the
 * kernel's, every random increment here comes from a seed.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_TREE } from '../../src/kernel/tree-shape.ts';
import {
  approximateCompare,
  approximateCompareValue,
  approximateMinMaxRange,
  createPercpuCounterTree,
  type PercpuCounterTree,
  preciseCompare,
  preciseCompareValue,
} from '../../src/schemes/tree/percpu-counter-tree.ts';
import { below, type RandomState, seedRandom } from '../../src/workload/contract/random.ts';

type Version = 4 | 17;

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
