/** The fast forms jump from change to change; the oracle steps add by add. They read the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import { createCounters, type SchemeSpec } from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';
import type { Readings } from '../../src/update/readings.ts';
import { machine, shrinkingStream, stream } from '../support/arbitraries.ts';
import { flatMachine } from '../support/machines.ts';
import { addsOfUpdate, carryByParity, createReference, schemeSpec } from '../support/reference.ts';
import { columnsOf, readingsOf, type Update } from '../support/updates.ts';

const MEMBERS = [0, 1, 2, 3];

interface Case {
  readonly topology: Topology;
  readonly spec: SchemeSpec;
  readonly updates: readonly Update[];
  /** Updates in a batch. */
  readonly cut: number;
}

const machineSchemeStream: fc.Arbitrary<Case> = machine.chain((topology) =>
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
    const after = readings.after.subarray(0, batch.length);
    const aside = readings.side.reading.subarray(0, readings.side.length);
    // Close enough to tell that all read the same, or that none is on one side of zero.
    const least = Math.min(...after);
    const most = Math.max(...after);
    expect(readings.lowest).toBeLessThanOrEqual(least);
    expect(readings.lowest).toBeGreaterThanOrEqual(Math.min(least, ...members, ...aside));
    expect(readings.highest).toBeGreaterThanOrEqual(most);
    if (readings.highest !== Number.POSITIVE_INFINITY) {
      expect(readings.highest).toBeLessThanOrEqual(Math.max(most, ...members, ...aside));
    }
    batch.forEach((update, u) => {
      for (const row of unfold(members, update, u, readings)) trajectory.push([start + u, ...row]);
    });
  }
  return trajectory;
}

/** Both forms read the same after every add and across batches, and hold the same in the end. */
function demandSameReadings({ topology, spec, updates, cut }: Case): void {
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
}

describe('a scheme that jumps from change to change', () => {
  it('reads what one that steps add by add reads, after every add and across batches', () => {
    fc.assert(fc.property(machineSchemeStream, demandSameReadings), { numRuns: 600 });
  });

  it('also where per-CPU counts stand beyond a batch that has shrunk', () => {
    const shrinking = fc.integer({ min: 20, max: 70 }).chain((cpus) => {
      const topology = flatMachine(cpus, 1);
      return fc.record({
        topology: fc.constant(topology),
        spec: fc.constant<SchemeSpec>({ scheme: 'per-cpu', batch: null }),
        updates: shrinkingStream(topology),
        cut: fc.integer({ min: 1, max: 200 }),
      });
    });
    fc.assert(fc.property(shrinking, demandSameReadings), { numRuns: 150 });
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
