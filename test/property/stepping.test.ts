/** The fast forms jump from change to change; the oracle steps add by add. They read the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import { createCounters } from '../../src/schemes/registry.ts';
import type { Readings } from '../../src/update/readings.ts';
import { machine, schemeSpec, stream } from '../support/arbitraries.ts';
import { addsOfUpdate, carryByParity, createReference } from '../support/reference.ts';
import { columnsOf, readingsOf, type Update } from '../support/updates.ts';

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

/** Where each entry of a list of changes says that it belongs. */
function entriesOf(list: { length: number; update: Int32Array }, u: number): number[] {
  return Array.from({ length: list.length }, (_, i) => i).filter((i) => list.update[i] === u);
}

/** Readings after every add of update u, from what the members read before it. */
function* unfold(members: number[], update: Update, u: number, { after, inner, side }: Readings) {
  const own = update.member ?? MEMBER.anon;
  const adds = addsOfUpdate(update).length;
  const changes = new Map<number, number>();
  for (const i of entriesOf(inner, u)) {
    for (let k = 0; k < inner.count[i]!; k++) {
      const add = inner.add[i]! + k * Math.abs(inner.step[i]!);
      changes.set(add, inner.reading[i]! + k * inner.step[i]!);
    }
  }
  const firstChange = [...changes.keys()][0] ?? adds;
  for (let add = 1; add <= adds; add++) {
    if (add === firstChange) {
      for (const s of entriesOf(side, u)) members[side.member[s]!] = side.reading[s]!;
    }
    members[own] = adds === 1 ? after[u]! : (changes.get(add) ?? members[own]!);
    yield [add, ...members];
  }
  // The end of a run is told twice.
  expect(members[own]).toBe(after[u]);
}

/** Of the readings of batches of `cut` updates. */
function jumping(
  counters: ReturnType<typeof createCounters>,
  updates: readonly Update[],
  cut: number,
): Trajectory {
  const trajectory: Trajectory = [];
  const members = [0, 0, 0, 0];
  for (let start = 0; start < updates.length; start += cut) {
    const batch = updates.slice(start, start + cut);
    const readings = readingsOf(counters, columnsOf(batch));
    batch.forEach((update, u) => {
      for (const row of unfold(members, update, u, readings)) trajectory.push([start + u, ...row]);
    });
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
