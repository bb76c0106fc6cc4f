/** How the parts of a machine lie within each other, and how equal ones fold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundParts,
  foldMachine,
  machineTree,
  type Part,
  type PartName,
} from '../../../../src/commands/topology/machine-tree.ts';
import { loadBundled } from '../../../../src/topology/bundled.ts';
import { formatCpulist, parseCpulist } from '../../../../src/topology/cpulist.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import type { Topology } from '../../../../src/topology/topology.ts';
import { randomMachine } from '../../../support/random-machines.ts';

/** How many parts there are below, those that fold into one as one. */
function countParts(part: Part): number {
  return [...part.children].reduce((sum, child) => sum + 1 + countParts(child), 0);
}

function nameText({ title, ids }: PartName): string {
  return [ids].flat().length === 0 ? title : `${title} ${ids}`;
}

/** "package 0 + L3 [0-3] { … }": a tree on one line. */
function drawn({ names, first, children }: Part): string {
  const name = names.length === 0 ? 'machine' : names.map(nameText).join(' + ');
  const inner = children.length === 0 ? '' : ` { ${children.map(drawn).join('; ')} }`;
  return `${name} [${formatCpulist(first)}]${inner}`;
}

const drawnTopology = (topology: Topology) => drawn(machineTree(topology).root);

/** "2x core of 2": the tree folded, on one line. */
function folded({ names, count, first, children }: Part): string {
  const name = names.map(({ kind }) => kind).join('+') || 'machine';
  const inner = children.length === 0 ? '' : ` { ${children.map(folded).join('; ')} }`;
  return `${count === 1 ? '' : `${count}x `}${name} of ${first.length}${inner}`;
}

const ALL_LEVELS = Number.POSITIVE_INFINITY;

describe('the tree of a machine', () => {
  it('has parts with the same CPUs as one, the outer kind first', () => {
    expect(drawnTopology(loadBundled('8cpu'))).toBe(
      'machine [0-7] { package 0 + node 0 + L3 [0-7] { core [0,4]; core [1,5]; core [2,6]; core [3,7] } }',
    );
  });

  it('follows the CPUs, not the kind: nodes in a cache, caches in a core, packages in a node', () => {
    const kindsOf = (part: Part): string[] => [
      part.names.map(({ kind }) => kind).join('+'),
      ...[...part.children].slice(0, 1).flatMap(kindsOf),
    ];
    const of = (topology: Topology) => kindsOf(machineTree(topology).root);
    expect(of(loadBundled('xeon-6980p-2s'))).toEqual(['', 'package+cache', 'node', 'core']);
    expect(of(loadBundled('epyc-9654-2s-nps4'))).toEqual(['', 'package', 'node', 'cache', 'core']);
    expect(of(loadBundled('power10-e1080'))).toEqual(['', 'package+node', 'core', 'cache']);
    const oneNode = validateTopology({
      name: 'interleaved',
      cpus: { possible: '0-3' },
      packages: [
        { id: 0, cpus: '0-1' },
        { id: 1, cpus: '2-3' },
      ],
      numaNodes: [{ id: 0, cpus: '0-3' }],
    });
    expect(of(oneNode)).toEqual(['', 'node', 'package']);
  });

  it('has dies between packages and nodes', () => {
    const topology = validateTopology({
      name: 'dies',
      cpus: { possible: '0-3' },
      packages: [{ id: 0, cpus: '0-3' }],
      dies: [
        { package: 0, id: 0, cpus: '0-1' },
        { package: 0, id: 1, cpus: '2-3' },
      ],
      numaNodes: [
        { id: 0, cpus: '0-1' },
        { id: 1, cpus: '2-3' },
      ],
    });
    expect(drawnTopology(topology)).toBe(
      'machine [0-3] { package 0 [0-3] { die 0 + node 0 [0-1]; die 1 + node 1 [2-3] } }',
    );
  });

  it('has CPUs that are off-line or not there by their state, and nodes without CPUs last', () => {
    const topology = validateTopology({
      name: 'sparse',
      cpus: { possible: '0-9', present: '0-6', online: '0-3,5' },
      caches: ['0-1', '2-4'].map((cpus) => ({ level: 2, cpus })),
      numaNodes: [
        { id: 3, cpus: '', memoryMiB: 8 },
        { id: 0, cpus: '0-5' },
      ],
    });
    expect(drawnTopology(topology)).toBe(
      'machine [0-9] { node 0 [0-5] { L2 [0-1]; L2 [2-4]; CPUs [5] }; CPUs off-line [6]; CPUs not present [7-9]; node 3 [] }',
    );
  });

  it('has no place for a part that overlaps one of an earlier kind, and tells it', () => {
    const { root, crossing } = machineTree(
      validateTopology({
        name: 'crossing',
        cpus: { possible: '0-7' },
        packages: [
          { id: 0, cpus: '0-3' },
          { id: 1, cpus: '4-7' },
        ],
        numaNodes: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '2-5' },
          { id: 2, cpus: '6-7' },
        ],
      }),
    );
    expect(crossing.map(({ names, first }) => [nameText(names[0]!), formatCpulist(first)])).toEqual(
      [['node 1', '2-5']],
    );
    expect(drawn(root)).toBe(
      'machine [0-7] { package 0 [0-3] { node 0 [0-1]; CPUs [2-3] }; package 1 [4-7] { CPUs [4-5]; node 2 [6-7] } }',
    );
  });

  it('holds every CPU once in its leaves and every part once, of any machine', () => {
    const leaves = (part: Part): number[] =>
      part.children.length === 0 ? [...part.first] : [...part.children].flatMap(leaves);
    const names = (part: Part): string[] => [
      ...part.names
        .filter(({ kind }) => kind !== 'cpus')
        .map((name) => `${nameText(name)} ${formatCpulist(part.first)}`),
      ...[...part.children].flatMap(names),
    ];
    const demandWithin = (part: Part): void => {
      const { online, offline, absent } = part.states;
      expect(online + offline + absent).toBe(part.first.length);
      if (part.children.length === 0) return;
      const inner = [...part.children].flatMap(({ first }) => [...first]).sort((a, b) => a - b);
      expect(inner).toEqual([...part.first]);
      part.children.forEach(demandWithin);
    };
    fc.assert(
      fc.property(randomMachine, (topology) => {
        const { root, crossing } = machineTree(topology);
        demandWithin(root);
        expect(leaves(root).sort((a, b) => a - b)).toEqual([...topology.possible]);
        const { packages, dies, numaNodes, caches, cores } = topology;
        const described = [
          ...packages.map(({ id, cpus }) => `package ${id} ${formatCpulist(cpus)}`),
          ...dies.map(({ id, cpus }) => `die ${id} ${formatCpulist(cpus)}`),
          ...numaNodes.map(({ id, cpus }) => `node ${id} ${formatCpulist(cpus)}`),
          ...caches.map(({ level, cpus }) => `L${level} ${formatCpulist(cpus)}`),
          ...cores.map((cpus) => `core ${formatCpulist(cpus)}`),
        ];
        const outside = crossing.map(
          ({ names, first }) => `${nameText(names[0]!)} ${formatCpulist(first)}`,
        );
        expect([...names(root), ...outside].sort()).toEqual(described.sort());
      }),
    );
  });
});

