/** Scheduling domains: nested groups of the CPUs that threads may run on, as the machine describes them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledNames, loadBundled } from '../../../../src/topology/bundled.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import type { Topology } from '../../../../src/topology/topology.ts';
import { type Domains, schedulingDomains } from '../../../../src/workload/policies/load-balance.ts';
import { machine } from '../../../support/arbitraries.ts';

/** The groups of each level, as sorted CPU ids. */
function groupsOf({ cpus, levels }: Domains): number[][][] {
  return levels.map(({ start, end }) => {
    const firsts = [...new Set(start)];
    return firsts
      .map((first) => Array.from(cpus.subarray(first, end[first])).sort((a, b) => a - b))
      .sort((a, b) => a[0]! - b[0]!);
  });
}

const sorted = (groups: readonly (readonly number[] | Int32Array)[]) =>
  groups.map((group) => Array.from(group)).sort((a, b) => a[0]! - b[0]!);

/** Two nodes of two caches of two cores of two CPUs, numbered as real machines number them. */
function regular(changes: Record<string, unknown> = {}): Topology {
  return validateTopology({
    name: 'regular',
    cpus: { possible: '0-15' },
    cores: Array.from({ length: 8 }, (_, core) => `${core},${core + 8}`),
    caches: ['0-1,8-9', '2-3,10-11', '4-5,12-13', '6-7,14-15'].map((cpus) => ({ level: 3, cpus })),
    numaNodes: [
      { id: 0, cpus: '0-3,8-11' },
      { id: 1, cpus: '4-7,12-15' },
    ],
    ...changes,
  });
}

describe('scheduling domains', () => {
  it('are cores, caches, nodes and the machine', () => {
    const topology = regular();
    expect(groupsOf(schedulingDomains(topology, topology.online))).toEqual([
      sorted([...topology.cores]),
      sorted(topology.caches.map(({ cpus }) => cpus)),
      sorted(topology.numaNodes.map(({ cpus }) => cpus)),
      sorted([topology.online]),
    ]);
  });

  it('are those of the CPUs that threads may run on: levels that tell nothing fall away', () => {
    const topology = regular();
    // One CPU a core, one cache of each node: cores are single CPUs, caches are the nodes.
    expect(groupsOf(schedulingDomains(topology, Int32Array.of(0, 1, 4, 5)))).toEqual([
      [
        [0, 1],
        [4, 5],
      ],
      [[0, 1, 4, 5]],
    ]);
    expect(schedulingDomains(topology, Int32Array.of(7))).toMatchObject({ levels: [] });
  });

  it('leave out a level that cuts through the groups below it', () => {
    const caches = [{ level: 3, cpus: '0-15' }];
    const across = regular({ caches });
    // Nodes do not hold whole caches here: the machine follows.
    expect(groupsOf(schedulingDomains(across, across.online))).toEqual([
      sorted([...across.cores]),
      [Array.from(across.online)],
    ]);
  });

  it.each(bundledNames())('nest on %s and end with the whole machine', (name) => {
    const topology = loadBundled(name);
    expectNested(schedulingDomains(topology, topology.online), topology.online);
  });

  it('nest on any machine and for any of its CPUs', () => {
    const chosen = machine.chain((topology) =>
      fc.record({
        topology: fc.constant(topology),
        cpus: fc.shuffledSubarray([...topology.online], { minLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(chosen, ({ topology, cpus }) => {
        const allowed = Int32Array.from(cpus).sort();
        expectNested(schedulingDomains(topology, allowed), allowed);
      }),
    );
  });
});

function expectNested(domains: Domains, cpus: Int32Array): void {
  const { levels } = domains;
  expect(Array.from(domains.cpus).sort((a, b) => a - b)).toEqual(Array.from(cpus));
  levels.forEach(({ start, end }, level) => {
    for (let place = 0; place < cpus.length; place++) {
      const [from, to] = [start[place]!, end[place]!];
      const below = levels[level - 1];
      const isNested =
        from <= place &&
        place < to &&
        // All of a group say the same of it.
        start[from] === from &&
        end[to - 1] === to &&
        (below === undefined || (from <= below.start[place]! && below.end[place]! <= to));
      if (!isNested) expect.fail(`level ${level}, place ${place}: ${from} to ${to}`);
    }
  });
  const whole = levels.at(-1);
  expect(levels.length > 0).toBe(cpus.length > 1);
  if (whole !== undefined) expect([whole.start[0], whole.end[0]]).toEqual([0, cpus.length]);
}
