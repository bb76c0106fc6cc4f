/** Lists of CPUs in little room say no other CPUs than there are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortCpulist, wholeCpulist } from '../../../../src/commands/topology/view.ts';
import { parseCpulist } from '../../../../src/topology/cpulist.ts';

const ids = (list: string) => parseCpulist(list);

describe('a short list of CPUs', () => {
  it.each([
    ['as sysfs has it where there is room', '0,32,64', 20, '0,32,64'],
    ['by its stride where that is shorter', '0,32,64,96,128', 10, '0-128:1/32'],
    ['cut where it has no stride', '0,32,65,96,128', 10, '0,32,...'],
    ['cut where there is no room for the stride', '0,32,64,96,128', 9, '0,32,...'],
    ['cut before its first element where that is too long', '1000-2000,3000', 9, '...'],
    ['none where there is no CPU', '', 9, 'none'],
  ])('is %s', (_, list, room, text) => {
    expect(shortCpulist(ids(list), room, '...')).toBe(text);
  });

  it('takes the room it has, and reads back as what it was unless it is cut', () => {
    const cpus = fc.uniqueArray(fc.nat({ max: 300 }), { minLength: 1 });
    fc.assert(
      fc.property(cpus, fc.integer({ min: 8, max: 60 }), (list, room) => {
        const all = Int32Array.from(list).sort();
        const text = shortCpulist(all, room, '...');
        expect(text.length).toBeLessThanOrEqual(room);
        const shown = parseCpulist(text.replace(/,?\.\.\.$/, ''));
        expect(text.endsWith('...') ? all.slice(0, shown.length) : all).toEqual(shown);
      }),
    );
  });
});

describe('a whole list of CPUs', () => {
  it('reads back as what it was, with a stride or without', () => {
    const strided = fc
      .record({
        first: fc.nat({ max: 50 }),
        step: fc.integer({ min: 1, max: 64 }),
        count: fc.nat(40),
      })
      .map(({ first, step, count }) => Array.from({ length: count }, (_, i) => first + i * step));
    fc.assert(
      fc.property(fc.oneof(strided, fc.uniqueArray(fc.nat(100))), (list) => {
        const all = Int32Array.from(list).sort();
        expect(parseCpulist(wholeCpulist(all))).toEqual(all);
      }),
    );
    expect(wholeCpulist(ids('0,4,8,12,16'))).toBe('0-16:1/4');
  });
});
