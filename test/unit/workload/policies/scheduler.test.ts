/** The policies that sketch a scheduler: where threads go, how far, and how often. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import { groupOfCpu, type Topology } from '../../../../src/topology/topology.ts';
import type { Place } from '../../../../src/workload/contract/policy.ts';
import { type RandomState, seedRandom } from '../../../../src/workload/contract/random.ts';
import { loadBalance as loadBalancePolicy } from '../../../../src/workload/policies/load-balance.ts';
import { wakeAffine as wakeAffinePolicy } from '../../../../src/workload/policies/wake-affine.ts';
import { flatMachine } from '../../../support/machines.ts';

function wakeAffine(
  topology: Topology,
  cpus: Int32Array,
  random: RandomState,
  threads: number,
  meanRun: number,
  busyPerMillion: number,
): Place {
  const values = { meanRun, busyPerMillion };
  return wakeAffinePolicy.createPlace({ topology, cpus, random, threads }, values);
}

function loadBalance(
  topology: Topology,
  cpus: Int32Array,
  random: RandomState,
  every: number,
  busyPerMillion: number,
): Place {
  const request = { topology, cpus, random, threads: 1 };
  return loadBalancePolicy.createPlace(request, { every, busyPerMillion });
}

/** Two nodes of 32 CPUs, four caches of 8 in each, four cores of 2 in each of those. */
const regular: Topology = validateTopology({
  name: 'regular',
  cpus: { possible: '0-63' },
  cores: Array.from({ length: 32 }, (_, core) => `${core},${core + 32}`),
  caches: Array.from({ length: 8 }, (_, cache) => ({
    level: 3,
    cpus: `${4 * cache}-${4 * cache + 3},${4 * cache + 32}-${4 * cache + 35}`,
  })),
  numaNodes: [
    { id: 0, cpus: '0-15,32-47' },
    { id: 1, cpus: '16-31,48-63' },
  ],
});

const coreOf = groupOfCpu(64, regular.cores);
const cacheOf = groupOfCpu(
  64,
  regular.caches.map(({ cpus }) => cpus),
);
const nodeOf = groupOfCpu(
  64,
  regular.numaNodes.map(({ cpus }) => cpus),
);

/** The smallest domain that both CPUs are in: 0 the CPU, 1 core, 2 cache, 3 node, 4 machine. */
function distance(a: number, b: number): number {
  if (a === b) return 0;
  if (coreOf[a] === coreOf[b]) return 1;
  if (cacheOf[a] === cacheOf[b]) return 2;
  return nodeOf[a] === nodeOf[b] ? 3 : 4;
}

/** How far each operation of a thread is from its last one. */
function moves(place: Place, operations: number, thread = 0): number[] {
  let cpu = place(thread);
  return Array.from({ length: operations - 1 }, () => {
    const from = cpu;
    cpu = place(thread);
    return distance(from, cpu);
  });
}

const share = (found: readonly number[], of: (move: number) => boolean) =>
  found.filter(of).length / found.length;

const MILLION = 1_000_000;

describe('wake-affine', () => {
  const place = (meanRun: number, busy: number, threads = 1, seed = 1) =>
    wakeAffine(regular, regular.online, seedRandom(seed), threads, meanRun, busy);

  it('goes back to its CPU for ever while all are idle', () => {
    expect(new Set(moves(place(1, 0), 5000))).toEqual(new Set([0]));
  });

  it('leaves its cache only for the CPU of an interrupt, where it is alone', () => {
    // Its CPU is busy (b), an interrupt wakes it (1/2), its CPU is the target (1/2), in another cache.
    for (const [meanRun, busy] of [
      [1, 500_000],
      [1, MILLION],
      [10, 250_000],
    ] as const) {
      const expected = (busy / MILLION / meanRun) * 0.25 * (1 - 8 / 64);
      const left = share(moves(place(meanRun, busy), 200_000), (move) => move > 2);
      expect(left / expected).toBeGreaterThan(0.93);
      expect(left / expected).toBeLessThan(1.07);
    }
  });

  it('finds no idle CPU where all are busy: it stays, or queues where its waker is', () => {
    const policy = place(1, MILLION, 2);
    const first = policy(0);
    const second = policy(1);
    let [mine, others] = [first, second];
    let [stayed, joined, interrupted] = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) {
      const next = policy(0);
      if (next === mine) stayed += 1;
      else if (next === others) joined += 1;
      else interrupted += 1;
      mine = next;
      others = policy(1);
    }
    // Wakers are itself, the other thread and an interrupt, a third each; half of them are followed.
    expect(joined / 30_000).toBeGreaterThan(0.06);
    expect(interrupted / 30_000).toBeLessThan(0.17);
    expect(stayed).toBeGreaterThan(20_000);
  });

  it('draws threads together: a thread is more often in the cache of another than by chance', () => {
    const policy = place(1, 500_000, 4);
    let together = 0;
    for (let i = 0; i < 40_000; i++) {
      const caches = [0, 1, 2, 3].map((thread) => cacheOf[policy(thread)]!);
      if (caches[0] === caches[1]) together += 1;
    }
    expect(together / 40_000).toBeGreaterThan(2 / 8);
  });

  it('asks for caches that the machine does not describe', () => {
    const flat = flatMachine(8, 2);
    expect(() => wakeAffine(flat, flat.online, seedRandom(1), 1, 1, 0)).toThrow(
      'wake-affine migration: flat describes no cache for 8 of the CPUs that threads run on',
    );
  });
});

