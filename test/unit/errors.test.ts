/** Faults of input with their places. */
import { describe, expect, it } from 'vitest';
import { InputError, inWords, placed, within } from '../../src/errors.ts';

const fault = () => {
  throw new InputError('"x" is no number');
};

describe('an InputError', () => {
  it('names its places from the outermost on', () => {
    expect(() => within('a.json', () => within('line 3', fault))).toThrow(
      /^a\.json: line 3: "x" is no number$/,
    );
    expect(() => within('cpus.possible', fault, ' is ')).toThrow(/^cpus\.possible is "x" is/);
  });

  it('is not told twice where it is', () => {
    const error = new InputError('empty').within('a: b');
    expect(error.within('a: b')).toBe(error);
    expect(error.within('a').message).toBe('a: a: b: empty');
  });

  it('is made of what the operating system says, and of no fault of the program', () => {
    const system = Object.assign(new Error('open'), { code: 'ENOENT' });
    expect(placed(inWords(system), 'f')).toEqual(new InputError('no such file').within('f'));
    const bug = new TypeError('undefined is not a function');
    expect(placed(inWords(bug), 'f')).toBe(bug);
  });
});
