import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCpulist, parseCpulist } from '../../../src/topology/cpulist.ts';

const ids = (text: string) => Array.from(parseCpulist(text));

describe('parseCpulist', () => {
  it.each([
    ['', []],
    ['0', [0]],
    ['0-3,8', [0, 1, 2, 3, 8]],
    [' 8 , 0-1\n', [0, 1, 8]],
    ['0-9:2/4', [0, 1, 4, 5, 8, 9]],
    ['1048575', [1_048_575]],
    // lscpu's since util-linux 2.42.
    ['0-8:2', [0, 2, 4, 6, 8]],
    ['0-8:3,9', [0, 3, 6, 9]],
  ])('reads %j', (text, expected) => {
    expect(ids(text)).toEqual(expected);
  });

  it.each([
    ['0-3,x', '"0-3,x": "x" is no CPU or range; expected a cpulist such as "0-3,8"'],
    ['0,,1', '"0,,1": "" is no CPU or range'],
    ['-1', '"-1": "-1" is no CPU or range'],
    ['3-0', '"3-0": the range 3-0 runs down'],
    ['0-3,2', '"0-3,2": CPU 2 is named twice'],
    ['0-4294967295', '"0-4294967295": CPU 4294967295 is beyond 1,048,575'],
    ['0-9:5/4', '"0-9:5/4": 5 of every 4 CPUs is not possible; expected 1 to 4'],
  ])('refuses %j', (text, message) => {
    expect(() => parseCpulist(text)).toThrow(message);
  });

  it.each([
    ['N', [7]],
    ['4-N', [4, 5, 6, 7]],
    ['0-N:1/2', [0, 2, 4, 6]],
    ['all', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['All:1/4', [0, 4]],
    ['0,N', [0, 7]],
  ])('reads %j where the last CPU is known', (text, expected) => {
    expect(Array.from(parseCpulist(text, 7))).toEqual(expected);
    expect(() => parseCpulist(text)).toThrow('which CPU is the last is not known here');
  });

  it.each(['0:2', 'N:1/2', '0-3:', '0-3:2/', 'alle', '0-n:x', '0-3:0', '0-3:0/2', '0-3:1/0'])(
    'refuses %j even so',
    (text) => {
      expect(() => parseCpulist(text, 7)).toThrow(/is no CPU or range|is not possible/);
    },
  );

  it('reads numbers with blanks between them where they are printed so', () => {
    expect(Array.from(parseCpulist('0 1\t2-3, 8', null, true))).toEqual([0, 1, 2, 3, 8]);
  });

  it('ends soon on a list that names everything again and again', () => {
    expect(() => parseCpulist(new Array(1000).fill('0-1048575').join(','))).toThrow(
      'CPUs are named twice',
    );
  });
});

describe('formatCpulist', () => {
  it('is read back as the same CPUs, in canonical form', () => {
    const sets = fc
      .uniqueArray(fc.integer({ min: 0, max: 300 }))
      .map((set) => set.sort((a, b) => a - b));
    fc.assert(
      fc.property(sets, (set) => {
        const text = formatCpulist(Int32Array.from(set));
        expect(ids(text)).toEqual(set);
        expect(formatCpulist(parseCpulist(text))).toBe(text);
      }),
    );
  });

  it('writes neighbours as ranges', () => {
    expect(formatCpulist(Int32Array.of(0, 1, 2, 5, 7, 8))).toBe('0-2,5,7-8');
  });
});
