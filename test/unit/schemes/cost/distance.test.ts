import { describe, expect, it } from 'vitest';
import { DISTANCE, DISTANCES, describedBy, distancesOn } from '../../../../src/schemes/cost.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import { flatMachine } from '../../../support/machines.ts';
import { sixteenCpus } from '../../../support/sixteen.ts';

describe('the distance of two CPUs', () => {
  it.each([
    [0, 0, 'sameCpu'],
    [0, 1, 'sameCore'],
    [1, 0, 'sameCore'],
    [0, 2, 'sameCache'],
    [0, 3, 'sameCache'],
    [3, 4, 'sameNode'],
    [0, 7, 'sameNode'],
    [7, 8, 'remoteNode'],
    [15, 0, 'remoteNode'],
  ] as const)('of CPUs %i and %i is %s', (cpu, other, distance) => {
    expect(DISTANCES[distancesOn(sixteenCpus)(cpu, other)]).toBe(distance);
  });

  it('is that of the next level where cores or caches are not described', () => {
    const topology = flatMachine(4, 2);
    expect(describedBy(topology)).toEqual({ cores: false, cacheLevel: null });
    const distanceOf = distancesOn(topology);
    expect([distanceOf(0, 1), distanceOf(0, 2)]).toEqual([DISTANCE.sameNode, DISTANCE.remoteNode]);
    expect(describedBy(sixteenCpus)).toEqual({ cores: true, cacheLevel: 3 });
  });

  it('takes no two CPUs for neighbours because both are in no cache', () => {
    const topology = validateTopology({
      name: 'half',
      cpus: { possible: '0-3' },
      caches: [{ level: 3, cpus: '0-1' }],
      numaNodes: [{ id: 0, cpus: '0-3' }],
    });
    const distanceOf = distancesOn(topology);
    expect([distanceOf(0, 1), distanceOf(2, 3)]).toEqual([DISTANCE.sameCache, DISTANCE.sameNode]);
  });

  it('counts CPUs without a node on the first', () => {
    const topology = validateTopology({
      name: 'late',
      cpus: { possible: '0-3', online: '0-1' },
      numaNodes: [
        { id: 5, cpus: '0' },
        { id: 7, cpus: '1' },
      ],
    });
    const distanceOf = distancesOn(topology);
    expect([distanceOf(2, 3), distanceOf(2, 0), distanceOf(2, 1)]).toEqual([
      DISTANCE.sameNode,
      DISTANCE.sameNode,
      DISTANCE.remoteNode,
    ]);
  });
});
