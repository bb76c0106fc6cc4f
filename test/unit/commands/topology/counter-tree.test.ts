/** Who shares the items of a counter tree, against the counters themselves and figures of the kernel's arithmetic. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterTree } from '../../../../src/commands/topology/tree/counter-tree.ts';
import type { CounterTree, TreeSpec } from '../../../../src/commands/topology/tree/result.ts';
import { MEMBER } from '../../../../src/kernel/rss-stat.ts';
import { DEFAULT_TREE, TREE_MAPPINGS } from '../../../../src/kernel/tree-shape.ts';
import { createCounters, parseScheme } from '../../../../src/schemes/registry.ts';
import { loadBundled } from '../../../../src/topology/bundled.ts';
import { parseCpulist } from '../../../../src/topology/cpulist.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import type { Topology } from '../../../../src/topology/topology.ts';
import { KIND } from '../../../../src/update/kinds.ts';
import { flatMachine } from '../../../support/machines.ts';
import { randomMachine } from '../../../support/random-machines.ts';
import { columnsOf, readingsOf } from '../../../support/updates.ts';

function spec(text: string): TreeSpec {
  const parsed = parseScheme(text);
  if (parsed.scheme !== 'tree') throw new Error(text);
  return parsed;
}

const of = (topology: Topology, text = 'tree') => counterTree('0', topology, spec(text));

/** The items that one add of the approximate sum's step on a CPU moves, a level each: those on its path. */
function itemsMoved(topology: Topology, tree: TreeSpec, cpu: number): number[] {
  const counters = createCounters(topology, tree);
  const updates = [{ cpu, pages: 2 ** 16, kind: KIND.remote }];
  readingsOf(counters, columnsOf(updates));
  const { items } = counters.state(MEMBER.anon) as { items: number[][] };
  return items.map((values) => values.findIndex((value) => value !== 0));
}

/** The items that list a CPU, a level each. */
function itemsListing({ levels }: CounterTree, cpu: number): number[] {
  return levels.map(({ shared }) =>
    shared.findIndex(({ cpus }) => parseCpulist(cpus).includes(cpu)),
  );
}

const treeSpec = fc.record({
  batch: fc.constantFrom(2, 32),
  version: fc.constantFrom(2 as const, 4 as const),
  arities: fc.option(fc.constantFrom([128], [2, 64], [4, 4, 8], [8, 16])),
  mapping: fc.constantFrom(...TREE_MAPPINGS),
});