describe('load-balance', () => {
  const place = (every: number, busy: number, seed = 1) =>
    loadBalance(regular, regular.online, seedRandom(seed), every, busy);

  it('never pulls what is on the less busy CPU', () => {
    expect(new Set(moves(place(1, 0), 5000))).toEqual(new Set([0]));
  });

  it.each([1, 3, 100])(
    'pulls each domain by its weight where it always pulls, every %i operations a CPU',
    (every) => {
      // Domains of 2, 8, 32 and 64 CPUs; of those that are due together the largest is seen.
      const found = moves(place(every, MILLION), 1000 * every);
      const due = found.map((_, i) => {
        const operation = i + 2;
        return [64, 32, 8, 2].findIndex((weight) => operation % (weight * every) === 0);
      });
      expect(found).toEqual(due.map((level) => (level < 0 ? 0 : 4 - level)));
    },
  );

  it('looks half as often where the last look pulled nothing', () => {
    // A look pulls with probability q; the next comes after L if it did, else after 2 L.
    for (const q of [0.25, 0.5, 0.75]) {
      const across = share(moves(place(1, q * MILLION), 400_000), (move) => move === 4);
      const expected = q / (64 * (2 - q));
      expect(across / expected).toBeGreaterThan(0.93);
      expect(across / expected).toBeLessThan(1.07);
    }
  });

  it('crosses nodes more rarely than caches, and caches than cores', () => {
    const found = moves(place(1, 500_000), 100_000);
    const [core = 0, cache = 0, node = 0, machine = 0] = [1, 2, 3, 4].map((level) =>
      share(found, (move) => move === level),
    );
    expect(core > cache && cache > node && node > machine && machine > 0).toBe(true);
  });

  it('has no domains on one CPU, and one on a machine that describes none', () => {
    const one = flatMachine(1);
    const stays = loadBalance(one, one.online, seedRandom(1), 1, MILLION);
    expect(Array.from({ length: 10 }, () => stays(0))).toEqual(new Array(10).fill(0));
    const flat = flatMachine(4);
    const hops = loadBalance(flat, flat.online, seedRandom(1), 1, MILLION);
    const cpus = Array.from({ length: 9 }, () => hops(0));
    const changed = cpus.flatMap((cpu, i) => (i > 0 && cpu !== cpus[i - 1] ? [i + 1] : []));
    expect(changed).toEqual([4, 8]);
  });
});

describe.each<[string, (cpus: Int32Array, seed: number) => Place]>([
  ['wake-affine', (cpus, seed) => wakeAffine(regular, cpus, seedRandom(seed), 3, 2, 500_000)],
  ['load-balance', (cpus, seed) => loadBalance(regular, cpus, seedRandom(seed), 1, 500_000)],
])('%s', (_, create) => {
  it('runs threads on the CPUs that are allowed, and on no other', () => {
    const chosen = fc.record({
      cpus: fc.shuffledSubarray([...regular.online], { minLength: 1 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(chosen, ({ cpus, seed }) => {
        const policy = create(Int32Array.from(cpus).sort(), seed);
        const visited = Array.from({ length: 300 }, (__, i) => policy(i % 3));
        expect(visited.filter((cpu) => !cpus.includes(cpu))).toEqual([]);
      }),
    );
  });

  it('comes to every CPU in the end, about equally often', () => {
    const policy = create(regular.online, 1);
    const counts = new Float64Array(64);
    for (let i = 0; i < 1_000_000; i++) counts[policy(0)]! += 1;
    const mean = 1_000_000 / 64;
    expect(Math.min(...counts)).toBeGreaterThan(0.8 * mean);
    expect(Math.max(...counts)).toBeLessThan(1.2 * mean);
  });

  it('goes the same way with the same seed, another with another', () => {
    const way = (seed: number) => {
      const policy = create(regular.online, seed);
      return Array.from({ length: 500 }, (__, i) => policy(i % 3));
    };
    expect(way(7)).toEqual(way(7));
    expect(way(8)).not.toEqual(way(7));
  });
});
