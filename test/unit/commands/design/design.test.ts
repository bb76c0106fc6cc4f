/** The search of designs, against every design of a small machine counted by hand, and its pruning against none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EXACT_OBJECTIVES,
  type ExactObjective,
  type Figures,
  figureOf,
  figuresOf,
  type Purpose,
} from '../../../../src/commands/design/objectives.ts';
import {
  createFront,
  dominates,
  findAll,
  findFront,
  type Limits,
  pointOf,
  type SearchRequest,
} from '../../../../src/commands/design/search.ts';
import { compositions, DEFAULT_SPACE, treeDesign } from '../../../../src/commands/design/space.ts';
import { leastFigures, treeKind, wholeFigures } from '../../../../src/commands/design/trees.ts';
import { countOrder, TREE_MAPPINGS } from '../../../../src/kernel/tree-shape.ts';
import { machineSize } from '../../../../src/schemes/bound.ts';
import { formatScheme, parseScheme } from '../../../../src/schemes/registry.ts';
import type { Topology } from '../../../../src/topology/topology.ts';
import { flatMachine } from '../../../support/machines.ts';
import { randomMachine } from '../../../support/random-machines.ts';

const NO_LIMITS: Limits = { errorPages: null, memoryBytes: null, touches: null };

const silent = () => undefined;

function purposeOn(topology: Topology, more: Partial<Purpose> = {}): Purpose {
  return {
    ...{ topology, size: machineSize(topology), threads: topology.online.length },
    ...{ inFlight: { updates: 2, pages: 1 }, used: null, switchEvery: 1024 },
    ...more,
  };
}

const requestOn = (topology: Topology, more: Partial<SearchRequest> = {}): SearchRequest => ({
  ...{ purpose: purposeOn(topology), space: DEFAULT_SPACE, limits: NO_LIMITS },
  ...more,
});

/** Every way to cut a line of so many leaves' bits, as numbers whose set bits are the cuts. */
function allOrders(order: number): number[][] {
  return Array.from({ length: 2 ** (order - 1) }, (_, cuts) => {
    const orders = [1];
    for (let bit = 0; bit < order - 1; bit++) {
      if ((cuts >> bit) & 1) orders.push(1);
      else orders.push(orders.pop()! + 1);
    }
    return orders;
  });
}

/**
 * A tree of 2^k CPUs counted page by page, every CPU by turns, with the most that it can hold back added up
 * item by item: nothing is shared with the program.
 */
function byHand(orders: readonly number[], batch: number, cpus: number) {
  const leavesBelow = orders.map((_, level) =>
    orders.slice(0, level + 1).reduce((a, b) => a + b, 0),
  );
  const batches = [batch, ...leavesBelow.slice(0, -1).map((leaves) => batch * 2 ** leaves)];
  const itemsAt = leavesBelow.map((leaves) => cpus / 2 ** leaves);
  const values = [
    new Array<number>(cpus).fill(0),
    ...itemsAt.map((n) => new Array<number>(n).fill(0)),
  ];
  const touched = values.map((level) => level.map(() => 0));
  const pagesEach = batch * cpus;
  for (let page = 0; page < pagesEach; page++) {
    for (let cpu = 0; cpu < cpus; cpu++) {
      let carry = 1;
      for (let level = 0; level < values.length && carry > 0; level++) {
        const item = cpu % values[level]!.length;
        values[level]![item]! += carry;
        touched[level]![item]! += 1;
        const full = batches[level];
        carry = full !== undefined && values[level]![item]! % full === 0 ? full : 0;
      }
    }
  }
  const shared = touched.slice(1).flat();
  let worst = cpus * (batch - 1);
  for (let level = 1; level < batches.length; level++) {
    worst += itemsAt[level - 1]! * (batches[level]! - batches[level - 1]!);
  }
  const pages = pagesEach * cpus;
  return {
    worst,
    touches: shared.reduce((a, b) => a + b, 0) / pages,
    busiest: Math.max(...shared) / pages,
    // An atomic_long or what v4 has in the mm_struct, an int a CPU, a line of 64 bytes an item; 4 members.
    items: 4 * 64 * itemsAt.reduce((a, b) => a + b, 0),
  };
}

describe('the figures of a tree on 8 CPUs', () => {
  it.each(allOrders(3))('are those counted page by page: %j', async (...orders) => {
    const purpose = purposeOn(flatMachine(8));
    for (const batch of [2, 8, 16]) {
      const { items, ...figures } = byHand(orders, batch, 8);
      for (const mapping of TREE_MAPPINGS) {
        const spec = treeDesign(orders, batch, mapping);
        const found = await figuresOf(spec, purpose);
        expect(found, formatScheme(spec)).toMatchObject(figures);
        const base = await figuresOf(treeDesign([3], batch, mapping), purpose);
        expect(found.memory - base.memory).toBe(items - 4 * 64);
      }
    }
  });
});

