/** The fast forms jump from change to change; the oracle steps add by add. They read the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounters } from '../../src/schemes/registry.ts';
import { createChangePoints } from '../../src/update/columns.ts';
import { machine, schemeSpec, stream } from '../support/arbitraries.ts';
import { addsOfUpdate, carryByParity, createReference } from '../support/reference.ts';
import { columnsOf, type Update } from '../support/updates.ts';

const MEMBERS = [0, 1, 2, 3];

const machineSchemeStream = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    spec: schemeSpec,
    updates: stream(topology),
    cut: fc.integer({ min: 1, max: 60 }),
  }),
);

/** Readings after every add, as [update, add, file, anon, swap, shmem]. */
type Trajectory = number[][];

/** Of the change points of batches of `cut` updates. */
function jumping(
  counters: ReturnType<typeof createCounters>,
  updates: readonly Update[],
  cut: number,
): Trajectory {
  const trajectory: Trajectory = [];
  const readings = [0, 0, 0, 0];
  for (let start = 0; start < updates.length; start += cut) {
    const batch = updates.slice(start, start + cut);
    const changes = createChangePoints(batch.reduce((sum, u) => sum + addsOfUpdate(u).length, 1));
    counters.apply(columnsOf(batch), changes);
    let i = 0;
    batch.forEach((update, u) => {
      addsOfUpdate(update).forEach((_, a) => {
        while (i < changes.length && changes.update[i] === u && changes.add[i] === a + 1) {
          readings[changes.member[i]!] = changes.reading[i]!;
          i += 1;
        }
        trajectory.push([start + u, a + 1, ...readings]);
      });
    });
    expect(i).toBe(changes.length);
  }
  return trajectory;
}

describe('a scheme that jumps from change to change', () => {
  it('reads what one that steps add by add reads, after every add and across batches', () => {
    fc.assert(
      fc.property(machineSchemeStream, ({ topology, spec, updates, cut }) => {
        const reference = createReference(topology, spec);
        const stepping = updates.flatMap((update, u) =>
          addsOfUpdate(update).map((add, a) => {
            reference.add(add);
            return [u, a + 1, ...MEMBERS.map((member) => Number(reference.reading(member)))];
          }),
        );
        const counters = createCounters(topology, spec);
        expect(jumping(counters, updates, cut)).toEqual(stepping);
        for (const member of MEMBERS) {
          expect(counters.preciseSum(member)).toBe(Number(reference.precise(member)));
          if (reference.items === undefined) continue;
          const items = reference.items(member).map((level) => level.map(Number));
          expect(counters.state(member)).toMatchObject({ items });
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('the carry', () => {
  it('is a floor division, whatever the sign', () => {
    const anySigned = fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n });
    const floorDivide = (x: bigint, y: bigint) => (x - (((x % y) + y) % y)) / y;
    fc.assert(
      fc.property(anySigned, anySigned, fc.integer({ min: 1, max: 30 }), (before, add, order) => {
        const step = 2n ** BigInt(order);
        const floors = step * (floorDivide(before + add, step) - floorDivide(before, step));
        expect(carryByParity(before, add, step)).toBe(floors);
      }),
    );
  });
});