describe('a folded tree', () => {
  it('has parts of the same shape once, with how many there are', () => {
    const of = (name: string) =>
      folded(foldMachine(machineTree(loadBundled(name)).root, ALL_LEVELS));
    expect(of('8192cpu')).toBe(
      'machine of 8192 { 64x package+node of 128 { 8x cache of 16 { 8x core of 2 } } }',
    );
    expect(of('250cpu')).toBe(
      'machine of 250 { package+node of 126 { 7x cache of 16 { 8x core of 2 }; cache of 14 { 7x core of 2 } }; package+node of 124 { 7x cache of 16 { 8x core of 2 }; cache of 12 { 6x core of 2 } } }',
    );
  });

  it('keeps apart what differs in the state of its CPUs', () => {
    const topology = validateTopology({
      name: 'half',
      cpus: { possible: '0-7', online: '0-6' },
      cores: ['0-1', '2-3', '4-5', '6-7'],
      numaNodes: [{ id: 0, cpus: '0-7' }],
    });
    const { children } = foldMachine(machineTree(topology).root, ALL_LEVELS).children.at(0)!;
    expect(children.map(({ count, states }) => [count, states.online, states.offline])).toEqual([
      [3, 2, 0],
      [1, 1, 1],
    ]);
  });

  it('has all ids, the first and the last CPUs, and the range of memory', () => {
    const topology = validateTopology({
      name: 'nodes',
      cpus: { possible: '0-3' },
      numaNodes: [2, 0, 9]
        .map((id, i) => ({ id, cpus: `${i}`, memoryMiB: 100 - i }))
        .concat([{ id: 5, cpus: '3', memoryMiB: 50 }]),
    });
    const [node] = foldMachine(machineTree(topology).root, ALL_LEVELS).children;
    expect(node?.names).toEqual([
      { kind: 'node', title: 'node', ids: [2, 0, 9, 5], memoryMiB: { min: 50, max: 100 } },
    ]);
    expect([node?.first, node?.last]).toEqual([parseCpulist('0'), parseCpulist('3')]);
  });

  it('stands for as many CPUs as there are, folded or not, of any machine', () => {
    const cpusUnder = ({ count, first, children }: Part): number =>
      count *
      (children.length === 0
        ? first.length
        : [...children].reduce((sum, child) => sum + cpusUnder(child), 0));
    fc.assert(
      fc.property(randomMachine, fc.nat({ max: 4 }), (topology, deepest) => {
        const { root } = machineTree(topology);
        for (const levels of [ALL_LEVELS, 0, deepest]) {
          expect(cpusUnder(foldMachine(root, levels))).toBe(topology.possible.length);
        }
      }),
    );
  });

  it('is bounded from the inside out, and tells how many parts are left out', () => {
    fc.assert(
      fc.property(randomMachine, fc.nat({ max: 30 }), (topology, most) => {
        const whole = machineTree(topology).root;
        const bounded = boundParts(whole, most);
        expect(countParts(bounded)).toBe(Math.min(most, countParts(whole)));
        const check = (kept: Part, of: Part): void => {
          expect(kept.children.length + kept.leftOut).toBe(of.children.length);
          kept.children.forEach((child, i) => void check(child, of.children.at(i)!));
        };
        check(bounded, whole);
      }),
    );
  });
});