describe('the items of a counter tree', () => {
  it('list the CPUs whose adds move them, on any machine', () => {
    fc.assert(
      fc.property(randomMachine, treeSpec, (topology, parameters) => {
        // Some random machines have ids from 128 on: their tree is the version's own.
        const arities = topology.nrCpuIds > 128 ? null : parameters.arities;
        const tree: TreeSpec = { scheme: 'tree', ...parameters, arities };
        const found = counterTree('0', topology, tree);
        for (const cpu of topology.online) {
          expect(itemsListing(found, cpu)).toEqual(itemsMoved(topology, tree, cpu));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('list each on-line CPU once a level, and count the possible ones', () => {
    fc.assert(
      fc.property(randomMachine, treeSpec, (topology, parameters) => {
        const tree: TreeSpec = { scheme: 'tree', ...parameters, arities: null };
        for (const { shared, items, itemsInUse, onlineCpus } of counterTree('0', topology, tree)
          .levels) {
          const listed = shared.flatMap(({ cpus }) => [...parseCpulist(cpus)]);
          expect(listed.sort((a, b) => a - b)).toEqual([...topology.online]);
          const possible = shared.reduce((sum, item) => sum + item.possibleCpus, 0);
          expect(possible).toBe(topology.possible.length);
          const used = shared.map((item) => item.onlineCpus).filter((count) => count > 0);
          expect([items, itemsInUse]).toEqual([shared.length, used.length]);
          expect(onlineCpus).toEqual({ min: Math.min(...used), max: Math.max(...used) });
        }
      }),
    );
  });

  it('span what their CPUs are in, on any machine', () => {
    fc.assert(
      fc.property(randomMachine, (topology) => {
        const nodesOf = (cpus: string) =>
          topology.numaNodes.filter((node) =>
            parseCpulist(cpus).some((cpu) => node.cpus.includes(cpu)),
          );
        for (const { shared, span, within } of of(topology).levels) {
          if (topology.numaNodes.length === 0) {
            expect([span.numaNodes, within.numaNodes]).toEqual([null, null]);
            continue;
          }
          const counts = shared.map(({ cpus }) => nodesOf(cpus).length);
          expect(shared.map(({ numaNodes }) => numaNodes)).toEqual(counts);
          expect(within.numaNodes).toBe(counts.filter((count) => count === 1).length);
        }
      }),
    );
  });

  it('are those of RFC v4 at 250 CPUs: neighbours never share, both nodes always do', () => {
    const { levels, order, perCpu, otherMapping } = of(loadBundled('250cpu'));
    expect(order).toBe(8);
    expect(perCpu).toEqual({ counters: 250, batchPages: 32 });
    expect(levels.map(({ items, arity, batchPages }) => [items, arity, batchPages])).toEqual([
      [32, 8, 256],
      [4, 8, 2048],
      [1, 4, null],
    ]);
    expect(levels[0]?.shared[26]).toEqual({
      item: 26,
      cpus: '26,58,90,122,154,186,218',
      onlineCpus: 7,
      possibleCpus: 7,
      cores: 7,
      // 26 and 154 in 24-31,149-156; 58 and 186 in 56-62,181-187; 90 and 218 in 87-94,212-219; 122.
      lastLevelCaches: 4,
      packages: 2,
      numaNodes: 2,
    });
    expect(levels[0]?.span.numaNodes).toEqual({ min: 2, max: 2 });
    expect(levels[0]?.within.numaNodes).toBe(0);
    // 63 cores of a node are 7 or 8 items of 8 CPUs each, and one item that both nodes share.
    expect(otherMapping).toMatchObject({
      mapping: 'logical',
      levels: [{ itemsInUse: 32, within: { numaNodes: 31 } }, {}, {}],
    });
  });

  it('are neighbours in logical order under mapping=logical', () => {
    const { levels, otherMapping } = of(loadBundled('250cpu'), 'tree:mapping=logical');
    expect(levels[0]?.shared[0]?.cpus).toBe('0-3,125-128');
    expect(levels[0]?.within.numaNodes).toBe(31);
    expect(otherMapping).toMatchObject({
      mapping: 'kernel',
      levels: [{ itemsInUse: 32, within: { numaNodes: 0 } }, {}, {}],
    });
  });

  it('are counted as in use for each mapping: 384 CPUs fill 48 of 64 items in logical order', () => {
    const { levels, otherMapping } = of(loadBundled('epyc-9654-2s'));
    expect(levels.map(({ itemsInUse }) => itemsInUse)).toEqual([64, 8, 1]);
    // 384 / 8 CPUs an item; 48 / 8 items an item.
    expect(otherMapping.levels).toMatchObject([
      { itemsInUse: 48, within: { numaNodes: 48 } },
      { itemsInUse: 6, within: { numaNodes: 6 } },
      { itemsInUse: 1, within: { numaNodes: 0 } },
    ]);
  });

  it('count on-line CPUs alone, as items without any are not in use', () => {
    const topology = validateTopology({
      name: 'half',
      cpus: { possible: '0-15', online: '0-3' },
      numaNodes: [{ id: 0, cpus: '0-15' }],
    });
    const [lowest] = of(topology, 'tree:mapping=logical').levels;
    expect([lowest?.items, lowest?.itemsInUse, lowest?.shared[1]]).toEqual([
      4,
      1,
      {
        item: 1,
        cpus: '',
        onlineCpus: 0,
        possibleCpus: 4,
        cores: null,
        lastLevelCaches: null,
        packages: null,
        numaNodes: 0,
      },
    ]);
  });

  it('are in no part alone where one of their CPUs is in none', () => {
    const topology = validateTopology({
      name: 'hybrid',
      cpus: { possible: '0-3' },
      caches: [{ level: 3, cpus: '0' }],
    });
    const { levels } = of(topology, 'tree:arity=2x2');
    expect(levels.map(({ shared }) => shared.map((item) => item.lastLevelCaches))).toEqual([
      [1, 0],
      [1],
    ]);
    expect(levels.map(({ within }) => within.lastLevelCaches)).toEqual([0, 0]);
  });

  it('are none for one CPU', () => {
    expect(of(flatMachine(1))).toMatchObject({
      order: 0,
      perCpu: { counters: 1, batchPages: null },
      levels: [],
      otherMapping: { levels: [] },
    });
  });

  it('refuse a machine that the arities do not cover', () => {
    const tree: TreeSpec = { scheme: 'tree', ...DEFAULT_TREE, arities: [2, 2] };
    expect(() => counterTree('0', flatMachine(5), tree)).toThrow(/covers 4 CPUs/);
  });
});
