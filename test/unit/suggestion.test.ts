/** What a mistyped word may have meant, of any words or of none. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { meantBy } from '../../src/suggestion.ts';

it('is one of the words that there are, also where there are none', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (word, known) => {
      expect(known).toEqual(expect.arrayContaining([...meantBy(word, known)]));
    }),
  );
  expect(meantBy('threads', [])).toEqual([]);
  expect(meantBy('thread', ['threads', 'policy'])).toEqual(['threads']);
});
