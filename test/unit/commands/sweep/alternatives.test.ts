/** Words of a grid, and the alternatives that they stand for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternativesOf } from '../../../../src/commands/sweep/grid.ts';

describe('alternativesOf', () => {
  it.each([
    ['1,5,40', true, ['1', '5', '40']],
    ['tree:batch={4,8},version=17', false, ['tree:batch=4,version=17', 'tree:batch=8,version=17']],
    ['pu:8..64*2', false, ['pu:8', 'pu:16', 'pu:32', 'pu:64']],
    ['1..9+3', true, ['1', '4', '7']],
    ['1..3', true, ['1', '2', '3']],
    ['{1..3,7}', true, ['1', '2', '3', '7']],
    ['numa:1..2 pu:{2,4}', false, ['numa:1 pu:2', 'numa:2 pu:2', 'numa:1 pu:4', 'numa:2 pu:4']],
    ['8..20*2', true, ['8', '16']],
    ['2,1..3,2', true, ['2', '1', '3']],
    ['0-3,8', false, ['0-3,8']],
    ['box{1}.json', false, ['box{1}.json']],
    ['box{1..2}.json', false, ['box1.json', 'box2.json']],
    ['../machines/one.json', false, ['../machines/one.json']],
  ])('%s', (text, splits, expected) => {
    expect(alternativesOf(text, splits)).toEqual(expected);
  });

  it.each([
    ['8..4', 'goes down'],
    ['0..8*2', 'a range that grows'],
    ['1..8*1', 'a range that grows'],
    ['1..8+0', 'a range that grows'],
    ['1,,2', 'a value between the commas'],
    ['{1,}', 'a value between the commas'],
    ['1..1000000', 'at most 100000 alternatives'],
  ])('refuses %s', (text, message) => {
    expect(() => alternativesOf(text, true)).toThrow(message);
  });

  it('has the values of a range, and of any product of two', () => {
    const range = fc.record({ from: fc.nat(50), count: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(range, range, (a, b) => {
        const text = `${a.from}..${a.from + a.count - 1}x${b.from}..${b.from + b.count - 1}`;
        const expected = Array.from({ length: a.count * b.count }, (_, index) => {
          const [i, j] = [Math.floor(index / b.count), index % b.count];
          return `${a.from + i}x${b.from + j}`;
        });
        expect(alternativesOf(text, false)).toEqual(expected);
      }),
    );
  });
});
