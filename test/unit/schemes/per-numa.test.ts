import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellTable } from '../../../src/schemes/cells.ts';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { columnsOf, readingsOf } from '../../support/updates.ts';

describe('the table of cells', () => {
  it('has an entry for as many CPUs as share one, and gives each CPU its own', () => {
    const ranges = fc.array(fc.record({ cell: fc.nat(3), cpus: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(ranges, fc.nat(4), (nodes, order) => {
        const cellOf = Uint8Array.from(
          nodes.flatMap(({ cell, cpus }) => new Array(cpus << order).fill(cell)),
        );
        const { cells, shift } = cellTable(cellOf);
        expect(Array.from(cellOf, (_, cpu) => cells[cpu >> shift])).toEqual(Array.from(cellOf));
        expect(cells.length).toBe(Math.ceil(cellOf.length / 2 ** shift));
        expect(shift).toBeGreaterThanOrEqual(order === 0 || cellOf.length === 1 ? 0 : order);
      }),
    );
  });

  it('is short where a million CPUs are in two nodes', () => {
    const cellOf = new Uint8Array(2 ** 20).fill(1, 2 ** 19);
    expect(cellTable(cellOf)).toEqual({ cells: Uint8Array.of(0, 1), shift: 19 });
  });
});

describe('slots that are full again and again', () => {
  it('hand over what does not fit 32 bits too, and go on', () => {
    const counters = createCounters(flatMachine(4, 1), parseScheme('per-numa:batch=3'));
    const bulk = (pages: number) => ({ kind: KIND.bulk, pages });
    readingsOf(counters, columnsOf([bulk(3), bulk(3), bulk(2)]));
    const large = 2 ** 31 - 1;
    const { after } = readingsOf(
      counters,
      columnsOf([bulk(0), bulk(large), bulk(2), { kind: KIND.fault, pages: 5 }]),
    );
    expect(Array.from(after)).toEqual([6, large + 8, large + 8, large + 14]);
    expect(counters.preciseSum(1)).toBe(6 + 2 + large + 2 + 5);
  });
});
