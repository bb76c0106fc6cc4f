import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandJsonBounds } from '../../../src/input/json.ts';

const check = (text: string) => demandJsonBounds(text, (offset) => `offset ${offset}`);

const object = (keys: number) =>
  `{${Array.from({ length: keys }, (_, i) => `"${i}":[1,2,3]`).join(',')}}`;

describe('bounds on JSON text', () => {
  it.each([
    ['64 lists in each other', '['.repeat(64) + ']'.repeat(64)],
    ['64 objects in each other', `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`],
    ['many lists beside each other', `[${'[],'.repeat(10_000)}[]]`],
    ['brackets in strings', `"${'[{'.repeat(1000)}"`],
    ['an escaped quote before brackets', `"a\\"${'['.repeat(1000)}"`],
    ['a string that never ends', `"${'['.repeat(1000)}`],
    ['a string that ends in backslashes', `["\\\\\\\\",${'[],'.repeat(100)}1]`],
    ['an object of 4,096 keys', object(4096)],
    ['a list of a million', `[${'1,'.repeat(1_000_000)}1]`],
  ])('let %s pass', (_, text) => {
    expect(() => check(text)).not.toThrow();
  });

  it.each([
    [
      '65 lists in each other',
      '['.repeat(65),
      'offset 64: lists and objects nested deeper than 64',
    ],
    ['an endless nest', '[{"a":'.repeat(1_000_000), 'nested deeper than 64'],
    [
      'a nest behind a string that ends in a backslash',
      `["\\\\",${'['.repeat(64)}`,
      'offset 69: lists and objects nested deeper than 64',
    ],
    ['a million lists', `[${'[],'.repeat(1_000_000)}1]`, 'more than 1000000 lists and objects'],
    ['4,097 keys', object(4097), 'an object with more than 4096 keys'],
    ['4,097 keys in a list', `[1,${object(4097)}]`, 'an object with more than 4096 keys'],
  ])('refuse %s', (_, text, message) => {
    expect(() => check(text)).toThrow(message);
  });

  it('let every JSON of a small size pass', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        check(json);
      }),
    );
  });
});