describe('the front', () => {
  it('of 8 CPUs is that of every design by brute force', async () => {
    const topology = flatMachine(8, 2);
    const objectives: ExactObjective[] = ['worst', 'touches', 'busiest', 'memory', 'reads'];
    const found = await findFront(requestOn(topology), objectives, silent);
    const batches = [8, 16, 32, 64, 128];
    const names = [
      ...['atomic', 'per-thread', 'per-cpu', 'per-numa', 'tree', 'two-level', 'lazy'],
      ...['atomic-until-threaded', 'stash'],
      ...batches.flatMap((batch) => [
        `per-cpu:batch=${batch}`,
        `per-numa:batch=${batch}`,
        `stash:cap=${batch}`,
        `stash:cap=${batch},read=shared`,
        ...[8, 32, 128].map((times) => `two-level:batch=${batch},middle=${batch * times}`),
        ...['2x2x2', '2x4', '4x2', '8'].flatMap((arity) =>
          ['kernel', 'high', 'logical'].map(
            (mapping) => `tree:arity=${arity},batch=${batch},mapping=${mapping}`,
          ),
        ),
      ]),
    ];
    const specs = [...new Set(names.map((name) => formatScheme(parseScheme(name))))];
    expect(found.designs).toBe(specs.length);
    const points = await Promise.all(
      specs.map(async (name) => {
        const figures = await figuresOf(parseScheme(name), purposeOn(topology));
        return { name, figures: objectives.map((objective) => figureOf(figures, objective)) };
      }),
    );
    const undominated = points.filter(
      ({ figures }) =>
        !points.some(
          (other) =>
            other.figures.every((value, i) => value <= figures[i]!) &&
            other.figures.some((value, i) => value < figures[i]!),
        ),
    );
    const names8 = found.points.flatMap(({ designs }) => designs.map(formatScheme));
    expect(names8.sort()).toEqual(undominated.map(({ name }) => name).sort());
    expect(undominated.length).toBeGreaterThan(10);
    expect(undominated.length).toBeLessThan(specs.length);
  });

  it('loses no point by what it cuts, on any machine and by any objectives', async () => {
    const objective = fc.uniqueArray(fc.constantFrom(...EXACT_OBJECTIVES), { minLength: 1 });
    let cut = 0;
    await fc.assert(
      fc.asyncProperty(randomMachine, objective, fc.boolean(), async (topology, chosen, half) => {
        const used = half ? topology.online.slice(0, Math.ceil(topology.online.length / 2)) : null;
        const space = { ...DEFAULT_SPACE, batches: [8, 32] };
        const request = requestOn(topology, { purpose: purposeOn(topology, { used }), space });
        const found = await findFront(request, chosen, silent);
        cut += found.cut;
        const { candidates } = await findAll(request, silent);
        const whole = createFront<string>();
        for (const { spec, figures } of candidates) {
          whole.add(pointOf(figures, chosen), formatScheme(spec));
        }
        const pointsOf = (points: readonly { readonly point: readonly number[] }[]) =>
          points.map(({ point }) => JSON.stringify(point)).sort();
        expect(pointsOf(found.points)).toEqual(pointsOf(whole.points()));
        expect(found.designs).toBe(candidates.length);
      }),
      { numRuns: 25 },
    );
    expect(cut).toBeGreaterThan(0);
  });

  it('has no design that another dominates', () => {
    const point = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const front = createFront<number>();
        for (const [index, each] of points.entries()) front.add(each, index);
        const kept = front.points().flatMap(({ designs }) => designs);
        const free = points.flatMap((each, index) =>
          points.some((other) => dominates(other, each)) ? [] : [index],
        );
        expect(kept.sort((a, b) => a - b)).toEqual(free);
      }),
    );
  });
});

describe('what the arities so far decide', () => {
  const figures = (of: Figures) => EXACT_OBJECTIVES.map((objective) => figureOf(of, objective));

  it('is least of every tree that begins so, and whole of the one with one level more', async () => {
    const beginnings = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
    const mapping = fc.constantFrom(...TREE_MAPPINGS);
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(randomMachine, beginnings, mapping, async (topology, beginning, map) => {
        const order = countOrder(topology.nrCpuIds);
        const left = order - beginning.reduce((sum, arity) => sum + arity, 0);
        if (left < 1) return;
        const used = topology.online.slice(0, Math.ceil(topology.online.length / 2));
        const purpose = purposeOn(topology, { used, inFlight: { updates: 3, pages: 40 } });
        const kind = treeKind(16, map, purpose)!;
        const least = figures(leastFigures(kind, beginning));
        for (const rest of allOrders(left)) {
          const whole = figures(
            await figuresOf(treeDesign([...beginning, ...rest], 16, map), purpose),
          );
          whole.forEach((figure, i) => void expect(figure).toBeGreaterThanOrEqual(least[i]!));
          if (rest.length > 1) continue;
          expect(figures(wholeFigures(kind, beginning))).toEqual(whole);
          seen += 1;
        }
      }),
      { numRuns: 40 },
    );
    expect(seen).toBeGreaterThan(10);
  });

  it('counts the ways to divide an order', () => {
    for (let order = 1; order < 9; order++) {
      for (let levels = 1; levels < 9; levels++) {
        const ways = allOrders(order).filter((orders) => orders.length <= levels);
        expect(compositions(order, levels)).toBe(ways.length);
      }
    }
  });
});
