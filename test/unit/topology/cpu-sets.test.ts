/** Sets of CPUs in one array are those that an array of sets would be, and take no memory each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joined,
  listFrom,
  packedSets,
  setsByKey,
  setsOfSize,
} from '../../../src/topology/cpu-sets.ts';
import { topologySha256 } from '../../../src/topology/normal-form.ts';
import { flatMachine } from '../../support/machines.ts';

const plain = (sets: Iterable<Int32Array>) => Array.from(sets, (cpus) => Array.from(cpus));

const shuffled = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 20 }))
  .chain(([size, count]) =>
    fc.record({
      size: fc.constant(size),
      cpus: fc
        .shuffledSubarray([...new Array(size * count).keys()], { minLength: size * count })
        .map((ids) => Int32Array.from(ids)),
    }),
  );

describe('packed sets', () => {
  const lists = fc.array(fc.array(fc.nat(99), { maxLength: 6 }), { maxLength: 9 });

  it('are the sets that were packed, however they are looked at', () => {
    fc.assert(
      fc.property(lists, fc.nat(9), fc.nat(9), (expected, from, to) => {
        const sets = packedSets(expected.length, (i) => Int32Array.from(expected[i]!));
        expect(plain(sets)).toEqual(expected);
        expect(plain(sets.slice(from, to))).toEqual(expected.slice(from, to));
        expect(plain(sets.filter(({ length }) => length > 2))).toEqual(
          expected.filter(({ length }) => length > 2),
        );
        expect(sets.at(from) ?? null).toEqual(
          from < expected.length ? Int32Array.from(expected[from]!) : null,
        );
        expect([...listFrom(sets, ({ length }, i) => length + i)]).toEqual(
          expected.map(({ length }, i) => length + i),
        );
      }),
    );
  });
});

describe('lists one after the other', () => {
  it('are one list, also where some are empty', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 5 }), (lists) => {
        expect([...joined(lists)]).toEqual(lists.flat());
      }),
    );
  });
});

describe('sets by key', () => {
  it('have the ids of each key in their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(40)),
        fc.array(fc.nat(4), { minLength: 41 }),
        (ids, keys) => {
          expect(plain(setsByKey(Int32Array.from(ids), (id) => keys[id]!, 5))).toEqual(
            [0, 1, 2, 3, 4].map((key) => ids.filter((id) => keys[id] === key)),
          );
        },
      ),
    );
  });
});

describe('sets of a size', () => {
  it('are slices of the array, each ascending, however they are looked at', () => {
    fc.assert(
      fc.property(shuffled, fc.nat(20), fc.nat(25), ({ size, cpus }, from, to) => {
        const before = cpus.slice();
        const expected = Array.from({ length: cpus.length / size }, (_, i) =>
          Array.from(cpus.slice(i * size, (i + 1) * size)).sort((a, b) => a - b),
        );
        const sets = setsOfSize(cpus, size);
        const looked: number[][] = [];
        sets.forEach((own, i) => {
          looked[i] = Array.from(own);
        });
        expect(sets.length).toBe(expected.length);
        expect(plain(sets)).toEqual(expected);
        expect(looked).toEqual(expected);
        expect(plain(sets.map((own) => own))).toEqual(expected);
        expect(plain(sets.slice(from, to))).toEqual(expected.slice(from, to));
        expect(cpus).toEqual(before);
      }),
    );
  });

  it('take no memory each', () => {
    const cpus = new Int32Array(2 ** 20).map((_, i) => i);
    const before = process.memoryUsage().heapUsed;
    const sets = setsOfSize(cpus, 2);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 2 ** 20);
    expect(sets.length).toBe(2 ** 19);
  });

  it('make the same machine', () => {
    const machine = flatMachine(10_000);
    const cores = setsOfSize(machine.online, 2);
    expect(topologySha256({ ...machine, cores })).toBe(
      topologySha256({ ...machine, cores: [...cores] }),
    );
  });
});
